import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Histogram } from './load/histogram.ts';
import { lossesIn, runLoad } from './load/run-load.ts';
import { runIdleFleet } from './load/run-idle-fleet.ts';
import type { LoadUser } from './load/spec.ts';
import { freePort } from './machine/free-port.ts';
import { cpuUs } from './servers/hosts.ts';
import { inFolder, type Running } from './servers/server.ts';
import { median } from './report/statistics.ts';
import { inTurns } from './servers/side-by-side.ts';
import { compareWith, isParley, start, type ServerTarget } from './servers/targets.ts';

/** `npm run perf:reconnects -- [--connections N] [--before CHECKOUT] [--relay] [--rounds N]`: all but some users lose their connections at once and
 *  come back in the same moment. How late the event loop of the main thread was at the worst, how long it took until the last one had
 *  `sync`, what each cost, and the latency of the others, who write to each other all the time, before and during. With another checkout,
 *  built, or with the relay, which decides nothing and stores nothing, in turns. */
const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '10000' },
    before: { type: 'string' },
    relay: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
  },
});
const connections = Number(values.connections);
/** Those who write meanwhile, and how many messages a second. */
const WRITERS = 100;
const PER_SECOND = 100;
const WINDOW_S = 15;
const AT_ONCE = 128;
const SETTLE_MS = 5_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Visit {
  /** Milliseconds; NaN where nobody tells. */
  readonly loopDelay: number;
  readonly backAfter: number;
  readonly p99Before: number;
  readonly p99: number;
  /** CPU, microseconds for each that came back. */
  readonly us: number;
}

/** The longest delay of the main thread's event loop since the last look, in milliseconds. */
const loopDelay = async (metricsPort: number): Promise<number> => {
  const answer = await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`);
  const found = /^parley_loop_lag_seconds\{[^}]*thread="edge"[^}]*\} (\S+)$/m.exec(await answer.text())?.[1];
  if (found === undefined) throw new Error('the metrics do not say how late the event loop was');
  return Number(found) * 1000;
};

const write = async ({ host, port, pid }: Running, accounts: readonly LoadUser[]): Promise<number> => {
  const result = await runLoad({
    ...{ host, port, pid, accounts, wire: 'envelopes', receipts: 'gathered', bytes: 200, workers: 1 },
    ...{ warmUpS: 3, windowS: WINDOW_S, pace: { kind: 'open', perSecond: PER_SECOND } },
  });
  const losses = lossesIn(result);
  if (losses.length > 0) throw new Error(losses.join('; '));
  return new Histogram().add(result.ring.latency).quantile(0.99) / 1000;
};

const visit = (who: ServerTarget): Promise<Visit> =>
  inFolder(async (dir) => {
    const metricsPort = await freePort();
    const settings = { PARLEY_METRICS_PORT: String(metricsPort) };
    const { server, accounts } = await start(who, dir, connections + WRITERS, {}, settings);
    const [writers, others] = [accounts.slice(0, WRITERS), accounts.slice(WRITERS)];
    const { host, port } = server;
    const delay = (): Promise<number> => (isParley(who) ? loopDelay(metricsPort) : Promise.resolve(NaN));
    try {
      return await runIdleFleet({ host, port, accounts: others, atOnce: AT_ONCE }, async (_, again) => {
        await sleep(SETTLE_MS);
        const p99Before = await write(server, writers);
        const writing = write(server, writers);
        await sleep(SETTLE_MS);
        await delay();
        const cpu = cpuUs([server]);
        const { ms: backAfter, sentAway } = await again();
        if (sentAway > 0) say(`  sent away ${String(sentAway)} times`);
        const us = (cpuUs([server]) - cpu) / connections;
        return { loopDelay: await delay(), backAfter, us, p99Before, p99: await writing };
      });
    } finally {
      await server.stop();
    }
  });

if (values.before !== undefined) await compareWith(values.before);
const targets: readonly ServerTarget[] = [
  'parley',
  ...(values.before === undefined ? [] : ['before' as const]),
  ...(values.relay ? ['relay' as const] : []),
];
const visits = await inTurns(targets, Number(values.rounds), async (who) => {
  const each = await visit(who);
  const { us, p99, p99Before } = each;
  const ms = [each.loopDelay, each.backAfter].map((value) => value.toFixed(0));
  say(
    `  ${who}: loop ${ms.join(' ms late, all back after ')} ms, ${us.toFixed(0)} µs each, p99 ${p99Before.toFixed(1)} -> ${p99.toFixed(1)} ms`,
  );
  return each;
});
for (const [who, all] of visits) {
  const of = (pick: (each: Visit) => number): string => median(all.map(pick)).toFixed(0);
  const ratio = median(all.map(({ p99, p99Before }) => p99 / p99Before)).toFixed(1);
  say(
    `${who}: loop late by ${of((each) => each.loopDelay)} ms, all back after ${of((each) => each.backAfter)} ms, ${of(({ us }) => us)} µs of CPU each, p99 of the others × ${ratio}`,
  );
}
