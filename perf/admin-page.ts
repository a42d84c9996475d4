import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runLoad, lossesIn } from './load/run-load.ts';
import { spentBetween, totalOf } from './machine/cpu.ts';
import { root } from './machine/root.ts';
import { cleanEnvironment } from './machine/spawn.ts';
import { tableLines } from './report/markdown.ts';
import { median } from './report/statistics.ts';
import { inFolder } from './servers/server.ts';
import { start } from './servers/targets.ts';

/** `npm run perf:admin-page -- [--rounds N] [--seconds N]`: what messages cost while the admin page shows the live inspector, which asks
 *  for its figures every second, and without it, in turns in one run. */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '5' } },
});
const rounds = Number(values.rounds);
const windowS = Number(values.seconds);
const CONNECTIONS = 200;
const IN_FLIGHT = 2;
const EVERY_MS = 1_000;
/** What the inspector asks for, some of it less often. */
const ASKED = ['threads', 'hosts', 'traces'];

interface Sample {
  readonly perSecond: number;
  readonly cpuUs: number;
}

const makeAdmin = (dataDir: string, username: string): void => {
  const env = { ...cleanEnvironment(), PARLEY_DATA_DIR: dataDir };
  execFileSync(process.execPath, [join(root, 'dist/bundle/cli.js'), 'user', 'promote', username], { env });
};

/** Asks as the page does, until it is stopped. */
const watch = (origin: string, token: string): (() => Promise<number>) => {
  const headers = { authorization: `Bearer ${token}` };
  const asked: Promise<void>[] = [];
  const timer = setInterval(() => {
    for (const path of ASKED)
      asked.push(
        fetch(`${origin}/admin/api/${path}`, { headers }).then((answer) => {
          if (!answer.ok) throw new Error(`the admin API answered ${String(answer.status)}`);
          return answer.arrayBuffer().then(() => undefined);
        }),
      );
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await Promise.all(asked);
    return asked.length;
  };
};

const measure = (isWatched: boolean): Promise<Sample> =>
  inFolder(async (dir) => {
    const { server, accounts } = await start('parley', dir, CONNECTIONS + 1);
    try {
      const [admin, ...people] = accounts;
      if (admin === undefined) throw new Error('there are no accounts');
      makeAdmin(dir, 'person-0');
      const { host, port, pid } = server;
      const stop = isWatched
        ? watch(`http://${host}:${String(port)}`, admin.token)
        : () => Promise.resolve(1);
      const result = await runLoad({
        ...{ host, port, pid, accounts: people, wire: 'envelopes', workers: 1, receipts: 'gathered' },
        ...{ pace: { kind: 'closed', inFlight: IN_FLIGHT }, bytes: 200, warmUpS: 3, windowS },
      });
      if ((await stop()) === 0) throw new Error('nobody looked at the page');
      const losses = lossesIn(result);
      if (losses.length > 0) throw new Error(losses.join('; '));
      const cpuUs = totalOf(spentBetween(result.before, result.after)) / result.messages;
      return { perSecond: result.messages / result.seconds, cpuUs };
    } finally {
      await server.stop();
    }
  });

const samples: Record<'without' | 'with', Sample[]> = { without: [], with: [] };
for (let round = 0; round < rounds; round += 1) {
  // Every other round begins with the page, so that neither always comes first.
  const order = round % 2 === 0 ? (['without', 'with'] as const) : (['with', 'without'] as const);
  for (const which of order) samples[which].push(await measure(which === 'with'));
}
const rows = (['without', 'with'] as const).map((which) => {
  const of = (pick: (sample: Sample) => number): number => median(samples[which].map(pick));
  return [`${which} the page`, of(({ perSecond }) => perSecond), of(({ cpuUs }) => cpuUs)];
});
const ratios = samples.with.map(({ perSecond }, i) => perSecond / (samples.without[i]?.perSecond ?? NaN));
const columns = ['', 'messages/s', 'CPU µs each'];
process.stdout.write(
  `${tableLines({ title: 'Messages while the admin page is open', columns, rows }).join('\n')}\n` +
    `throughput with the page, of that without: ${median(ratios).toFixed(3)}\n`,
);
