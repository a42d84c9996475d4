import { parseArgs } from 'node:util';
import { runLoad, lossesIn } from './load/run-load.ts';
import { Histogram } from './load/histogram.ts';
import type { Pace } from './load/spec.ts';
import { tableLines } from './report/markdown.ts';
import { median } from './report/statistics.ts';
import { cpuUs, withHosts } from './servers/hosts.ts';
import { PostgresHost } from './servers/postgres.ts';

/** `npm run perf:hosts -- URL [--rounds N] [--seconds N] [--broker URL] [--hosts 0,1,2,3] [--together N]`: one host with SQLite, and
 *  one, two and three hosts on one PostgreSQL, under the same loads in turns in one run. Whoever writes to each other is at different
 *  hosts; with `--together 2`, half of them. URL: a PostgreSQL on this machine whose user may make databases. CPU counts all hosts, and
 *  PostgreSQL beside them. Nothing is written. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    broker: { type: 'string', default: 'postgres' },
    hosts: { type: 'string', default: '0,1,2,3' },
    together: { type: 'string', default: '1' },
  },
});
const [url] = positionals;
if (url === undefined)
  throw new Error('Which PostgreSQL? npm run perf:hosts -- postgres://user@host/postgres');
const database = new PostgresHost(url);
const rounds = Number(values.rounds);
const windowS = Number(values.seconds);
const PAIRS = 120;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Sample {
  readonly perSecond: number;
  readonly parleyUs: number;
  readonly databaseUs: number;
  readonly p50: number;
  readonly p99: number;
}

const loadOnce = (count: number, pace: Pace): Promise<Sample> =>
  withHosts({ database, count, users: PAIRS, broker: values.broker }, async ({ servers, accounts }) => {
    const [first, ...others] = servers;
    if (first === undefined) throw new Error('no host');
    const [cpu, databaseCpu] = [cpuUs(servers), database.cpuUs()];
    const result = await runLoad({
      ...{ host: first.host, port: first.port, morePorts: others.map(({ port }) => port), pid: first.pid },
      ...{
        together: Number(values.together),
        pace,
        windowS,
        accounts,
        wire: 'envelopes',
        receipts: 'gathered',
        bytes: 200,
        workers: 1,
        warmUpS: 3,
      },
    });
    const losses = lossesIn(result);
    if (losses.length > 0) throw new Error(`${String(count)} hosts lost something: ${losses.join('; ')}`);
    const latency = new Histogram().add(result.ring.latency);
    // Both around the whole load, the warm-up included: it is a part of what they did.
    const messages = result.ring.acked.expected;
    return {
      perSecond: result.messages / result.seconds,
      parleyUs: (cpuUs(servers) - cpu) / messages,
      databaseUs: count === 0 ? 0 : (database.cpuUs() - databaseCpu) / messages,
      p50: latency.quantile(0.5) / 1000,
      p99: latency.quantile(0.99) / 1000,
    };
  });

const LOADS: readonly (readonly [name: string, pace: Pace])[] = [
  ['paced, 500/s', { kind: 'open', perSecond: 500 }],
  ['480 in flight', { kind: 'closed', inFlight: 4 }],
];
/** 0: one host with SQLite. */
const COUNTS = values.hosts.split(',').map(Number);
const nameOf = (count: number): string => (count === 0 ? '1, SQLite' : `${String(count)}, PostgreSQL`);

const loadTable = async (): Promise<void> => {
  const rows: (string | number)[][] = [];
  for (const [name, pace] of LOADS) {
    const samples = new Map<number, Sample[]>(COUNTS.map((count) => [count, []]));
    for (let round = 0; round < rounds; round += 1)
      for (const [count, own] of samples) own.push(await loadOnce(count, pace));
    for (const [count, own] of samples) {
      const of = (pick: (sample: Sample) => number): number => median(own.map(pick));
      rows.push([
        ...[name, nameOf(count), of(({ perSecond }) => perSecond), of(({ parleyUs }) => parleyUs)],
        ...[of(({ databaseUs }) => databaseUs), of(({ p50 }) => p50), of(({ p99 }) => p99)],
      ]);
    }
    say(`  ${name}: done`);
  }
  const columns = ['load', 'hosts', 'messages/s', 'Parley µs', 'PostgreSQL µs', 'p50 ms', 'p99 ms'];
  tableLines({ title: 'CPU for each message, medians', columns, rows }).forEach(say);
};

await loadTable();
