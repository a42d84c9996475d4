import type { Life, Scheduler } from './scheduler.ts';

/** In order, each after a delay that the seed chose; what is under way when it is cut is lost from some point on, never
 *  with a hole: ports and TCP both promise that. */
export class Pipe<T> {
  readonly #scheduler: Scheduler;
  readonly #delay: () => number;
  readonly #life: Life;
  readonly #deliver: (item: T) => void;
  #queue: T[] = [];
  #last = 0;
  #left = Infinity;
  #held = false;
  #waiting = 0;

  /** `life`: in whose step things arrive. */
  constructor(scheduler: Scheduler, life: Life, delay: () => number, deliver: (item: T) => void) {
    this.#scheduler = scheduler;
    this.#life = life;
    this.#delay = delay;
    this.#deliver = deliver;
  }

  /** Under way now. */
  get items(): readonly T[] {
    return this.#queue;
  }

  get isHeld(): boolean {
    return this.#held;
  }

  send(item: T): void {
    if (this.#left !== Infinity) return;
    this.#queue.push(item);
    this.#last = Math.max(this.#last, this.#scheduler.now + this.#delay());
    this.#schedule(this.#last - this.#scheduler.now);
  }

  /** Nothing more enters, and of what is under way some first part arrives still. */
  cut(): void {
    if (this.#left !== Infinity) return;
    this.#left = this.#scheduler.random.between(0, this.#queue.length);
  }

  /** Nothing arrives until it is let go. */
  hold(held: boolean): void {
    this.#held = held;
    if (held) return;
    for (; this.#waiting > 0; this.#waiting -= 1) this.#schedule(this.#scheduler.random.next());
  }

  #schedule(ms: number): void {
    this.#scheduler.after(
      ms,
      () => {
        if (this.#held) {
          this.#waiting += 1;
          return;
        }
        const item = this.#queue.shift();
        if (item === undefined || this.#left <= 0) return;
        this.#left -= 1;
        this.#deliver(item);
      },
      this.#life,
    );
  }
}
