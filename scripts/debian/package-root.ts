import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { freePort } from '../../perf/machine/free-port.ts';
import { ExpectedError } from '../command.mjs';
import { root } from '../root.mjs';
import { copyNameService, makeDebianRoot, type Debian } from './root.ts';
import { insideRoot } from './run-inside.ts';
import { startServer, type StartedServer } from './server-inside.ts';

const DEBIAN: Debian = { name: 'Debian 12', suite: 'bookworm', packages: ['adduser'] };
/** Made once, and kept. */
const BASE = join(root, 'dist/packages-test/debian-12');
const START_MS = 60_000;

export const UNIT = 'usr/lib/systemd/system/parley.service';
export const SETTINGS = 'etc/parley/parley.env';

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Debian in which packages of the server are installed. No systemd runs there: the server is started with the unit's command, account,
 *  variables and file of settings. */
export class PackageRoot {
  static readonly debian = DEBIAN.name;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** A new one in `folder`. @throws NotRun when this machine can't make one */
  static async make(folder: string, mirror: string | undefined): Promise<PackageRoot> {
    await makeDebianRoot(BASE, DEBIAN, mirror);
    rmSync(folder, { recursive: true, force: true });
    execFileSync('cp', ['-a', '--reflink=auto', BASE, folder]);
    copyNameService(folder);
    return new PackageRoot(folder);
  }

  /** Of a file in it, as this machine sees it. */
  path(file: string): string {
    return join(this.#folder, file);
  }

  /** Runs a command in it as root. */
  tried(...command: readonly string[]): Ran {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const [program, ...args] = insideRoot({ root: this.#folder, cwd: '/', env, command });
    return spawnSync(program, args, { encoding: 'utf8' });
  }

  /** The same, and returns what it prints. @throws ExpectedError where it fails */
  inside(...command: readonly string[]): string {
    const { status, stdout, stderr } = this.tried(...command);
    if (status === 0) return stdout;
    throw new ExpectedError(`FAILED: ${command.join(' ')} (${String(status)}):\n${stdout}${stderr}`);
  }

  /** Installs a package of this machine as an operator does who keeps the settings. An older one replaces a newer one. */
  install(file: string): void {
    copyFileSync(file, this.path(basename(file)));
    const options = [
      '--no-install-recommends',
      '--allow-downgrades',
      '-o',
      'Dpkg::Options::=--force-confold',
    ];
    this.inside('apt-get', 'install', '-y', '-q', ...options, `/${basename(file)}`);
  }

  /** Other servers run on this machine. */
  async chooseFreePort(): Promise<void> {
    const text = readFileSync(this.path(SETTINGS), 'utf8');
    const port = `PARLEY_PORT=${String(await freePort())}`;
    writeFileSync(this.path(SETTINGS), text.replace(/^PARLEY_PORT=.*$/m, port));
  }

  startUnit(): Promise<StartedServer> {
    return startServer(this.#unit());
  }

  /** The unit, where it is expected to end by itself. */
  triedUnit(): Ran {
    const [program, ...args] = this.#unit();
    return spawnSync(program, args, { encoding: 'utf8', timeout: START_MS });
  }

  #directives(name: string): readonly string[] {
    const lines = readFileSync(this.path(UNIT), 'utf8').matchAll(new RegExp(`^${name}=(.*)$`, 'gm'));
    return [...lines].map(([, value = '']) => value);
  }

  #unit(): readonly [string, ...string[]] {
    const [command = ''] = this.#directives('ExecStart');
    const [user = ''] = this.#directives('User');
    const [settings = ''] = this.#directives('EnvironmentFile');
    const lines = readFileSync(this.path(settings), 'utf8').split('\n');
    const assignments = [...this.#directives('Environment'), ...lines.filter((line) => /^[A-Z]/.test(line))];
    const env = Object.fromEntries(
      assignments.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
    const ids = [`--reuid=${user}`, `--regid=${user}`, '--init-groups'];
    const as = ['setpriv', ...ids, '--no-new-privs', '--bounding-set=-all'];
    return insideRoot({ root: this.#folder, cwd: '/', env, command: [...as, ...command.split(' ')] });
  }
}
