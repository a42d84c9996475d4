import { ParleyError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { StoreAccess } from '../../actors/services/store-access.ts';
import type { OpenSocket } from './open-socket.ts';

/** Sessions that are looked up with one question. */
const SESSIONS_AT_ONCE = 2_000;
/** From the end of one comparison to the next, however often something may have been missed. Also after the store could not be read: a
 *  session that was ended elsewhere has 5 s to be closed here, most of which may be over [P6]. */
const PAUSE_MS = 250;

export interface ReconciliationDeps {
  readonly clock: Clock;
  readonly read: StoreAccess['read'];
  /** All open connections. */
  readonly open: () => readonly OpenSocket[];
  /** The log of this user has reached this cursor. */
  readonly onReached: (userId: string, cursor: number) => void;
  /** The session of this connection has ended. */
  readonly onEnded: (live: OpenSocket) => void;
  /** See `PresenceTeller`. */
  readonly comparePresence: (now: number) => Promise<void>;
}

/** Compares everything that is connected here with the store: which sessions have ended, which logs go on, whose presence has changed.
 *  That is what several hosts rely on; what they tell each other only makes it faster [P12]. */
export class Reconciliation {
  readonly #deps: ReconciliationDeps;
  #isRunning = false;
  #isWanted = false;
  #isStopped = false;
  #waiting: (() => void)[] = [];

  constructor(deps: ReconciliationDeps) {
    this.#deps = deps;
  }

  /** Resolves once a comparison that began after this call has ended: if the store cannot be read, after it could. Calls that come
   *  while one is under way share the next one. */
  request(): Promise<void> {
    this.#isWanted = true;
    const done = new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (!this.#isRunning) void this.#run();
    return done;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // `request` may be called while this waits.
    while (this.#isDue()) {
      this.#isWanted = false;
      const waiting = this.#waiting;
      this.#waiting = [];
      const isDone = await this.#compare();
      if (isDone) for (const resolve of waiting) resolve();
      else {
        this.#isWanted = true;
        this.#waiting.unshift(...waiting);
      }
      await this.#pause();
    }
    this.#isRunning = false;
  }

  #isDue(): boolean {
    return this.#isWanted && !this.#isStopped;
  }

  async #compare(): Promise<boolean> {
    const { clock, open, comparePresence } = this.#deps;
    const startedAt = clock.now();
    try {
      const all = open();
      for (let from = 0; from < all.length; from += SESSIONS_AT_ONCE)
        await this.#compareSessions(all.slice(from, from + SESSIONS_AT_ONCE));
      await comparePresence(startedAt);
      return true;
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      return false;
    }
  }

  async #compareSessions(some: readonly OpenSocket[]): Promise<void> {
    const heads = await this.#deps.read(
      'sessionHeads',
      some.map(({ sessionId }) => sessionId),
    );
    some.forEach((live, i) => {
      const head = heads[i] ?? null;
      if (head === null) this.#deps.onEnded(live);
      else this.#deps.onReached(live.userId, head);
    });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#deps.clock.after(PAUSE_MS, resolve);
    });
  }
}
