import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runIdleFleet } from './load/run-idle-fleet.ts';
import { runLoad, lossesIn } from './load/run-load.ts';
import { Histogram } from './load/histogram.ts';
import type { LoadUser, Pace } from './load/spec.ts';
import { readCpu, totalOf } from './machine/cpu.ts';
import { readMemory } from './machine/memory.ts';
import { tableLines } from './report/markdown.ts';
import { median } from './report/statistics.ts';
import { GIVEN_KEYS, moveTo, onDatabase, PostgresHost } from './servers/postgres.ts';
import { seedAccounts } from './servers/seed.ts';
import { inFolder, type Running } from './servers/server.ts';
import { startParley } from './servers/targets.ts';

/** `npm run perf:hosts -- URL [--rounds N] [--seconds N] [--broker URL] [--hosts 0,1,2,3] [--idle N]`: one host with SQLite, and one, two and three hosts on
 *  one PostgreSQL, under the same loads in turns in one run; the two of each pair are at different hosts. URL: a PostgreSQL on this machine
 *  whose user may make databases. `--idle N`: instead, N idle connections over six hosts. CPU counts all hosts, and PostgreSQL beside
 *  them. Nothing is written. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    broker: { type: 'string', default: 'postgres' },
    hosts: { type: 'string', default: '0,1,2,3' },
    idle: { type: 'string' },
  },
});
const [url] = positionals;
if (url === undefined)
  throw new Error('Which PostgreSQL? npm run perf:hosts -- postgres://user@host/postgres');
const database = new PostgresHost(url);
const rounds = Number(values.rounds);
const windowS = Number(values.seconds);
const PAIRS = 120;
const IDLE_HOSTS = 6;
/** For the last writes, and for V8 to clear away what the handshakes left. */
const SETTLE_MS = 25_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Hosts {
  readonly servers: readonly Running[];
  readonly accounts: readonly LoadUser[];
}

/** Hosts on one new database; with 0, one on SQLite. */
const withHosts = <T>(count: number, people: number, use: (hosts: Hosts) => Promise<T>): Promise<T> =>
  inFolder(async (dir) => {
    const accounts = await seedAccounts(dir, people, count === 0 ? {} : GIVEN_KEYS);
    if (count === 0) return await running([{ dir, settings: {} }], accounts, use);
    return await database.withDatabase(async (name) => {
      moveTo(name, dir);
      const homes = Array.from({ length: count }, () => mkdtempSync(join(tmpdir(), 'parley-perf-host-')));
      try {
        const places = homes.map((home, i) => ({
          dir: home,
          settings: {
            ...onDatabase(name),
            PARLEY_NODE_NAME: `host-${String(i + 1)}`,
            PARLEY_BROKER_URL: values.broker,
            PARLEY_DATABASE_POOL: '4',
          },
        }));
        return await running(places, accounts, use);
      } finally {
        for (const home of homes) rmSync(home, { recursive: true, force: true });
      }
    });
  });

interface Place {
  readonly dir: string;
  readonly settings: Readonly<Record<string, string>>;
}

const running = async <T>(
  places: readonly Place[],
  accounts: readonly LoadUser[],
  use: (hosts: Hosts) => Promise<T>,
): Promise<T> => {
  const servers: Running[] = [];
  try {
    for (const { dir, settings } of places) servers.push(await startParley(dir, {}, settings));
    return await use({ servers, accounts });
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
};

const cpuUs = (servers: readonly Running[]): number =>
  servers.reduce((sum, { pid }) => sum + totalOf(readCpu(pid)), 0);

interface Sample {
  readonly perSecond: number;
  readonly parleyUs: number;
  readonly databaseUs: number;
  readonly p50: number;
  readonly p99: number;
}

const loadOnce = (count: number, pace: Pace): Promise<Sample> =>
  withHosts(count, PAIRS, async ({ servers, accounts }) => {
    const [first, ...others] = servers;
    if (first === undefined) throw new Error('no host');
    const [cpu, databaseCpu] = [cpuUs(servers), database.cpuUs()];
    const result = await runLoad({
      ...{ host: first.host, port: first.port, morePorts: others.map(({ port }) => port), pid: first.pid },
      ...{
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

/** Lets everybody arrive, host after host, and calls `use` while all stay. */
const withAll = async ({ servers, accounts }: Hosts, use: () => Promise<void>, at = 0): Promise<void> => {
  const server = servers[at];
  if (server === undefined) {
    await use();
    return;
  }
  const each = Math.ceil(accounts.length / servers.length);
  const own = accounts.slice(at * each, (at + 1) * each);
  const spec = { host: server.host, port: server.port, accounts: own, atOnce: 64 };
  await runIdleFleet(spec, async ({ ms }) => {
    say(`  host ${String(at + 1)}: ${String(own.length)} in after ${(ms / 1000).toFixed(1)} s`);
    await withAll({ servers, accounts }, use, at + 1);
  });
};

const idleTable = (connections: number): Promise<void> =>
  withHosts(IDLE_HOSTS, connections, async ({ servers, accounts }) => {
    const rssOf = (): number => servers.reduce((sum, { pid }) => sum + readMemory(pid).rss, 0);
    const empty = rssOf();
    await withAll({ servers, accounts }, async () => {
      await sleep(SETTLE_MS);
      say(`memory for each connection, RSS: ${((rssOf() - empty) / connections).toFixed(2)} KiB`);
      const [cpu, databaseCpu, started] = [cpuUs(servers), database.cpuUs(), performance.now()];
      await sleep(windowS * 1000);
      const us = (performance.now() - started) * 1000;
      const cores = (spent: number): string => (spent / us).toFixed(3);
      const [parley, postgres] = [cpuUs(servers) - cpu, database.cpuUs() - databaseCpu];
      say(`at rest: ${cores(parley)} cores for all hosts, ${cores(postgres)} for PostgreSQL`);
    });
  });

if (values.idle === undefined) await loadTable();
else await idleTable(Number(values.idle));
