import { parseArgs } from 'node:util';
import type { Pace } from './load/spec.ts';
import { tableLines } from './report/markdown.ts';
import { median } from './report/statistics.ts';
import { loadHosts, type HostsSample } from './servers/hosts-load.ts';
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

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

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
    const samples = new Map<number, HostsSample[]>(COUNTS.map((count) => [count, []]));
    for (let round = 0; round < rounds; round += 1)
      for (const [count, own] of samples)
        own.push(
          await loadHosts({
            database,
            count,
            pace,
            windowS,
            broker: values.broker,
            together: Number(values.together),
          }),
        );
    for (const [count, own] of samples) {
      const of = (pick: (sample: HostsSample) => number): number => median(own.map(pick));
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
