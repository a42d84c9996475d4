import type { Question } from '../../runtime/actor.ts';
import { refOf } from '../../runtime/address.ts';

/** Permission to try one password. */
export type SlotAnswer =
  | { readonly kind: 'entered'; readonly slot: string }
  | { readonly kind: 'limited'; readonly retryAfterS: number };

/** The result of a wrong password: `limited` if this attempt reached the limit. */
export type SettleAnswer =
  { readonly kind: 'settled' } | { readonly kind: 'limited'; readonly retryAfterS: number };

export type LoginThrottleMessage =
  | ({ readonly type: 'enter' } & Question<SlotAnswer>)
  /** `void`: the password was not checked, so the attempt does not count. */
  | ({
      readonly type: 'settle';
      readonly slot: string;
      /** The name whose password was tried: a success takes back the failures of this name only. */
      readonly name: string;
      readonly outcome: 'right' | 'wrong' | 'void';
    } & Question<SettleAnswer>)
  /** An operator has forgotten failures of this address in the store: whoever waits is tried again. */
  | { readonly type: 'reload' };

/** The throttle of one limiter key (an IPv4 address, or a /64). */
export const loginThrottle = (key: string) => refOf<LoginThrottleMessage>('login-throttle', key);

/** A slot and the throttle that gave it: whoever holds it settles it. */
export interface LoginAttempt {
  readonly key: string;
  /** As `accountName` gives it. */
  readonly name: string;
  readonly slot: string;
}
