import { ParleyError } from '../../protocol/errors.ts';

/** Requests of one person that are worked on at a time. */
export const REQUESTS_PER_PERSON = 32;

/** How many requests of each person are being worked on: nobody's searches may fill the queue that everybody's stand in. */
export class Turns {
  readonly #taken = new Map<string, number>();

  /** Runs the work as one of this person's. Throws `unavailable` when they have too many under way. [R5] */
  async of<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const taken = this.#taken.get(userId) ?? 0;
    if (taken >= REQUESTS_PER_PERSON) {
      throw new ParleyError('unavailable', 'Too many of your requests are under way; try again.');
    }
    this.#taken.set(userId, taken + 1);
    try {
      return await work();
    } finally {
      const left = (this.#taken.get(userId) ?? 1) - 1;
      if (left > 0) this.#taken.set(userId, left);
      else this.#taken.delete(userId);
    }
  }
}
