import type { Question } from '../../runtime/actor.ts';
import { refOf } from '../../runtime/address.ts';
import type { Role } from '../../storage/writes.ts';

/** A user whose access token is valid and whose login session still exists. */
export interface Identity {
  readonly userId: string;
  readonly sessionId: string;
  /** Milliseconds since the epoch at which the access token ends. */
  readonly expiresAt: number;
}

/** The identity behind a request, with what is stored now. */
export interface RequestIdentity extends Identity {
  readonly username: string;
  readonly role: Role;
}

/** Checks an access token; answers null when it is not valid. */
export type TokenQuestion = { readonly type: 'verify'; readonly token: string } & Question<Identity | null>;
export const tokens = refOf<TokenQuestion>('tokens', 'main');
