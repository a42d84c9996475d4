import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { systemClock, type Clock } from '../../server/runtime/clock.ts';
import type { WriteOutcome } from '../../server/storage/outcome.ts';
import type { Queries, Reads } from '../../server/storage/reads.ts';
import { asQueries } from '../../server/storage/sqlite/queries.ts';
import type { StoreCall, StoreReply, StoreThreadData } from './postgres-worker.ts';
import type { SimStore, SimWriter } from './store.ts';

const ANSWER_MS = 60_000;

/** The PostgreSQL store for histories. It answers at once, as SQLite does, by blocking this thread while another one waits for the
 *  database: so the seed alone still chooses the order of everything. */
export class PostgresSimStore implements SimStore {
  readonly #worker: Worker;
  readonly #port;
  readonly #answered = new Int32Array(new SharedArrayBuffer(4));
  readonly #used = new Set<number>();
  readonly reads: Reads;
  #clock: Clock = systemClock;
  #writer: SimWriter | undefined;

  /** `url`: an empty database with Parley's tables. */
  constructor(url: string) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const data: StoreThreadData = { url, port: port2, answered: this.#answered };
    this.#worker = new Worker(new URL('./postgres-worker.js', import.meta.url), {
      workerData: data,
      transferList: [port2],
    });
    const names = this.#call('names') as readonly string[];
    this.reads = Object.fromEntries(
      names.map((name) => [name, (...args: readonly unknown[]) => this.#call('query', args, name)]),
    ) as unknown as Reads;
  }

  get queries(): Queries {
    return asQueries(this.reads);
  }

  begin(seed: number, clock: Clock): void {
    if (this.#used.has(seed))
      throw new Error(`seed ${String(seed)} has been here: it needs an empty database`);
    this.#used.add(seed);
    this.#clock = clock;
    this.crashWriter();
    this.writer(true);
  }

  writer(resetPresence: boolean): SimWriter {
    if (this.#writer === undefined) {
      this.#call('open-writer', [resetPresence]);
      this.#writer = { commit: (batch) => this.#call('commit', batch) as readonly WriteOutcome[] };
    }
    return this.#writer;
  }

  crashWriter(): void {
    this.#writer = undefined;
  }

  copy(): never {
    throw new Error('a PostgreSQL is copied and put back by its own tools');
  }

  putBack(): never {
    this.copy();
  }

  async end(): Promise<void> {
    this.#call('close');
    this.#port.close();
    await this.#worker.terminate();
  }

  #call(what: StoreCall['what'], args: readonly unknown[] = [], name = ''): unknown {
    const before = Atomics.load(this.#answered, 0);
    const call: StoreCall = { what, name, args, now: this.#clock.now(), monotonic: this.#clock.monotonic() };
    this.#port.postMessage(call);
    if (Atomics.wait(this.#answered, 0, before, ANSWER_MS) === 'timed-out')
      throw new Error(`PostgreSQL has not answered ${name || what}`);
    const reply = receiveMessageOnPort(this.#port)?.message as StoreReply | undefined;
    if (reply === undefined) throw new Error(`no answer to ${name || what}`);
    if ('fault' in reply) throw new Error(`${name || what}: ${reply.fault.code} ${reply.fault.detail}`);
    return reply.value;
  }
}
