import { ParleyError } from '../../protocol/errors.ts';

/** Requests of one person that are worked on at a time. */
export const REQUESTS_PER_PERSON = 32;
/** Requests of one person that may wait for their turn. */
export const WAITING_PER_PERSON = 512;

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/** A person's requests are worked on by turns: nobody's searches may fill the queue that everybody's stand in. [P9] */
export class RequestLimiter {
  readonly #lines = new Map<string, Line>();

  /** Runs the work as one of this person's, in the order asked. Throws `unavailable` when too many wait already. [R5] */
  async of<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(userId) ?? { running: 0, waiting: [] };
    this.#lines.set(userId, line);
    if (line.running < REQUESTS_PER_PERSON) line.running += 1;
    else {
      if (line.waiting.length >= WAITING_PER_PERSON) {
        throw new ParleyError('unavailable', 'Too many of your requests are under way; try again.');
      }
      await new Promise<void>((resolve) => line.waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      // A turn is handed on, not given back, so that nobody slips in between.
      const next = line.waiting.shift();
      if (next !== undefined) next();
      else {
        line.running -= 1;
        if (line.running === 0) this.#lines.delete(userId);
      }
    }
  }
}
