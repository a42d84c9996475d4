import type { Tokens } from '../../server/protocol/http.ts';
import type { Clock } from './clock.ts';
import type { Exclusive } from './exclusive.ts';
import { ApiProblem } from './problem.ts';

export interface Credentials {
  readonly userId: string;
  readonly username: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Milliseconds since the epoch, by this device's clock. */
  readonly expiresAt: number;
}

/** Where the credentials live. The browser's is shared by all windows of the origin. */
export interface CredentialStore {
  read(): Credentials | null;
  write(credentials: Credentials | null): void;
}

/** A token that ends within this time is renewed before it is used. */
export const RENEW_AHEAD_MS = 60_000;

export const withTokens = (
  who: { readonly userId: string; readonly username: string },
  tokens: Tokens,
  now: number,
): Credentials => ({
  userId: who.userId,
  username: who.username,
  accessToken: tokens.access_token,
  refreshToken: tokens.refresh_token,
  expiresAt: now + tokens.expires_in * 1000,
});

/** Hands out access tokens and renews them. One renewal at a time over all windows: the one that waited finds
 *  the other's result in the store and does not use the old refresh token a second time. */
export class TokenSource {
  readonly #store: CredentialStore;
  readonly #clock: Clock;
  readonly #exclusive: Exclusive;
  readonly #refresh: (refreshToken: string) => Promise<Tokens>;
  #renewing: Promise<string> | null = null;

  constructor(
    store: CredentialStore,
    clock: Clock,
    exclusive: Exclusive,
    refresh: (refreshToken: string) => Promise<Tokens>,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#exclusive = exclusive;
    this.#refresh = refresh;
  }

  get current(): Credentials | null {
    return this.#store.read();
  }

  /** A token that is good for a while. Rejects with `unauthorized` when the session is over. */
  async access(): Promise<string> {
    const held = this.#store.read();
    if (held === null) throw new ApiProblem('unauthorized', 'signed out');
    if (held.expiresAt - this.#clock.now() > this.#ahead(held)) return held.accessToken;
    return this.renew(held.accessToken);
  }

  /** A token other than `refused`. On `unauthorized` the stored credentials are gone. */
  renew(refused: string): Promise<string> {
    this.#renewing ??= this.#exclusive('parley:refresh', () => this.#renewAlone(refused)).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renewAlone(refused: string): Promise<string> {
    const held = this.#store.read();
    if (held === null) throw new ApiProblem('unauthorized', 'signed out');
    if (held.accessToken !== refused && held.expiresAt > this.#clock.now()) return held.accessToken;
    try {
      const tokens = await this.#refresh(held.refreshToken);
      const next = withTokens(held, tokens, this.#clock.now());
      this.#store.write(next);
      return next.accessToken;
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'unauthorized') this.#store.write(null);
      throw error;
    }
  }

  /** With very short lifetimes (tests, cautious operators) a fixed minute would renew on every call. */
  #ahead(held: Credentials): number {
    const left = held.expiresAt - this.#clock.now();
    return left < 2 * RENEW_AHEAD_MS ? Math.min(5_000, RENEW_AHEAD_MS) : RENEW_AHEAD_MS;
  }
}
