import { ParleyError } from '../../protocol/errors.ts';

/** The most requests of one user that run at the same time. */
export const REQUESTS_PER_PERSON = 32;
/** The most requests of one user that may wait for a slot. */
const WAITING_PER_PERSON = 512;
/** The most uploads of one user that run at the same time. More of them are refused, and none waits: it would keep a place that all users
 *  share. */
export const UPLOADS_PER_PERSON = 2;

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/** Bounds the concurrent requests of each user, so that the searches of one user cannot fill the queue for everybody
 *  [P9]. */
export class RequestLimiter {
  readonly #running: number;
  readonly #waiting: number;
  readonly #lines = new Map<string, Line>();

  constructor(running = REQUESTS_PER_PERSON, waiting = WAITING_PER_PERSON) {
    this.#running = running;
    this.#waiting = waiting;
  }

  /** Runs `work` as a request of this user, in the order of the calls. Throws `unavailable` if too many requests of
   *  this user are already waiting. [R5] */
  async of<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(userId) ?? { running: 0, waiting: [] };
    this.#lines.set(userId, line);
    if (line.running < this.#running) line.running += 1;
    else {
      if (line.waiting.length >= this.#waiting) {
        throw new ParleyError('unavailable', 'Too many of your requests are under way; try again.');
      }
      await new Promise<void>((resolve) => line.waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      // The slot goes directly to the next waiting request, so that no other request can take it.
      const next = line.waiting.shift();
      if (next !== undefined) next();
      else {
        line.running -= 1;
        if (line.running === 0) this.#lines.delete(userId);
      }
    }
  }
}
