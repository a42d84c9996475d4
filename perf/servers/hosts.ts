import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadUser } from '../load/spec.ts';
import { readCpu, totalOf } from '../machine/cpu.ts';
import { freePort } from '../machine/free-port.ts';
import { GIVEN_KEYS, moveTo, onDatabase, type PostgresHost } from './postgres.ts';
import { seedAccounts } from './seed.ts';
import { inFolder, type Running } from './server.ts';
import { startParley } from './targets.ts';

export interface Hosts {
  readonly servers: readonly Running[];
  /** Where the metrics of each are served. */
  readonly metricsPorts: readonly number[];
  readonly accounts: readonly LoadUser[];
}

export interface HostsSpec {
  readonly database: PostgresHost;
  /** 0: one host with SQLite. */
  readonly count: number;
  readonly users: number;
  /** `PARLEY_BROKER_URL`. */
  readonly broker: string;
}

/** Hosts on one new database. */
export const withHosts = <T>(
  { database, count, users, broker }: HostsSpec,
  use: (hosts: Hosts) => Promise<T>,
): Promise<T> =>
  inFolder(async (dir) => {
    const accounts = await seedAccounts(dir, users, count === 0 ? {} : GIVEN_KEYS);
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
            PARLEY_BROKER_URL: broker,
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
  const metricsPorts: number[] = [];
  try {
    for (const { dir, settings } of places) {
      const port = await freePort();
      servers.push(await startParley(dir, {}, { ...settings, PARLEY_METRICS_PORT: String(port) }));
      metricsPorts.push(port);
    }
    return await use({ servers, metricsPorts, accounts });
  } catch (error) {
    for (const server of servers) console.error(server.lastWords());
    throw error;
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
};

/** Microseconds of CPU that they have taken until now. */
export const cpuUs = (servers: readonly Running[]): number =>
  servers.reduce((sum, { pid }) => sum + totalOf(readCpu(pid)), 0);
