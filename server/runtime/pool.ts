import { Piscina } from 'piscina';
import { ParleyError } from '../protocol/errors.ts';
import type { Fault } from './envelope.ts';
import { errorOf } from './faults.ts';
import { adoptLogOf, type Log } from './log.ts';
import { YOUNG_MB } from './young-space.ts';

export type TaskOutcome =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly fault: Fault };

/** A bounded pool of threads for short CPU-bound tasks. A full queue answers `unavailable` at once; a thread that dies takes
 *  only its own task along. */
export class Pool {
  readonly #piscina: Piscina;
  readonly #log: Log;
  readonly #maxQueue: number;

  constructor(filename: string, options: { threads: number; maxQueue: number; data: object; log: Log }) {
    this.#log = options.log;
    this.#maxQueue = options.maxQueue;
    this.#piscina = new Piscina({
      filename,
      minThreads: 0,
      maxThreads: options.threads,
      idleTimeout: Infinity,
      maxQueue: options.maxQueue,
      concurrentTasksPerWorker: 1,
      // Without it a task that is next in line while the thread is busy goes back to the end, again and again.
      stricterFIFO: true,
      workerData: options.data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      // Threads here sleep between tasks and hold no timers, so the fastest hand-over is right.
      atomics: 'sync',
    });
    this.#piscina.on('message', adoptLogOf);
    this.#piscina.on('error', (error: unknown) => {
      this.#log.error({ err: error }, 'pool.error');
    });
  }

  get waiting(): number {
    return this.#piscina.queueSize;
  }

  async run(task: unknown): Promise<unknown> {
    let outcome: TaskOutcome;
    // Told by `waiting`; a line in the log for each would be a flood of its own.
    if (this.waiting >= this.#maxQueue) throw busy();
    try {
      outcome = (await this.#piscina.run(task)) as TaskOutcome;
    } catch (error) {
      this.#log.warn({ err: error }, 'pool.task-lost');
      throw busy(error);
    }
    if (!outcome.ok) throw errorOf(outcome.fault);
    return outcome.result;
  }

  async stop(): Promise<void> {
    await this.#piscina.destroy();
  }
}

const busy = (cause?: unknown): ParleyError =>
  new ParleyError('unavailable', 'The server is busy; try again.', { retryAfterS: 1, cause });
