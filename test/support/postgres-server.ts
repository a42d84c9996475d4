import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { env, getuid, kill } from 'node:process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { within } from './deadline.ts';
import type { Scope } from './temp-dir.ts';

const OLDEST = 15;
const START_MS = 60_000;

/** Of the folders in PATH and of Debian's, the one with the newest version that Parley accepts. */
const findPrograms = (): string | null => {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const folders = [
    ...(env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  const found = folders.flatMap((folder) => {
    if (!existsSync(join(folder, 'postgres')) || !existsSync(join(folder, 'initdb'))) return [];
    const text = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
    const version = Number(/ (\d+)/.exec(text)?.[1] ?? 0);
    // Beside the program itself, where a link to it may lack its companions.
    return version >= OLDEST ? [{ folder: dirname(realpathSync(join(folder, 'postgres'))), version }] : [];
  });
  return found.sort((a, b) => b.version - a.version)[0]?.folder ?? null;
};

export const postgresPrograms = findPrograms();

/** PostgreSQL refuses to run as root. */
const account = ((): { readonly uid: number; readonly gid: number } | null => {
  if (getuid?.() !== 0) return null;
  const idOf = (flag: string, name: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) };
    } catch {
      // No such account.
    }
  }
  return null;
})();

/** Starts the server, and stops it when its own input ends: at a word of the test, or when the process of the test is gone, however
 *  it ended. Then the folder goes too. */
const KEEPER = `
folder=$1; shift
"$@" & server=$!
read -r word
kill -QUIT $server; wait $server
[ "$word" = keep ] || rm -rf "$folder"
`;

export type PostgresSettings = Readonly<Record<string, string>>;
/** Durable, as the product demands, but small. */
const SETTINGS: PostgresSettings = {
  listen_addresses: '',
  shared_buffers: '32MB',
  max_connections: '100',
  lc_messages: 'C',
};

/** A PostgreSQL of a test's own, on a Unix socket only. Its folder lies in memory where that is possible. */
export class PostgresServer {
  readonly folder: string;
  readonly #settings: PostgresSettings;
  readonly #namespace: string | null;
  #keeper: ChildProcess | null = null;
  #isFrozen = false;

  private constructor(folder: string, settings: PostgresSettings, namespace: string | null) {
    this.folder = folder;
    this.#settings = { ...SETTINGS, unix_socket_directories: folder, ...settings };
    this.#namespace = namespace;
  }

  /** `prepare` may change the data folder before the first start. `namespace`: the file of a network namespace to run in. */
  static async start(
    scope: Scope,
    settings: PostgresSettings = {},
    prepare: (dataFolder: string) => void = () => undefined,
    namespace: string | null = null,
  ): Promise<PostgresServer> {
    const server = PostgresServer.#make(scope, settings, namespace);
    const options = ['--no-sync', '--auth=trust', '--encoding=UTF8', '--locale=C', '--username=parley'];
    await server.#run('initdb', [...options, '-D', server.dataFolder]);
    prepare(server.dataFolder);
    await server.start();
    return server;
  }

  /** A standby, which the primary waits for with every commit once it has one. It finds the primary at `address`. */
  static async startStandbyOf(
    scope: Scope,
    primary: PostgresServer,
    address = primary.folder,
    settings: PostgresSettings = {},
    namespace: string | null = null,
  ): Promise<PostgresServer> {
    const server = PostgresServer.#make(scope, settings, namespace);
    const from = ['--host', address, '--username', 'parley', '--checkpoint=fast', '--no-sync'];
    await server.#run('pg_basebackup', [...from, '--write-recovery-conf', '--pgdata', server.dataFolder]);
    await server.start();
    return server;
  }

