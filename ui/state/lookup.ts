import type { Clock, Timer } from '../net/clock.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { signal } from './signal.ts';

export interface Found<T> {
  readonly query: string;
  /** What was found for `answered`; null before the first answer. */
  readonly result: T | null;
  readonly answered: string;
  readonly busy: boolean;
  readonly problem: ProblemCode | null;
}

const WAIT_MS = 160;
const nothing = { query: '', result: null, answered: '', busy: false, problem: null };

/** Search as one types: asks a moment after the last key, and an answer that was overtaken is dropped. */
export class Lookup<T> {
  readonly found = signal<Found<T>>(nothing);
  readonly #ask: (query: string) => Promise<T>;
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #generation = 0;

  constructor(clock: Clock, ask: (query: string) => Promise<T>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  type(query: string): void {
    this.#timer?.cancel();
    this.#generation += 1;
    if (query.trim() === '') {
      this.found.set({ ...nothing, query });
      return;
    }
    this.found.set({ ...this.found.get(), query, busy: true, problem: null });
    this.#timer = this.#clock.after(WAIT_MS, () => {
      void this.#run(query);
    });
  }

  /** Asks again, at once. */
  retry(): void {
    const { query } = this.found.get();
    this.type(query);
  }

  /** Changes what was found, for a further page. */
  extend(change: (result: T) => T): void {
    const found = this.found.get();
    if (found.result !== null) this.found.set({ ...found, result: change(found.result) });
  }

  async #run(query: string): Promise<void> {
    const generation = this.#generation;
    try {
      const result = await this.#ask(query.trim());
      if (generation === this.#generation) {
        this.found.set({ query, result, answered: query.trim(), busy: false, problem: null });
      }
    } catch (error) {
      if (generation === this.#generation) {
        this.found.set({ ...this.found.get(), busy: false, problem: problemCode(error) });
      }
    }
  }
}
