import { openSignature } from './token-signature.ts';

export interface SigningKey {
  readonly secret: Uint8Array;
  /** See `openSignature`. */
  readonly read: ReturnType<typeof openSignature>;
}

const SECRET_MIN_BYTES = 32;

const keyOf = (secret: Uint8Array): SigningKey => {
  if (secret.length < SECRET_MIN_BYTES)
    throw new Error(`an access token key must hold at least ${String(SECRET_MIN_BYTES)} bytes`);
  return { secret, read: openSignature(secret) };
};

/** The key that signs access tokens, and for a while the one before it, so that a new key logs nobody out. */
export class SigningKeys {
  #current: SigningKey;
  #previous: { readonly key: SigningKey; readonly until: number } | null;

  /** `until`: milliseconds since the epoch at which the last token of the previous key ends. */
  constructor(
    secret: Uint8Array,
    previous: { readonly secret: Uint8Array; readonly until: number } | null = null,
  ) {
    this.#current = keyOf(secret);
    this.#previous = previous === null ? null : { key: keyOf(previous.secret), until: previous.until };
  }

  get current(): SigningKey {
    return this.#current;
  }

  /** Those by which a token may be signed now, the current one first. */
  accepted(now: number): readonly SigningKey[] {
    if (this.#previous === null || now >= this.#previous.until) return [this.#current];
    return [this.#current, this.#previous.key];
  }

  /** From now on `secret` signs. Tokens of the key before are good until `until`; those of an earlier one are not. */
  rotate(secret: Uint8Array, until: number): void {
    this.#previous = { key: this.#current, until };
    this.#current = keyOf(secret);
  }
}
