import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runHttpLoad } from './http/run-http-load.ts';
import { IdleClient } from './load/idle-client.ts';
import { runLoad, lossesIn } from './load/run-load.ts';
import { Histogram } from './load/histogram.ts';
import type { LoadUser, Pace } from './load/spec.ts';
import { makeTexts } from './load/texts.ts';
import { readCpu, spentBetween, totalOf } from './machine/cpu.ts';
import { folderBytes } from './machine/disk.ts';
import { tableLines } from './report/markdown.ts';
import { median, quantile } from './report/statistics.ts';
import { p99Of, searchSamples } from './benchmarks/store-search.ts';
import { medianOf, writerSample, type MeasuredStore, type WriterSample } from './benchmarks/store-writers.ts';
import { GIVEN_KEYS, moveTo, onDatabase, PostgresHost } from './servers/postgres.ts';
import { seedAccounts, seedMessages } from './servers/seed.ts';
import { inFolder, type Running } from './servers/server.ts';
import { startParley } from './servers/targets.ts';

/** `npm run perf:stores -- URL [--only writers|search|loads|reading] [--messages N] [--rounds N] [--seconds N] [--settle S]`: the writers of
 *  both stores by themselves, and searches in them, then Parley on SQLite and on PostgreSQL under the same loads, in turns in one run. URL: a
 *  PostgreSQL on this machine whose user may make databases. CPU counts Parley's process, and PostgreSQL's processes beside it. Before
 *  `reading`, the search index has S seconds to be built. Nothing is written. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    messages: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    settle: { type: 'string', default: '15' },
  },
});
const [url] = positionals;
if (url === undefined)
  throw new Error('Which PostgreSQL? npm run perf:stores -- postgres://user@host/postgres');
const host = new PostgresHost(url);
const rounds = Number(values.rounds);
const windowS = Number(values.seconds);
const PEOPLE = 200;

const STORES: readonly MeasuredStore[] = ['sqlite', 'postgres'];
const NAMES: Readonly<Record<MeasuredStore, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

interface OnStore {
  readonly server: Running;
  readonly accounts: readonly LoadUser[];
  /** Of everything that is stored. */
  readonly bytes: () => number;
}

/** A server on that store with so many messages in it. */
const withStore = <T>(store: MeasuredStore, messages: number, use: (on: OnStore) => Promise<T>): Promise<T> =>
  inFolder(async (dir) => {
    const accounts = await seedAccounts(dir, PEOPLE, store === 'sqlite' ? {} : GIVEN_KEYS);
    const texts = makeTexts(1_000, 100);
    if (messages > 0)
      seedMessages(dir, messages, (i) => ({
        from: accounts[i % 3 === 0 ? 0 : 1 + (i % (PEOPLE - 2))]!.userId,
        to: accounts[i % 3 === 0 ? 1 + (i % (PEOPLE - 1)) : 2 + (i % (PEOPLE - 2))]!.userId,
        content: texts[i % texts.length]!,
      }));
    const run = async (settings: Readonly<Record<string, string>>, bytes: () => number, home: string) => {
      const server = await startParley(home, {}, settings);
      try {
        return await use({ server, accounts, bytes });
      } finally {
        await server.stop();
      }
    };
    if (store === 'sqlite') return await run({}, () => folderBytes(dir), dir);
    return await host.withDatabase(async (database) => {
      moveTo(database, dir);
      const size = (): number => Number(host.ask('SELECT pg_database_size(current_database())', database));
      return await inFolder((home) => run(onDatabase(database), size, home));
    });
  });

interface LoadSample {
  readonly perSecond: number;
  readonly parleyUs: number;
  readonly databaseUs: number;
  readonly p50: number;
  readonly p99: number;
}

