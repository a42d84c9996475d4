import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { check } from '../check.ts';
import { ExpectedError } from '../command.mjs';
import { startServer } from '../debian/server-inside.ts';

type Settings = Readonly<Record<string, string>>;

/** The folder of a version, on a data directory, with nothing in its environment but what is given. */
export class Archive {
  readonly #home: string;
  readonly #settings: Settings;

  constructor(home: string, settings: Settings) {
    this.#home = home;
    this.#settings = settings;
  }

  /** The same version elsewhere. */
  with(settings: Settings): Archive {
    return new Archive(this.#home, { ...this.#settings, ...settings });
  }

  tried(name: 'parley' | 'parley-server', ...args: readonly string[]) {
    const [command, ...rest] = this.#program(name);
    return spawnSync(command, [...rest, ...args], { encoding: 'utf8', timeout: 120_000 });
  }

  /** What a command prints. @throws ExpectedError where it fails */
  parley(...args: readonly string[]): string {
    const { status, stdout, stderr } = this.tried('parley', ...args);
    if (status === 0) return stdout;
    throw new ExpectedError(`FAILED: parley ${args.join(' ')} (${String(status)}): ${stderr}`);
  }

  /** Starts a server, does something with it, and ends it. */
  async served(use: (url: string) => Promise<void>): Promise<void> {
    const server = await startServer(this.#program('parley-server'));
    try {
      check('the server is ready', (await fetch(`${server.url}/readyz`)).status === 200);
      await use(server.url);
    } finally {
      check('it ends with exit code 0', (await server.stop()) === 0);
    }
  }

  #program(name: 'parley' | 'parley-server'): readonly [string, ...string[]] {
    const variables = Object.entries({ PATH: '/usr/bin:/bin', PARLEY_PORT: '0', ...this.#settings });
    return ['env', '-i', ...variables.map(([key, value]) => `${key}=${value}`), join(this.#home, name)];
  }
}
