import { Piscina } from 'piscina';
import { ParleyError } from '../../protocol/errors.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Fault } from '../envelope.ts';
import { FairQueue } from './fair-queue.ts';
import { errorOf } from '../fault.ts';
import { adoptLogOf, type Logger } from '../log/log.ts';
import { YOUNG_MB } from './young-space.ts';

export type TaskOutcome = (
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly fault: Fault }
) & {
  /** What the thread has counted since its last task. */
  readonly counted?: Readonly<Record<string, number>>;
};

export interface PoolOptions {
  readonly threads: number;
  /** For tasks that wait for something outside of the thread, which may have several of them under way at once. Absent: a thread
   *  computes one task at a time. */
  readonly waitingTasksPerThread?: number;
  /** Tasks that may wait: in all, and of one key. */
  readonly maxQueue: number;
  readonly maxQueuePerKey?: number;
  /** Milliseconds after which a task is given up, whether it waits or runs. Absent: never. */
  readonly deadlineMs?: number;
  readonly data: object;
  readonly clock: Clock;
  readonly log: Logger;
  /** A thread has counted something. */
  readonly onCounted?: (name: string) => void;
}

interface Task {
  readonly input: unknown;
  readonly key: string;
  /** Ends the thread. Absent where tasks have no deadline, and where the thread has others too. */
  readonly cancel: AbortController | undefined;
  readonly resolve: (outcome: TaskOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A bounded pool of threads for short tasks. Waiting tasks are served in rotation by key, so that many tasks of one user do not
 *  delay the next one of another. A full queue answers `unavailable` at once. A thread that dies loses only its own tasks, and one
 *  that computes and has not answered by the deadline is replaced [P9]. Where tasks wait, the one that is late is given up alone, and
 *  keeps its place until it ends: what it waits for has limits of its own. */
export class Pool {
  readonly #piscina: Piscina;
  readonly #options: PoolOptions;
  readonly #waiting: FairQueue<Task>;
  readonly #counters: Record<string, number> = {};
  #running = 0;
  /** Tasks that may be under way. */
  readonly #slots: number;

  constructor(filename: string, options: PoolOptions) {
    this.#options = options;
    this.#slots = options.threads * (options.waitingTasksPerThread ?? 1);
    this.#waiting = new FairQueue(options.maxQueue, options.maxQueuePerKey ?? options.maxQueue);
    this.#piscina = new Piscina({
      filename,
      minThreads: 0,
      maxThreads: options.threads,
      idleTimeout: Infinity,
      concurrentTasksPerWorker: options.waitingTasksPerThread ?? 1,
      workerData: options.data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      // A thread that computes holds no sockets and no timers: it may sleep between tasks, which is the fastest hand-over. One whose
      // tasks wait has to hear of its connections meanwhile.
      atomics: options.waitingTasksPerThread === undefined ? 'sync' : 'disabled',
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
    const { deadlineMs, waitingTasksPerThread, clock } = this.#options;
    const endsThread = deadlineMs !== undefined && waitingTasksPerThread === undefined;
    return new Promise((resolve, reject) => {
      let deadline: Timer | undefined;
      const task: Task = {
        input,
        key,
        cancel: endsThread ? new AbortController() : undefined,
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
      if (this.#running < this.#slots) this.#start(task);
      else if (!this.#waiting.add(key, task)) {
        // Visible in `waiting`; a log line for each would flood the log.
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

  /** Removes a waiting task from the queue. For a running task, ends its thread, and piscina starts another; or, where tasks wait,
   *  only answers for it. */
  #giveUp(task: Task): void {
    this.#count('tasks_given_up', 1);
    if (this.#waiting.remove(task.key, task) || task.cancel === undefined) task.reject(busy());
    else task.cancel.abort();
  }

  #count(name: string, by: number): void {
    this.#counters[name] = (this.#counters[name] ?? 0) + by;
  }
}

const busy = (cause?: unknown): ParleyError =>
  new ParleyError('unavailable', 'The server is busy; try again.', { retryAfterS: 1, cause });