const loadOnce = (store: MeasuredStore, pace: Pace, pairs: number): Promise<LoadSample> =>
  withStore(store, 0, async ({ server, accounts }) => {
    const { host: address, port, pid } = server;
    const spec = {
      ...{
        host: address,
        port,
        pid,
        pace,
        windowS,
        accounts: accounts.slice(0, pairs),
        wire: 'envelopes' as const,
      },
      ...{ receipts: 'gathered' as const, bytes: 200, workers: 1, warmUpS: 3 },
    };
    // PostgreSQL's own processes are read around the whole load; the warm-up is a part of what they did.
    const before = host.cpuUs();
    const result = await runLoad(spec);
    const databaseUs = host.cpuUs() - before;
    const losses = lossesIn(result);
    if (losses.length > 0) throw new Error(`${store} lost something: ${losses.join('; ')}`);
    const latency = new Histogram().add(result.ring.latency);
    return {
      perSecond: result.messages / result.seconds,
      parleyUs: totalOf(spentBetween(result.before, result.after)) / result.messages,
      databaseUs: store === 'sqlite' ? 0 : databaseUs / result.ring.acked.expected,
      p50: latency.quantile(0.5) / 1000,
      p99: latency.quantile(0.99) / 1000,
    };
  });

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const LOADS: readonly (readonly [name: string, pace: Pace, pairs: number])[] = [
  ['3 in flight', { kind: 'closed', inFlight: 1 }, 3],
  ['64 in flight', { kind: 'closed', inFlight: 1 }, 64],
  ['512 in flight', { kind: 'closed', inFlight: 4 }, 128],
  // Hardly ever two in one batch.
  ['paced, 100/s', { kind: 'open', perSecond: 100 }, 200],
  ['paced, 1,000/s', { kind: 'open', perSecond: 1_000 }, 200],
];

const loadTable = async (): Promise<void> => {
  const rows: (string | number)[][] = [];
  for (const [name, pace, pairs] of LOADS) {
    const samples: Record<MeasuredStore, LoadSample[]> = { sqlite: [], postgres: [] };
    for (let round = 0; round < rounds; round += 1)
      for (const store of STORES) samples[store].push(await loadOnce(store, pace, pairs));
    const of = (store: MeasuredStore, pick: (sample: LoadSample) => number): number =>
      median(samples[store].map(pick));
    const cpu = (store: MeasuredStore): number => of(store, (sample) => sample.parleyUs + sample.databaseUs);
    for (const store of STORES) {
      const { parleyUs, databaseUs, perSecond, p50, p99 } = {
        parleyUs: of(store, (sample) => sample.parleyUs),
        databaseUs: of(store, (sample) => sample.databaseUs),
        perSecond: of(store, (sample) => sample.perSecond),
        p50: of(store, (sample) => sample.p50),
        p99: of(store, (sample) => sample.p99),
      };
      rows.push([name, NAMES[store], perSecond, parleyUs, databaseUs, cpu(store) / cpu('sqlite'), p50, p99]);
    }
    say(`  ${name}: done`);
  }
  const columns = [
    'load',
    'store',
    'messages/s',
    'Parley µs',
    'PostgreSQL µs',
    'CPU × SQLite',
    'p50 ms',
    'p99 ms',
  ];
  tableLines({ title: 'CPU for each message, medians', columns, rows }).forEach(say);
};

/** Milliseconds from connect to `sync` of somebody who has missed 1,000 events or more. */
const returnsOf = async ({ server, accounts }: OnStore): Promise<readonly number[]> => {
  const took: number[] = [];
  for (let i = 0; i < 12; i += 1) {
    const client = new IdleClient({
      host: server.host,
      port: server.port,
      token: accounts[5]!.token,
      cursor: 0,
    });
    took.push((await client.arrived).ms);
    client.leave();
  }
  return took.slice(2);
};

