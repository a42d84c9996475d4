import type { Clock } from '../../runtime/clock.ts';

/** So many attachments are counted with each question: about a millisecond. */
export const COUNTED_AT_ONCE = 10_000;
/** More of them are read as a whole, and not more often than this. */
const AGE_MS = 60_000;

export interface AttachmentCount {
  readonly count: number;
  readonly bytes: number;
}

/** What of all attachments is known, for whoever counts them: exact while there are few, and at most a minute old when there are many. One
 *  for each connection or pool of a thread. */
export class KnownAttachments {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #all: AttachmentCount | null = null;
  #countedAt = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** `first`: the count of the first `COUNTED_AT_ONCE` of them. Null: all have to be counted, which `learn` is told. */
  of(first: AttachmentCount): AttachmentCount | null {
    if (first.count < COUNTED_AT_ONCE) return first;
    return this.#all !== null && this.#clock.monotonic() - this.#countedAt < AGE_MS ? this.#all : null;
  }

  learn(all: AttachmentCount): AttachmentCount {
    this.#all = all;
    this.#countedAt = this.#clock.monotonic();
    return all;
  }
}
