import { DATABASE } from './count-names.ts';

type Count = (name: string, by: number) => void;

/** Counts of a thread from before its metrics exist: the store is opened first. `to` hands them over. */
export class EarlyCounts {
  readonly #early = new Map<string, number>();
  #count: Count = (name, by) => {
    this.#early.set(name, (this.#early.get(name) ?? 0) + by);
  };

  count(name: string, by = 1): void {
    this.#count(name, by);
  }

  /** Counts what a thread counts of its connections to PostgreSQL. */
  readonly onDatabase = (name: string, by: number): void => {
    this.#count(`${DATABASE}${name}`, by);
  };

  /** From now on `count` is called with everything, and first with what came before. */
  to(count: Count): void {
    this.#count = count;
    for (const [name, by] of this.#early) count(name, by);
    this.#early.clear();
  }
}
