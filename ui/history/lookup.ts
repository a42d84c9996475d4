import type { Clock, Timer } from '../net/clock.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { signal } from '../model/signal.ts';

export interface LookupResult<T> {
  readonly query: string;
  /** The result for `answered`; null before the first answer. */
  readonly result: T | null;
  readonly answered: string;
  readonly busy: boolean;
  readonly problem: ProblemCode | null;
  /** The next page: whether it is loading, or why it could not be loaded. `ended`: there is none. */
  readonly further: { readonly busy: boolean; readonly problem: ProblemCode | null; readonly ended: boolean };
}

const WAIT_MS = 160;
const first = { busy: false, problem: null, ended: false };
const nothing = { query: '', result: null, answered: '', busy: false, problem: null, further: first };

/** A search while the user types. It asks shortly after the last key press, and ignores outdated answers. */
export class Lookup<T> {
  readonly found = signal<LookupResult<T>>(nothing);
  readonly #ask: (query: string) => Promise<T>;
  readonly #whole: (result: T) => boolean;
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #generation = 0;

  /** `whole`: whether an answer is complete, so that there is no further page. */
  constructor(clock: Clock, ask: (query: string) => Promise<T>, whole: (result: T) => boolean = () => true) {
    this.#clock = clock;
    this.#ask = ask;
    this.#whole = whole;
  }

  type(query: string): void {
    this.#timer?.cancel();
    this.#generation += 1;
    if (query.trim() === '') {
      this.found.set({ ...nothing, query });
      return;
    }
    this.found.set({ ...this.found.get(), query, busy: true, problem: null, further: first });
    this.#timer = this.#clock.after(WAIT_MS, () => {
      void this.#run(query);
    });
  }

  /** The results are no longer valid, so the search runs again. */
  forget(): void {
    if (this.found.get().query !== '') this.retry();
  }

  /** Runs the same search again. */
  retry(): void {
    const { query } = this.found.get();
    this.type(query);
  }

  /** Loads the next page, one at a time. `ask` receives the results so far and returns all results. */
  async extend(ask: (result: T, answered: string) => Promise<{ result: T; ended: boolean }>): Promise<void> {
    const { result, answered, further } = this.found.get();
    if (result === null || further.busy || further.ended) return;
    const generation = this.#generation;
    const told = (part: Partial<LookupResult<T>>): void => {
      if (generation === this.#generation) this.found.set({ ...this.found.get(), ...part });
    };
    told({ further: { ...first, busy: true } });
    try {
      const page = await ask(result, answered);
      told({ result: page.result, further: { ...first, ended: page.ended } });
    } catch (error) {
      told({ further: { ...first, problem: problemCode(error) } });
    }
  }

  async #run(query: string): Promise<void> {
    const generation = this.#generation;
    try {
      const result = await this.#ask(query.trim());
      if (generation === this.#generation) {
        const further = { ...first, ended: this.#whole(result) };
        this.found.set({ ...nothing, query, result, answered: query.trim(), further });
      }
    } catch (error) {
      if (generation === this.#generation) {
        this.found.set({ ...this.found.get(), busy: false, problem: problemCode(error) });
      }
    }
  }
}
