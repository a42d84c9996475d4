import { parseArgs } from 'node:util';
import { tableLines } from './report/markdown.ts';
import { median } from './report/statistics.ts';
import { loadHosts, PAIRS, type HostsSample } from './servers/hosts-load.ts';
import { PostgresHost } from './servers/postgres.ts';

/** `npm run perf:notices -- URL [--broker URL …] [--rounds N] [--seconds N] [--rate N]`: what it costs a message that its recipient is
 *  connected to another host: the latency of two hosts on one PostgreSQL, with both users at the same host and at different ones, through
 *  each broker, in turns in one run. URL: a PostgreSQL on this machine whose user may make databases. Nothing is written. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    broker: { type: 'string', multiple: true, default: ['postgres', 'none'] },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '20' },
  },
});
const [url] = positionals;
if (url === undefined)
  throw new Error('Which PostgreSQL? npm run perf:notices -- postgres://user@host/postgres');
const database = new PostgresHost(url);
const perSecond = Number(values.rate);

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Way {
  readonly name: string;
  readonly broker: string;
  readonly together: number;
}
const [first = 'none'] = values.broker;
const WAYS: readonly Way[] = [
  { name: 'both at the same host', broker: first, together: PAIRS },
  ...values.broker.map((broker) => ({ name: `at two hosts, ${broker}`, broker, together: 1 })),
];

const samples = new Map<Way, HostsSample[]>(WAYS.map((way) => [way, []]));
for (let round = 0; round < Number(values.rounds); round += 1)
  for (const [{ name, ...way }, own] of samples) {
    const pace = { kind: 'open', perSecond } as const;
    own.push(await loadHosts({ database, count: 2, pace, windowS: Number(values.seconds), ...way }));
    say(`  ${name}: p50 ${own.at(-1)?.p50.toFixed(2) ?? ''} ms`);
  }

const rows = [...samples].map(([{ name }, own]) => {
  const of = (pick: (sample: HostsSample) => number): number => median(own.map(pick));
  return [
    name,
    of(({ p50 }) => p50),
    of(({ p99 }) => p99),
    of(({ parleyUs }) => parleyUs),
    of(({ databaseUs }) => databaseUs),
  ];
});
const columns = ['users', 'p50 ms', 'p99 ms', 'Parley µs', 'PostgreSQL µs'];
tableLines({ title: `${values.rate} messages a second, medians`, columns, rows }).forEach(say);
