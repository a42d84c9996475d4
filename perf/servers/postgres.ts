import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../machine/root.ts';
import { cleanEnvironment } from '../machine/spawn.ts';

/** A PostgreSQL on this machine on which databases can be made and dropped. `psql` has to be installed. */
export class PostgresHost {
  readonly #url: string;
  readonly #postmaster: number;

  constructor(url: string) {
    this.#url = url;
    this.#postmaster = parentOf(Number(this.ask('SELECT pg_backend_pid()', url)));
  }

  /** The answer to one statement: its only value. */
  ask(sql: string, url: string): string {
    const args = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--dbname', url, '--command', sql];
    return execFileSync('psql', args, { encoding: 'utf8' }).trim();
  }

  /** Calls `use` with the URL of an empty database, which is dropped afterwards. */
  async withDatabase<T>(use: (url: string) => Promise<T>): Promise<T> {
    const name = `parley_perf_${randomBytes(6).toString('hex')}`;
    this.ask(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`, this.#url);
    const url = new URL(this.#url);
    url.pathname = `/${name}`;
    try {
      return await use(url.href);
    } finally {
      this.ask(`DROP DATABASE ${name} WITH (FORCE)`, this.#url);
    }
  }

  /** Microseconds of CPU of the server and of all its processes so far, ended ones included. */
  cpuUs(): number {
    const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const own = processes.filter(
      (pid) => Number(pid) === this.#postmaster || parentOf(Number(pid)) === this.#postmaster,
    );
    return own.reduce((sum, pid) => sum + ticksOf(Number(pid)) * 10_000, 0);
  }
}

/** The fields of /proc/PID/stat after the name; none if the process is gone. */
const statOf = (pid: number): readonly string[] => {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
};
const parentOf = (pid: number): number => Number(statOf(pid)[1] ?? 0);
/** User and system time, that of ended children too, in hundredths of a second. */
const ticksOf = (pid: number): number => {
  const stat = statOf(pid);
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(stat[at] ?? 0), 0);
};

/** The keys of all hosts here. */
export const GIVEN_KEYS = {
  jwt: 'a key of this measurement, 32 bytes long',
  refresh: 'another key of this measurement, 32 bytes',
};

/** The settings of a server on that database. */
export const onDatabase = (url: string): Readonly<Record<string, string>> => ({
  PARLEY_DATABASE_URL: url,
  PARLEY_JWT_SECRET: GIVEN_KEYS.jwt,
  PARLEY_REFRESH_SECRET: GIVEN_KEYS.refresh,
});

/** Moves what a data folder holds to an empty database, by the operator's own command. */
export const moveTo = (url: string, dataDir: string): void => {
  const env = { ...cleanEnvironment(), PARLEY_DATA_DIR: dataDir, PARLEY_LOG_LEVEL: 'error' };
  execFileSync(process.execPath, [join(root, 'dist/bundle/cli.js'), 'move', '--to', url, '--json'], { env });
};
