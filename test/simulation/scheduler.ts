import type { Clock, Timer } from '../../server/runtime/clock.ts';
import type { RandomSource } from '../support/random-source.ts';

/** What stops and goes on as a whole: a process that is frozen. */
export interface Process {
  isFrozen: boolean;
}

/** One life of something that can die: a thread, a device. What it set going ends with it. */
export interface Life {
  readonly name: string;
  alive: boolean;
  /** Steps wait while it is frozen. Absent: it never is. */
  readonly process?: Process;
}

interface Step {
  at: number;
  order: number;
  readonly life: Life;
  readonly run: () => void;
  cancelled: boolean;
}

/** Thrown by a thread that dies within its own step; nothing after it in that step happens. */
export class Died extends Error {}

const realImmediate = globalThis.setImmediate;
/** A tick comes when no promise has anything left to do, and costs no turn of the event loop. */
const realTick = process.nextTick.bind(process);
export const EPOCH = Date.UTC(2026, 0, 1);
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    realTick(resolve);
  });
/** Lets the process breathe between two stretches: signals, and what was left to its event loop. */
const breath = (): Promise<void> =>
  new Promise((resolve) => {
    realImmediate(resolve);
  });

/** The only time there is. Steps run one at a time in the order of their moments; those moments come from the seed, so
 *  the seed chooses the order. Promises of a step are settled before the next one. */
export class Scheduler {
  readonly random: RandomSource;
  readonly #heap: Step[] = [];
  readonly #onError: (error: unknown, life: Life) => void;
  /** Steps whose moment came while their process was frozen, in the order of their moments. */
  #frozen: Step[] = [];
  #now = 0;
  #order = 0;
  #life: Life = { name: 'world', alive: true };
  steps = 0;

  constructor(random: RandomSource, onError: (error: unknown, life: Life) => void) {
    this.random = random;
    this.#onError = onError;
  }

  /** Milliseconds since the start of the history. */
  get now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void, life: Life = this.#life): Timer {
    const step = { at: this.#now + Math.max(0, ms), order: (this.#order += 1), life, run, cancelled: false };
    this.#push(step);
    return {
      cancel: () => {
        step.cancelled = true;
      },
    };
  }

  /** `skew`: how far this wall clock is off, in milliseconds. The monotonic one never is. */
  clock(life: Life, skew: () => number = () => 0): Clock {
    return {
      now: () => EPOCH + Math.floor(this.#now) + skew(),
      monotonic: () => this.#now,
      after: (ms, run) => this.after(ms, run, life),
    };
  }

  /** A frozen process goes on: with what was due meanwhile. */
  thaw(process: Process): void {
    process.isFrozen = false;
    const frozen = this.#frozen;
    this.#frozen = frozen.filter(({ life }) => life.process !== process);
    for (const step of frozen) {
      if (step.life.process !== process) continue;
      step.at = this.#now;
      step.order = this.#order += 1;
      this.#push(step);
    }
  }

  /** Runs what `start` does as a step of `life`: timers and immediates that it sets are that life's. */
  as<T>(life: Life, start: () => T): T {
    const before = this.#life;
    this.#life = life;
    try {
      return start();
    } finally {
      this.#life = before;
    }
  }

  /** Runs steps until `until`, or as long as `goOn` says so. */
  async run(until: number, goOn: () => boolean = () => true): Promise<void> {
    globalThis.setImmediate = this.#immediate as unknown as typeof setImmediate;
    try {
      await breath();
      while (goOn()) {
        const step = this.#heap[0];
        if (step === undefined || step.at > until) break;
        this.#pop();
        if (step.cancelled || !step.life.alive) continue;
        if (step.life.process?.isFrozen === true) {
          this.#frozen.push(step);
          continue;
        }
        this.#now = Math.max(this.#now, step.at);
        this.steps += 1;
        this.#life = step.life;
        try {
          step.run();
        } catch (error) {
          if (!(error instanceof Died)) this.#onError(error, step.life);
        }
        await settled();
      }
      if (goOn()) this.#now = Math.max(this.#now, until);
    } finally {
      globalThis.setImmediate = realImmediate;
    }
  }

  /** What the code under test takes for the end of the tick comes when the seed says so. */
  readonly #immediate = (run: (...args: unknown[]) => void, ...args: unknown[]): object => {
    const ms = this.random.chance(0.8) ? this.random.next() * 0.2 : this.random.next() * 4;
    this.after(ms, () => {
      run(...args);
    });
    return {};
  };

  #push(step: Step): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(step);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || !before(step, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = step;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let least = left;
      if (right !== undefined && before(right, left)) {
        least = right;
        child += 1;
      }
      if (!before(least, last)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
  }
}

const before = (a: Step, b: Step): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
