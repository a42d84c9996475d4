import { type ChildProcess, spawn } from 'node:child_process';
import { kill } from 'node:process';
import { createInterface } from 'node:readline';
import { freePort } from '../../perf/machine/free-port.ts';
import { brokerProgram, type BrokerProgram } from './broker-missing.ts';
import { within } from './deadline.ts';
import { tempDir, type Scope } from './temp-dir.ts';

const START_MS = 20_000;

/** Ends the broker when its own input ends, and so with the process of the test, however that ends. */
const KEEPER = `
"$@" 2>&1 & broker=$!
echo "pid $broker"
read -r word
kill -KILL $broker
`;

const READY = { 'nats-server': /Server is ready/, 'redis-server': /Ready to accept connections/ } as const;

/** A broker of a test's own on a free port, with what it stores in a temporary folder. */
export class BrokerProcess {
  readonly port: number;
  readonly #program: BrokerProgram;
  readonly #options: readonly string[];
  readonly #namespace: string | null;
  #keeper: ChildProcess | null = null;
  #pid = 0;

  private constructor(
    program: BrokerProgram,
    port: number,
    options: readonly string[],
    namespace: string | null,
  ) {
    this.#program = program;
    this.port = port;
    this.#options = options;
    this.#namespace = namespace;
  }

  /** `namespace`: the file of a network namespace to run in. */
  static async start(
    scope: Scope,
    program: BrokerProgram,
    options: (port: string, folder: string) => readonly string[],
    namespace: string | null = null,
  ): Promise<BrokerProcess> {
    const port = await freePort();
    const broker = new BrokerProcess(program, port, options(String(port), tempDir(scope)), namespace);
    scope.after(() => broker.crash());
    await broker.start();
    return broker;
  }

  async start(): Promise<void> {
    const enter = this.#namespace === null ? [] : ['nsenter', `--net=${this.#namespace}`, '--'];
    const keeper = spawn(
      'sh',
      ['-c', KEEPER, 'sh', ...enter, brokerProgram(this.#program) ?? '', ...this.#options],
      // A process group of its own: Ctrl-C is for the test.
      { stdio: ['pipe', 'pipe', 'ignore'], detached: true },
    );
    this.#keeper = keeper;
    let said = '';
    const ready = new Promise<void>((resolve, reject) => {
      createInterface({ input: keeper.stdout }).on('line', (line) => {
        said = `${said}${line}\n`.slice(-10_000);
        const [, pid] = /^pid (\d+)$/.exec(line) ?? [];
        if (pid !== undefined) this.#pid = Number(pid);
        if (READY[this.#program].test(line)) resolve();
      });
      keeper.once('close', () => {
        reject(new Error(`${this.#program} did not start:\n${said}`));
      });
    });
    await within(START_MS, `${this.#program} to start`, ready);
  }

  /** `kill -9`. It can be started again on the same port. */
  async crash(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = null;
    if (keeper === null) return;
    const ended = new Promise<void>((resolve) =>
      keeper.once('close', () => {
        resolve();
      }),
    );
    keeper.stdin?.end('end\n');
    await within(START_MS, `${this.#program} to end`, ended);
  }

  /** It keeps its connections, and answers nothing until `thaw`. */
  freeze(): void {
    kill(this.#pid, 'SIGSTOP');
  }

  thaw(): void {
    kill(this.#pid, 'SIGCONT');
  }
}
