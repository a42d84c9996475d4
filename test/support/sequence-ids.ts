import type { Ids } from '../../server/runtime/ids.ts';

/** Ids that count: 00000000-0000-7000-8000-000000000001 and on. `space` keeps several makers apart. Valid UUIDs that rise,
 *  as the real ones do; the bytes count too. */
export class SequenceIds implements Ids {
  #next = 0;
  readonly #space: string;

  constructor(space = 0) {
    this.#space = space.toString(16).padStart(8, '0');
  }

  next(): string {
    this.#next += 1;
    return `${this.#space}-0000-7000-8000-${this.#next.toString(16).padStart(12, '0')}`;
  }

  random(bytes: number): Uint8Array {
    this.#next += 1;
    return Uint8Array.from({ length: bytes }, (_, i) => (this.#next >>> (8 * (i % 4))) & 0xff);
  }
}
