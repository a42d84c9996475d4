import { RENEW_AHEAD_MS, type TokenSource } from '../net/credentials.ts';
import type { Clock, Timer } from '../net/clock.ts';

const SHORTEST_MS = 1_000;
const LONGEST_MS = 2 ** 31 - 1;

/** Renews the token of the open connection before it expires, so that the server does not close the connection for
 *  that. */
export class Renewal {
  readonly #tokens: TokenSource;
  readonly #clock: Clock;
  readonly #renewed: (token: string) => void;
  #timer: Timer | null = null;
  #cancelled = 0;

  constructor(tokens: TokenSource, clock: Clock, renewed: (token: string) => void) {
    this.#tokens = tokens;
    this.#clock = clock;
    this.#renewed = renewed;
  }

  /** Renews repeatedly until it is cancelled. */
  schedule(): void {
    this.#timer?.cancel();
    const held = this.#tokens.current;
    if (held === null) return;
    const left = held.expiresAt - this.#clock.now();
    const wait = left < 4 * RENEW_AHEAD_MS ? left * 0.6 : left - 2 * RENEW_AHEAD_MS;
    this.#timer = this.#clock.after(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, wait)), () => {
      void this.#renew(held.accessToken);
    });
  }

  cancel(): void {
    this.#cancelled += 1;
    this.#timer?.cancel();
  }

  async #renew(token: string): Promise<void> {
    const cancelled = this.#cancelled;
    try {
      this.#renewed(await this.#tokens.renew(token));
    } catch {
      // The server will close with 4401 when the token expires, and the link decides what to do.
    }
    if (cancelled === this.#cancelled) this.schedule();
  }
}
