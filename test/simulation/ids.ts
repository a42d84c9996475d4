import type { Ids } from '../../server/runtime/ids.ts';
import type { RandomSource } from '../support/random-source.ts';

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** UUIDs that rise within a history and that no other seed makes. */
export class SimIds implements Ids {
  readonly #seed: string;
  readonly #random: RandomSource;
  #count = 0;

  constructor(seed: number, random: RandomSource) {
    this.#seed = hex(seed, 8);
    this.#random = random;
  }

  readonly next = (): string => {
    this.#count += 1;
    return `01900000-${this.#seed.slice(0, 4)}-7${this.#seed.slice(4, 7)}-8${this.#seed.slice(7)}00-${hex(this.#count, 12)}`;
  };

  /** Of a person: in no order, so that pairs and shards differ. */
  person(): string {
    const id = this.next();
    return hex(Math.floor(this.#random.next() * 2 ** 32), 8) + id.slice(8);
  }

  random(bytes: number): Uint8Array {
    return Uint8Array.from({ length: bytes }, () => this.#random.between(0, 255));
  }
}