  static #make(scope: Scope, settings: PostgresSettings, namespace: string | null): PostgresServer {
    const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'parley-pg-'));
    const server = new PostgresServer(folder, settings, namespace);
    server.own(folder);
    scope.after(async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    return server;
  }

  async #run(program: string, options: readonly string[]): Promise<void> {
    const path = join(postgresPrograms ?? '', program);
    const { command, owner } = this.#placed([path, ...options]);
    const [file = '', ...rest] = command;
    await promisify(execFile)(file, rest, { ...owner, cwd: this.folder });
  }

  /** A command as it is run, and for whom: only root can enter a namespace, and then becomes the account. */
  #placed(command: readonly string[]): { readonly command: readonly string[]; readonly owner: object } {
    if (this.#namespace === null) return { command, owner: { ...account } };
    const [uid, gid] = [String(account?.uid ?? 0), String(account?.gid ?? 0)];
    const enter = ['nsenter', `--net=${this.#namespace}`, '--setuid', uid, '--setgid', gid, '--'];
    return { command: [...enter, ...command], owner: {} };
  }

  /** It is a standby with the next start. */
  demote(): void {
    const path = join(this.dataFolder, 'standby.signal');
    writeFileSync(path, '');
    this.own(path);
  }

  /** Lets it write to a folder or a file. */
  own(path: string): void {
    if (account !== null) chownSync(path, account.uid, account.gid);
  }

  get dataFolder(): string {
    return join(this.folder, 'data');
  }

  /** The socket, for a proxy in front of it. */
  get socket(): string {
    return join(this.folder, '.s.PGSQL.5432');
  }

  url(database = 'postgres'): string {
    return `postgres://parley@/${database}?host=${this.folder}`;
  }

  async start(): Promise<void> {
    const settings = Object.entries(this.#settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const program = [join(postgresPrograms ?? '', 'postgres'), '-D', this.dataFolder, ...settings];
    const { command, owner } = this.#placed(['sh', '-c', KEEPER, 'sh', this.folder, ...program]);
    const [file = '', ...rest] = command;
    // A process group of its own: Ctrl-C is for the test.
    const keeper = spawn(file, rest, {
      ...owner,
      cwd: this.folder,
      env: { PATH: env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
    });
    this.#keeper = keeper;
    let said = '';
    const ready = new Promise<void>((resolve, reject) => {
      createInterface({ input: keeper.stderr }).on('line', (line) => {
        said = `${said}${line}\n`.slice(-10_000);
        if (line.includes('ready to accept')) resolve();
        // Clients that come too early, or were there before a crash, are told so.
        if (/FATAL: {2}(?!the database system is|terminating)/.test(line))
          reject(new Error(`PostgreSQL did not start:\n${said}`));
      });
    });
    await within(START_MS, 'PostgreSQL to start', ready);
  }

  /** `kill -9` of all its processes. Its folder stays, so that it can be started again. */
  async crash(): Promise<void> {
    this.freeze();
    this.#signal('SIGKILL');
    this.#isFrozen = false;
    await this.stop();
  }

  /** It keeps its connections, and answers nothing until `thaw`. */
  freeze(): void {
    this.#signal('SIGSTOP');
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#signal('SIGCONT');
    this.#isFrozen = false;
  }

  /** To the postmaster first: once it stands still, it makes no further process while we look for those that it has made. Each of
   *  them has a process group of its own. */
  #signal(signal: NodeJS.Signals): void {
    const postmaster = Number(
      readFileSync(join(this.dataFolder, 'postmaster.pid'), 'utf8').split('\n', 1)[0],
    );
    const send = (pid: number): void => {
      try {
        kill(pid, signal);
      } catch {
        // It has ended by itself.
      }
    };
    if (signal === 'SIGSTOP') send(postmaster);
    const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    for (const line of processes.split('\n')) {
      const [pid, parent] = line.trim().split(/ +/).map(Number);
      if (pid !== undefined && parent === postmaster) send(pid);
    }
    if (signal !== 'SIGSTOP') send(postmaster);
  }

  /** As after a crash of all its processes. Its folder stays, so that it can be started again. */
  async stop(): Promise<void> {
    if (this.#isFrozen) this.thaw();
    const keeper = this.#keeper;
    this.#keeper = null;
    if (keeper === null) return;
    const ended = new Promise<void>((resolve) =>
      keeper.once('close', () => {
        resolve();
      }),
    );
    keeper.stdin?.end('keep\n');
    await within(START_MS, 'PostgreSQL to stop', ended);
  }
}
