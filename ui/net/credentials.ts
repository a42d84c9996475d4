import type { Tokens } from '../../server/protocol/http.ts';
import type { Clock } from './clock.ts';
import type { Exclusive } from './exclusive.ts';
import { ApiProblem, problemCode } from './problem.ts';

export interface Credentials {
  readonly userId: string;
  readonly username: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Milliseconds since the epoch, by this device's clock. */
  readonly expiresAt: number;
}

/** Whether these are the credentials that were read before: a renewal or a new login has another refresh token. */
const isSameLogin = (now: Credentials | null, before: Credentials): boolean =>
  now?.userId === before.userId && now.refreshToken === before.refreshToken;

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

/** Hands out access tokens and renews them. One renewal at a time over all windows, where the browser has locks: the one that
 *  waited finds the other's result in the store. Without locks two windows may offer the same refresh token, and get the same
 *  successor [S3]. As long as no answer has come, the old token stays in the store: it is good for another try at any time. */
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
    let tokens: Tokens;
    try {
      tokens = await this.#refresh(held.refreshToken);
    } catch (error) {
      if (problemCode(error) !== 'unauthorized') throw error;
      const now = this.#store.read();
      // Only what was refused is taken back. What another window has put in its place since is tried in its turn.
      if (isSameLogin(now, held)) this.#store.write(null);
      else if (now?.userId === held.userId) return this.#renewAlone(refused);
      throw error;
    }
    if (typeof tokens.access_token !== 'string' || typeof tokens.refresh_token !== 'string')
      throw new ApiProblem('internal', 'the answer is not the server’s');
    const now = this.#store.read();
    if (isSameLogin(now, held)) {
      const next = withTokens(held, tokens, this.#clock.now());
      this.#store.write(next);
      return next.accessToken;
    }
    // Meanwhile another window renewed, signed out or signed in: what it left counts, and this answer is not put over it.
    if (now?.userId === held.userId) return now.accessToken;
    throw new ApiProblem('unauthorized', 'signed out');
  }

  /** With very short lifetimes (tests, cautious operators) a fixed minute would renew on every call. */
  #ahead(held: Credentials): number {
    const left = held.expiresAt - this.#clock.now();
    return left < 2 * RENEW_AHEAD_MS ? Math.min(5_000, RENEW_AHEAD_MS) : RENEW_AHEAD_MS;
  }
}
