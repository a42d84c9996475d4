import { randomInt } from 'node:crypto';

/** Chance that a seed can replay: mulberry32, one 32-bit state. Not for secrets. */
export class RandomSource {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed >>> 0;
    this.#state = this.seed;
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** A source of its own, so that what one part draws does not move another. */
  fork(): RandomSource {
    return new RandomSource(Math.floor(this.next() * 4_294_967_296));
  }
}

/** The given seed, or a fresh one. Printed, because a failure is worth nothing without it. */
export const seededRandom = (
  seed: number = randomInt(2 ** 32 - 1),
  print: (line: string) => void = console.log,
): RandomSource => {
  print(`SEED=${String(seed)}`);
  return new RandomSource(seed);
};
