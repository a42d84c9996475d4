import { parseArgs } from 'node:util';
import { spentBetween, totalOf } from './machine/cpu.ts';
import { Histogram } from './load/histogram.ts';
import { lossesIn, runLoad } from './load/run-load.ts';
import type { LoadResult, LoadSpec, Receipts } from './load/spec.ts';
import { CONTENDERS, start, type Contender } from './servers/contenders.ts';
import { inFolder } from './servers/server.ts';

/** `npm run perf:compare -- [options]`: Parley, (a) and (b) under one load, in turns, in one run; ratios first. */
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '100' },
    'in-flight': { type: 'string', default: '1' },
    rate: { type: 'string' },
    bytes: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '4' },
    'warm-up': { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    receipts: { type: 'string', default: 'gathered' },
    unpinned: { type: 'boolean', default: false },
    cpu: { type: 'string', default: '0' },
    workers: { type: 'string' },
    only: { type: 'string', multiple: true },
    shards: { type: 'string' },
    preload: { type: 'string' },
    threads: { type: 'boolean', default: false },
  },
});

const pairs = Number(values.pairs);
const placement = values.unpinned ? {} : { cpus: values.cpu };
const workers = Number(values.workers ?? 1);
const chosen = CONTENDERS.filter((who) => values.only?.includes(who) ?? true);
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const once = (who: Contender): Promise<LoadResult> =>
  inFolder(async (dir) => {
    const preload = values.preload === undefined ? {} : { preload: values.preload };
    const settings = values.shards === undefined ? {} : { PARLEY_SHARDS: values.shards };
    const { server, accounts } = await start(who, dir, pairs, { ...placement, ...preload }, settings);
    try {
      const spec: LoadSpec = {
        host: server.host,
        port: server.port,
        pid: server.pid,
        accounts,
        workers,
        pace:
          values.rate === undefined
            ? { kind: 'closed', inFlight: Number(values['in-flight']) }
            : { kind: 'open', perSecond: Number(values.rate) },
        receipts: who === 'parley' ? (values.receipts as Receipts) : 'none',
        bytes: Number(values.bytes),
        warmUpS: Number(values['warm-up']),
        windowS: Number(values.seconds),
      };
      return await runLoad(spec, placement);
    } finally {
      await server.stop();
    }
  });

interface Row {
  readonly cpu: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}
const median = (numbers: readonly number[]): number =>
  [...numbers].sort((x, y) => x - y)[Math.floor(numbers.length / 2)] ?? NaN;

const rows = new Map<Contender, Row[]>(chosen.map((who) => [who, []]));
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const who of chosen) {
    const result = await once(who);
    const losses = lossesIn(result);
    if (losses.length > 0) throw new Error(`${who}: ${losses.join('; ')}`);
    const threads = spentBetween(result.before, result.after);
    const latency = new Histogram().add(result.ring.latency);
    rows.get(who)?.push({
      cpu: totalOf(threads) / result.messages,
      rate: result.messages / result.seconds,
      p50: latency.quantile(0.5) / 1000,
      p99: latency.quantile(0.99) / 1000,
    });
    if (values.threads) {
      const each = threads.slice(0, 6).map(({ name, us }) => `${name} ${(us / result.messages).toFixed(2)}`);
      print(`  ${who}: CPU µs/message by thread: ${each.join(', ')}`);
    }
  }
}

const of = (who: Contender, what: keyof Row): number => median((rows.get(who) ?? []).map((row) => row[what]));
print(
  `${pairs} pairs, ${values.rate === undefined ? `${values['in-flight']} in flight each` : `${values.rate}/s paced`}, ` +
    `${values.bytes} bytes, receipts ${values.receipts}, ${values.unpinned ? 'unpinned' : `all on CPU ${values.cpu}`}, ` +
    `median of ${values.rounds} rounds\n`,
);
print('| server | CPU × (a) | CPU × (b) | rate × (b) | CPU µs/message | messages/s | p50 ms | p99 ms |');
print('|---|---|---|---|---|---|---|---|');
for (const who of chosen) {
  const cells = [
    of(who, 'cpu') / of('relay', 'cpu'),
    of(who, 'cpu') / of('insert', 'cpu'),
    of(who, 'rate') / of('insert', 'rate'),
    of(who, 'cpu'),
    of(who, 'rate'),
    of(who, 'p50'),
    of(who, 'p99'),
  ];
  const name = {
    parley: 'Parley',
    relay: '(a) uWS relay, nothing stored',
    insert: '(b) ws + one INSERT each',
  }[who];
  print(`| ${name} | ${cells.map((cell, i) => (i === 4 ? cell.toFixed(0) : cell.toFixed(2))).join(' | ')} |`);
}
