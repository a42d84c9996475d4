import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Queries } from '../../storage/reads.ts';

/** Milliseconds between two looks at the session, and after which one that could not be looked at counts as ended: together less than the
 *  5 s within which an ended session is of no more use [P6]. */
const LOOK_EVERY_MS = 1_000;
const UNSEEN_MAX_MS = 3_500;

export interface SessionWatchDeps {
  readonly queries: Pick<Queries, 'session'>;
  readonly clock: Clock;
}

/** Looks whether a session still exists while something of it is under way: on whichever host it ends, for whatever reason. */
export class SessionWatch {
  readonly #deps: SessionWatchDeps;
  readonly #sessionId: string;
  readonly #onEnded: () => void;
  #seenAt: number;
  #isLooking = false;
  #timer: Timer;

  /** `onEnded` may be called more than once. */
  constructor(deps: SessionWatchDeps, sessionId: string, onEnded: () => void) {
    this.#deps = deps;
    this.#sessionId = sessionId;
    this.#onEnded = onEnded;
    this.#seenAt = deps.clock.monotonic();
    this.#timer = this.#next();
  }

  /** Must be called. */
  stop(): void {
    this.#timer.cancel();
  }

  /** Whether it is there now. Rejects if the store cannot be read. */
  async isThere(): Promise<boolean> {
    const { queries, clock } = this.#deps;
    const session = await queries.session(this.#sessionId);
    return session !== null && session.expiresAt > clock.now();
  }

  #next(): Timer {
    return this.#deps.clock.after(LOOK_EVERY_MS, () => {
      this.#timer = this.#next();
      if (this.#deps.clock.monotonic() - this.#seenAt > UNSEEN_MAX_MS) this.#onEnded();
      else if (!this.#isLooking) void this.#look();
    });
  }

  async #look(): Promise<void> {
    const askedAt = this.#deps.clock.monotonic();
    this.#isLooking = true;
    try {
      if (await this.isThere()) this.#seenAt = askedAt;
      else this.#onEnded();
    } catch {
      // A store that cannot be read now is asked again.
    } finally {
      this.#isLooking = false;
    }
  }
}
