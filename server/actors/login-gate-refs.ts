import type { Question } from '../runtime/actor.ts';
import { refOf } from '../runtime/address.ts';

/** Leave to try one password. */
export type Entry =
  | { readonly kind: 'entered'; readonly permit: string }
  | { readonly kind: 'limited'; readonly retryAfterS: number };

/** What a wrong password leads to: `limited` when it was the attempt that used the limit up. */
export type Settled =
  { readonly kind: 'settled' } | { readonly kind: 'limited'; readonly retryAfterS: number };

export type LoginGateMessage =
  | ({ readonly type: 'enter' } & Question<Entry>)
  /** `void`: nothing was learnt about the password, the attempt does not count. */
  | ({
      readonly type: 'settle';
      readonly permit: string;
      /** Whose password was tried: a success takes back the failures of this name and of no other. */
      readonly name: string;
      readonly outcome: 'right' | 'wrong' | 'void';
    } & Question<Settled>)
  | { readonly type: 'permit-lapsed'; readonly permit: string };

/** The gate of one limiter key (an IPv4 address, or a /64). */
export const loginGate = (key: string) => refOf<LoginGateMessage>('login-gate', key);

/** A permit and the gate that gave it: whoever holds it settles it. */
export interface Attempt {
  readonly key: string;
  /** As `accountName` gives it. */
  readonly name: string;
  readonly permit: string;
}
