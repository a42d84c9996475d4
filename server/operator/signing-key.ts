import { rotateSigningKey } from '../edge/auth/secrets.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import { OperatorError } from './operator.ts';

export interface KeyOwner {
  readonly dataDir: string;
  /** Whether the operator gives the key in a variable. */
  readonly isGiven: boolean;
  /** Milliseconds for which an access token is good. */
  readonly tokenTtlMs: number;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface RotatedKey {
  readonly secret: Uint8Array;
  /** Milliseconds since the epoch at which the last token of the key before ends. */
  readonly until: number;
}

/** Makes a new key that signs access tokens. @throws OperatorError if the key is not the server's to change */
export const rotateKey = ({ dataDir, isGiven, tokenTtlMs, clock, ids }: KeyOwner): RotatedKey => {
  if (isGiven)
    throw new OperatorError(
      'The signing key is given in PARLEY_JWT_SECRET: change it there and restart the server. Clients get new tokens by themselves.',
    );
  const until = clock.now() + tokenTtlMs;
  return { secret: rotateSigningKey(dataDir, until, ids), until };
};
