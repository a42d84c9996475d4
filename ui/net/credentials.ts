import type { TokenPair } from '../../server/protocol/resources/account.ts';
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

/** Whether the stored credentials are still those that were read before. A renewal or a new login has another refresh
 *  token. */
const isSameLogin = (now: Credentials | null, before: Credentials): boolean =>
  now?.userId === before.userId && now.refreshToken === before.refreshToken;

/** Where the credentials are stored. In a browser, all windows of the origin share them. */
export interface CredentialStore {
  read(): Credentials | null;
  write(credentials: Credentials | null): void;
}

/** A token that ends within this time is renewed before it is used. */
export const RENEW_AHEAD_MS = 60_000;

export const withTokens = (
  who: { readonly userId: string; readonly username: string },
  tokens: TokenPair,
  now: number,
): Credentials => ({
  userId: who.userId,
  username: who.username,
  accessToken: tokens.access_token,
  refreshToken: tokens.refresh_token,
  expiresAt: now + tokens.expires_in * 1000,
});

/** Provides access tokens and renews them. If the browser has locks, one window renews at a time, and a window that waited finds
 *  the result in the store. Without locks, two windows may use the same refresh token and get the same successor [S3]. Until an
 *  answer arrives, the old token stays in the store and can be used again at any time. */
export class TokenSource {
  readonly #store: CredentialStore;
  readonly #clock: Clock;
  readonly #exclusive: Exclusive;
  readonly #refresh: (refreshToken: string) => Promise<TokenPair>;
  #renewing: Promise<string> | null = null;

  constructor(
    store: CredentialStore,
    clock: Clock,
    exclusive: Exclusive,
    refresh: (refreshToken: string) => Promise<TokenPair>,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#exclusive = exclusive;
    this.#refresh = refresh;
  }

  get current(): Credentials | null {
    return this.#store.read();
  }

  /** Returns a token that stays valid for a while. Rejects with `unauthorized` if the session is over. */
  async access(): Promise<string> {
    const held = this.#store.read();
    if (held === null) throw new ApiProblem('unauthorized', 'signed out');
    if (held.expiresAt - this.#clock.now() > this.#ahead(held)) return held.accessToken;
    return this.renew(held.accessToken);
  }

  /** Returns a token other than `refused`. If it rejects with `unauthorized`, the stored credentials are removed. */
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
    let tokens: TokenPair;
    try {
      tokens = await this.#refresh(held.refreshToken);
    } catch (error) {
      if (problemCode(error) !== 'unauthorized') throw error;
      const now = this.#store.read();
      // Remove only the credentials that were refused. If another window has replaced them since, try those.
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
    // Another window has renewed, signed out or signed in meanwhile. Its result counts, and this answer must not
    // overwrite it.
    if (now?.userId === held.userId) return now.accessToken;
    throw new ApiProblem('unauthorized', 'signed out');
  }

  /** With very short lifetimes (in tests, or on cautious servers), a fixed minute would renew on every call. */
  #ahead(held: Credentials): number {
    const left = held.expiresAt - this.#clock.now();
    return left < 2 * RENEW_AHEAD_MS ? Math.min(5_000, RENEW_AHEAD_MS) : RENEW_AHEAD_MS;
  }
}
