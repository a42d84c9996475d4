import { Piscina } from 'piscina';
import { ParleyError } from '../protocol/errors.ts';
import type { Clock, Timer } from './clock.ts';
import type { Fault } from './envelope.ts';
import { FairQueue } from './fair-queue.ts';
import { errorOf } from './faults.ts';
import { adoptLogOf, type Log } from './log.ts';
import { YOUNG_MB } from './young-space.ts';

export type TaskOutcome = (
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly fault: Fault }
) & {
  /** What the thread has counted since its last task. */
  readonly counted?: Readonly<Record<string, number>>;
};

export interface PoolOptions {
  readonly threads: number;
  /** Tasks that may wait: in all, and of one key. */
  readonly maxQueue: number;
  readonly maxQueuePerKey?: number;
  /** Milliseconds after which a task is given up, whether it waits or runs. Absent: never. */
  readonly deadlineMs?: number;
  readonly data: object;
  readonly clock: Clock;
  readonly log: Log;
  /** A thread has counted something. */
  readonly onCounted?: (name: string) => void;
}

interface Task {
  readonly input: unknown;
  readonly key: string;
  /** Absent where tasks have no deadline. */
  readonly cancel: AbortController | undefined;
  readonly resolve: (outcome: TaskOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A bounded pool of threads for short tasks. Waiting tasks are served in rotation by key, so that one user's tasks never stand
 *  before another's next one. A full queue answers `unavailable` at once; a thread that dies takes only its own task along, and
 *  one that has not answered by the deadline is replaced. [P9] */
export class Pool {
  readonly #piscina: Piscina;
  readonly #options: PoolOptions;
  readonly #waiting: FairQueue<Task>;
  readonly #counters: Record<string, number> = {};
  #running = 0;

  constructor(filename: string, options: PoolOptions) {
    this.#options = options;
    this.#waiting = new FairQueue(options.maxQueue, options.maxQueuePerKey ?? options.maxQueue);
    this.#piscina = new Piscina({
      filename,
      minThreads: 0,
      maxThreads: options.threads,
      idleTimeout: Infinity,
      concurrentTasksPerWorker: 1,
      workerData: options.data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      // Threads here sleep between tasks and hold no timers, so the fastest hand-over is right.
      atomics: 'sync',
    });
    this.#piscina.on('message', adoptLogOf);
    this.#piscina.on('error', (error: unknown) => {
      options.log.error({ err: error }, 'pool.error');
    });
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** What the pool and its threads have counted, by name. */
  get counters(): Readonly<Record<string, number>> {
    return { ...this.#counters };
  }

  /** Rejects with the task's own fault, or `unavailable` when too many wait or the deadline has passed. */
  async run(input: unknown, key = ''): Promise<unknown> {
    const outcome = await this.#outcome(input, key);
    for (const [name, by] of Object.entries(outcome.counted ?? {})) {
      this.#count(name, by);
      this.#options.onCounted?.(name);
    }
    if (!outcome.ok) throw errorOf(outcome.fault);
    return outcome.result;
  }

  async stop(): Promise<void> {
    await this.#piscina.destroy();
  }

  #outcome(input: unknown, key: string): Promise<TaskOutcome> {
    const { deadlineMs, clock } = this.#options;
    return new Promise((resolve, reject) => {
      let deadline: Timer | undefined;
      const task: Task = {
        input,
        key,
        cancel: deadlineMs === undefined ? undefined : new AbortController(),
        resolve: (outcome) => {
          deadline?.cancel();
          resolve(outcome);
        },
        reject: (error) => {
          deadline?.cancel();
          // The cause of a rejection is for the log; the answer is of this class.
          reject(error instanceof ParleyError ? error : busy(error));
        },
      };
      if (this.#running < this.#options.threads) this.#start(task);
      else if (!this.#waiting.add(key, task)) {
        // Told by `waiting`; a line in the log for each would be a flood of its own.
        reject(busy());
        return;
      }
      if (deadlineMs !== undefined)
        deadline = clock.after(deadlineMs, () => {
          this.#giveUp(task);
        });
    });
  }

  #start(task: Task): void {
    this.#running += 1;
    const options = task.cancel === undefined ? {} : { signal: task.cancel.signal };
    this.#piscina
      .run(task.input, options)
      .then(
        (outcome: TaskOutcome) => {
          task.resolve(outcome);
        },
        (error: unknown) => {
          this.#options.log.warn({ err: error }, 'pool.task-lost');
          task.reject(error);
        },
      )
      .finally(() => {
        this.#running -= 1;
        const next = this.#waiting.take();
        if (next !== undefined) this.#start(next);
      });
  }

  /** A task that waits leaves the queue; one that runs takes its thread along, and piscina starts another. */
  #giveUp(task: Task): void {
    this.#count('tasks_given_up', 1);
    if (this.#waiting.remove(task.key, task)) task.reject(busy());
    else task.cancel?.abort();
  }

  #count(name: string, by: number): void {
    this.#counters[name] = (this.#counters[name] ?? 0) + by;
  }
}

const busy = (cause?: unknown): ParleyError =>
  new ParleyError('unavailable', 'The server is busy; try again.', { retryAfterS: 1, cause });
