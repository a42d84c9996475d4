import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { env as ownEnvironment, execPath } from 'node:process';
import { freePort } from '../../perf/machine/free-port.ts';
import type { Place } from './chat-client.ts';
import { within } from './deadline.ts';
import { eventually } from './eventually.ts';
import { http } from './http-client.ts';
import { serverEntry } from './paths.ts';
import type { Exit, LogLine, Settings } from './server-process.ts';
import { tempDir, type Scope } from './temp-dir.ts';

/** What the server's stdout and stderr are: a shell's pipe, a socket as systemd gives one, a terminal. */
export type OutputKind = 'pipe' | 'socket' | 'terminal';

const START_MS = 30_000;
const END_MS = 12_000;

/** A server whose output somebody holds and does not read until told to: Ctrl-S, `| less`, a log driver that is stuck. */
export class UnreadServer implements Place {
  readonly url: string;
  readonly socketUrl: string;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #takeMore: (add: (text: string) => void) => void;
  #text = '';

  private constructor(port: string, child: ChildProcess, takeMore: (add: (text: string) => void) => void) {
    this.url = `http://127.0.0.1:${port}`;
    this.socketUrl = `ws://127.0.0.1:${port}/ws`;
    this.#child = child;
    this.#takeMore = takeMore;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
  }

  /** Resolves when it serves. With `JOURNAL_STREAM: 'own'` a pipe is announced as systemd announces its journal's. */
  static async start(scope: Scope, kind: OutputKind, settings: Settings = {}): Promise<UnreadServer> {
    const port = String(await freePort());
    const dir = tempDir(scope);
    const inherited = Object.fromEntries(
      Object.entries(ownEnvironment).filter(
        ([name]) => !name.startsWith('PARLEY_') && name !== 'NODE_TEST_CONTEXT',
      ),
    );
    const env = {
      ...inherited,
      PARLEY_PORT: port,
      PARLEY_DATA_DIR: join(dir, 'data'),
      PARLEY_SIGNUPS_PER_HOUR: '0',
      PARLEY_SEND_RATE: '0',
      PARLEY_SEND_BURST: '0',
      PARLEY_SHARDS: '1',
      ...settings,
    };
    const server = kind === 'pipe' ? throughFifo(scope, dir, port, env) : throughNode(kind, port, env);
    scope.after(async () => {
      server.signal('SIGKILL');
      // Whoever holds its terminal may stand still as well.
      server.#child.kill('SIGKILL');
      await server.exited;
    });
    await eventually('the server to serve', () => isServing(server), START_MS);
    return server;
  }

  static of(
    port: string,
    child: ChildProcess,
    takeMore: (add: (text: string) => void) => void,
  ): UnreadServer {
    return new UnreadServer(port, child, takeMore);
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** To the server itself: `script` is only the one who holds its terminal. */
  signal(signal: NodeJS.Signals): void {
    const pid = this.#child.pid ?? 0;
    if (!this.isAlive) return;
    const [under] = this.#child.spawnfile === 'script' ? childrenOf(pid) : [];
    process.kill(under ?? pid, signal);
  }

  /** Through the channel that exists only under PARLEY_TEST_FAULTS=1. */
  order(order: { readonly thread: string; readonly fault: string }): void {
    this.#child.send(order, () => undefined);
  }

  end(): Promise<Exit> {
    return within(END_MS, 'the server to end', this.exited);
  }

  text(): string {
    this.#takeMore((text) => {
      this.#text += text;
    });
    return this.#text;
  }

  /** Reads from now on, whenever it is asked: the log lines so far. */
  lines(): readonly LogLine[] {
    return this.text()
      .split(/\r?\n/)
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);
  }
}

const isServing = ({ url }: UnreadServer): Promise<boolean> =>
  http('GET', `${url}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  );

const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
    .split(' ')
    .filter((each) => each !== '')
    .map(Number);

const throughFifo = (scope: Scope, dir: string, port: string, env: NodeJS.ProcessEnv): UnreadServer => {
  const fifo = join(dir, 'output');
  execFileSync('mkfifo', [fifo]);
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  scope.after(() => {
    closeSync(reader);
  });
  const writer = openSync(fifo, 'w');
  const { dev, ino } = fstatSync(writer);
  const journal = env['JOURNAL_STREAM'] === 'own' ? { JOURNAL_STREAM: `${String(dev)}:${String(ino)}` } : {};
  const child = spawn(execPath, [serverEntry], {
    env: { ...env, ...journal },
    stdio: ['ignore', writer, writer, 'ipc'],
  });
  closeSync(writer);
  const bytes = Buffer.alloc(64 * 1024);
  return UnreadServer.of(port, child, (add) => {
    for (;;) {
      try {
        const taken = readSync(reader, bytes);
        if (taken === 0) return;
        add(bytes.toString('utf8', 0, taken));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
        throw error;
      }
    }
  });
};

/** Node connects a child by a socket; `script` holds a terminal and writes to us what it reads there. */
const throughNode = (kind: OutputKind, port: string, env: NodeJS.ProcessEnv): UnreadServer => {
  const child =
    kind === 'socket'
      ? spawn(execPath, [serverEntry], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
      : spawn('script', ['-qec', `exec ${execPath} ${serverEntry}`, '/dev/null'], {
          env,
          stdio: ['ignore', 'pipe', 'ignore'],
        });
  // A stream that nobody listens to and nobody resumes reads one buffer full and stops.
  return UnreadServer.of(port, child, (add) => {
    for (let chunk = child.stdout?.read() as Buffer | null; chunk !== null;) {
      add(chunk.toString('utf8'));
      chunk = child.stdout?.read() as Buffer | null;
    }
  });
};
