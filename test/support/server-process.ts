import { type ChildProcess, spawn } from 'node:child_process';
import { env as ownEnvironment } from 'node:process';
import { createInterface } from 'node:readline';
import { within } from './deadline.ts';
import { freePort } from '../../perf/machine/free-port.ts';
import { serverEntry } from './paths.ts';
import { makeDir, removeDir, type Scope } from './temp-dir.ts';
import { WaitingList } from './waiting-list.ts';

export type Settings = Readonly<Record<string, string>>;
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };
export type LogLine = { readonly msg?: string } & Readonly<Record<string, unknown>>;
export interface FaultOrder {
  readonly fault: 'throw' | 'exit' | 'oom' | 'hang';
  readonly thread: 'writer' | `shard:${number}`;
}

/** To see what the servers of a test print as it runs: TEST_LOG=1. Their stacks name the sources then, which costs each start a
 *  sixth of its time. */
const echo = ownEnvironment['TEST_LOG'] === '1';
/** How many shards the servers of tests have that do not ask for a number, to see on two cores what others see on eight. */
const shards = ownEnvironment['TEST_SHARDS'];
const START_MS = 60_000;
const STOP_MS = 15_000;
const LINE_MS = 10_000;

/** No limits that a test of something else would run into. */
const OPEN_GATES: Settings = {
  PARLEY_HOST: '127.0.0.1',
  PARLEY_PORT: '0',
  PARLEY_SIGNUPS_PER_HOUR: '0',
  PARLEY_SEND_RATE: '0',
  PARLEY_SEND_BURST: '0',
  ...(shards === undefined ? {} : { PARLEY_SHARDS: shards }),
};

/** TEST_STORE=postgres: each server has an empty PostgreSQL database of its own, instead of SQLite in its folder. Loaded with this file,
 *  because it needs a hook of the whole process. */
const databases = ownEnvironment['TEST_STORE'] === 'postgres' ? await import('./postgres.ts') : null;

/** `skip` of tests of what is in the server's folder with SQLite only, or of commands that work on it. */
export const sqliteOnly = databases === null ? false : 'it is about the files of SQLite';

/** What a server on PostgreSQL needs to be told. */
export const onPostgres = (url: string): Settings => ({
  PARLEY_DATABASE_URL: url,
  PARLEY_JWT_SECRET: 'a key for tests only: tokens-0001',
  PARLEY_REFRESH_SECRET: 'a key for tests only: renewals-01',
});

const inherited = (): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(ownEnvironment).filter(
      ([name]) => !name.startsWith('PARLEY_') && name !== 'NODE_TEST_CONTEXT',
    ),
  );

/** One run of the real program, from spawn to exit. Its log lines are parsed, everything it printed is kept. An `entry` that is no
 *  script is a program that starts the server. */
export class ServerRun {
  readonly lines = new WaitingList<LogLine>();
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #output = '';

  constructor(settings: Settings, cwd: string, entry = serverEntry) {
    const options = echo ? ['--enable-source-maps'] : [];
    const [program, args] = entry.endsWith('.js') ? [process.execPath, [...options, entry]] : [entry, []];
    this.#child = spawn(program, args, {
      cwd,
      env: { ...inherited(), ...settings },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('the server has no pipes');
    createInterface({ input: stdout }).on('line', (line) => {
      this.#output += `${line}\n`;
      if (echo) process.stderr.write(`${line}\n`);
      if (line.startsWith('{')) this.lines.add(JSON.parse(line) as LogLine);
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
      if (echo) process.stderr.write(text);
    });
    this.exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        this.lines.end(new Error(`the server has ended (${String(code ?? signal)}):\n${this.#output}`));
        resolve({ code, signal });
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything printed so far, both streams. */
  get output(): string {
    return this.#output;
  }

  line(msg: string, wants: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    return this.lines.take(`the log line "${msg}"`, LINE_MS, (line) => line.msg === msg && wants(line));
  }

  async listening(): Promise<URL> {
    const { url } = await this.lines.take(
      'the server listening',
      START_MS,
      (line) => line.msg === 'listening',
    );
    return new URL(String(url));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Through the channel that exists only under PARLEY_TEST_FAULTS=1. */
  order(order: FaultOrder): void {
    this.#child.send(order);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    this.#child.kill(signal);
    return await within(STOP_MS, `the server to end after ${signal}`, this.exited);
  }
}

/** A server on a data folder of its own, and on a database of its own under TEST_STORE=postgres, which may be stopped and started again at the same address. */
export class ServerProcess {
  readonly dataDir: string;
  readonly #settings: Settings;
  #run: ServerRun;
  #url = new URL('http://127.0.0.1');

  private constructor(dataDir: string, settings: Settings) {
    this.dataDir = dataDir;
    this.#settings = settings;
    this.#run = this.#spawn();
  }

  static async start(scope: Scope, settings: Settings = {}, dataDir?: string): Promise<ServerProcess> {
    const port = String(await freePort());
    const disposals: (() => void | Promise<void>)[] = [];
    const ownScope: Scope = { after: (dispose) => void disposals.push(dispose) };
    const store = databases === null ? {} : onPostgres(await databases.serverDatabase(ownScope));
    const server = new ServerProcess(dataDir ?? makeDir(), { PARLEY_PORT: port, ...store, ...settings });
    scope.after(async () => {
      await server.kill();
      // Its database is the next server's.
      for (const dispose of disposals) await dispose();
      if (dataDir === undefined) removeDir(server.dataDir);
    });
    server.#url = await server.#run.listening();
    return server;
  }

  get run(): ServerRun {
    return this.#run;
  }

  /** `http://host:port`, without a slash at the end. */
  get url(): string {
    return this.#url.origin;
  }

  get socketUrl(): string {
    return `ws://${this.#url.host}/ws`;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    return await this.#run.kill(signal);
  }

  /** Again on the same folder and port, after a kill or a stop. Further settings stand for this run only. */
  async restart(settings: Settings = {}): Promise<void> {
    await this.#run.kill();
    this.#run = this.#spawn(settings);
    this.#url = await this.#run.listening();
  }

  /** Through the channel that exists only under PARLEY_TEST_FAULTS=1. */
  fault(order: FaultOrder): void {
    this.#run.order(order);
  }

  #spawn(further: Settings = {}): ServerRun {
    return new ServerRun(
      { ...OPEN_GATES, PARLEY_DATA_DIR: this.dataDir, ...this.#settings, ...further },
      this.dataDir,
    );
  }
}

/** A start that is expected to fail: what it printed and how it ended. */
export const failedStart = async (scope: Scope, settings: Settings): Promise<Exit & { output: string }> => {
  const dataDir = makeDir();
  const run = new ServerRun({ ...OPEN_GATES, PARLEY_DATA_DIR: dataDir, ...settings }, dataDir);
  scope.after(async () => {
    await run.kill();
    removeDir(dataDir);
  });
  const exit = await within(START_MS, 'the refused start to end', run.exited);
  return { ...exit, output: run.output };
};