const readOnce = async (on: OnStore, messages: number) => {
  const { server, accounts } = on;
  const origin = `http://${server.host}:${String(server.port)}`;
  const { token } = accounts[0]!;
  const headers = { authorization: `Bearer ${token}` };
  const listed = (await (await fetch(`${origin}/conversations`, { headers })).json()) as {
    conversations: { id: string }[];
  };
  const get = async (path: string): Promise<readonly [cpuMs: number, databaseMs: number, p99: number]> => {
    const [cpu, database] = [readCpu(server.pid), host.cpuUs()];
    const sample = await runHttpLoad({ url: `${origin}${path}`, connections: 4, seconds: windowS, token });
    const spent = totalOf(spentBetween(cpu, readCpu(server.pid)));
    return [spent / sample.requests / 1000, (host.cpuUs() - database) / sample.requests / 1000, sample.p99];
  };
  return {
    history: await get(`/conversations/${listed.conversations[0]?.id ?? ''}/messages`),
    list: await get('/conversations'),
    search: await get('/search?q=lorem'),
    missed: await returnsOf(on),
    bytes: on.bytes() / messages,
  };
};

const readTable = async (): Promise<void> => {
  const messages = Number(values.messages);
  const rows: (string | number)[][] = [];
  for (const store of STORES) {
    const read = await withStore(store, messages, async (on) => {
      await sleep(Number(values.settle) * 1000);
      return await readOnce(on, messages);
    });
    const database = (ms: number): number => (store === 'sqlite' ? 0 : ms);
    for (const [what, [cpuMs, databaseMs, p99]] of [
      ['a page of history', read.history],
      ['the list of conversations', read.list],
      ['a search', read.search],
    ] as const)
      rows.push([what, NAMES[store], cpuMs, database(databaseMs), p99]);
    rows.push(['back to all one missed', NAMES[store], '', '', quantile(read.missed, 0.5)]);
    say(`  ${NAMES[store]}: ${read.bytes.toFixed(0)} bytes for each message`);
  }
  const columns = ['request', 'store', 'Parley ms CPU', 'PostgreSQL ms CPU', 'p99 ms (back: median)'];
  tableLines({ title: `Reading, ${messages.toLocaleString('en')} messages stored`, columns, rows }).forEach(
    say,
  );
};

const writerTable = async (): Promise<void> => {
  const rows: (string | number)[][] = [];
  for (const inFlight of [1, 64, 512]) {
    const samples: Record<MeasuredStore, WriterSample[]> = { sqlite: [], postgres: [] };
    for (let round = 0; round < rounds; round += 1)
      for (const store of STORES) samples[store].push(await writerSample(store, inFlight, host));
    const base = medianOf(samples.sqlite);
    for (const store of STORES) {
      const { perSecond, ownUs, databaseUs, p50 } = medianOf(samples[store]);
      const ratio = (ownUs + databaseUs) / (base.ownUs + base.databaseUs);
      rows.push([inFlight, NAMES[store], perSecond, ownUs, databaseUs, ratio, p50]);
    }
    say(`  ${String(inFlight)} in flight: done`);
  }
  const columns = ['in flight', 'store', 'messages/s', 'own µs', 'PostgreSQL µs', 'CPU × SQLite', 'p50 ms'];
  tableLines({ title: 'The writers alone, CPU for each message, medians', columns, rows }).forEach(say);
};

const SEARCHES_OF_A_KIND = 100;

const searchTable = async (): Promise<void> => {
  const messages = Number(values.messages);
  const rows: (string | number)[][] = [];
  for (const store of STORES) {
    const samples = await searchSamples(store, messages, SEARCHES_OF_A_KIND, host);
    for (const { kind, ms, ownMs, databaseMs } of samples)
      rows.push([kind, NAMES[store], quantile(ms, 0.5), quantile(ms, 0.99), ownMs, databaseMs]);
    rows.push(['all', NAMES[store], '', p99Of(samples), '', '']);
    say(`  ${NAMES[store]}: done`);
  }
  const columns = ['search, viewer', 'store', 'p50 ms', 'p99 ms', 'own ms CPU', 'PostgreSQL ms CPU'];
  tableLines({
    title: `Searches among ${messages.toLocaleString('en')} messages, 20 committed before each`,
    columns,
    rows,
  }).forEach(say);
};

const PARTS = { writers: writerTable, search: searchTable, loads: loadTable, reading: readTable };
for (const [name, measure] of Object.entries(PARTS))
  if (values.only === undefined || values.only === name) await measure();
