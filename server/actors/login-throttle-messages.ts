import type { Question } from '../runtime/actor.ts';
import { refOf } from '../runtime/address.ts';

/** Leave to try one password. */
export type SlotAnswer =
  | { readonly kind: 'entered'; readonly slot: string }
  | { readonly kind: 'limited'; readonly retryAfterS: number };

/** What a wrong password leads to: `limited` when it was the attempt that used the limit up. */
export type SettleAnswer =
  { readonly kind: 'settled' } | { readonly kind: 'limited'; readonly retryAfterS: number };

export type LoginThrottleMessage =
  | ({ readonly type: 'enter' } & Question<SlotAnswer>)
  /** `void`: nothing was learnt about the password, the attempt does not count. */
  | ({
      readonly type: 'settle';
      readonly slot: string;
      /** Whose password was tried: a success takes back the failures of this name and of no other. */
      readonly name: string;
      readonly outcome: 'right' | 'wrong' | 'void';
    } & Question<SettleAnswer>)
  | { readonly type: 'slot-lapsed'; readonly slot: string };

/** The throttle of one limiter key (an IPv4 address, or a /64). */
export const loginThrottle = (key: string) => refOf<LoginThrottleMessage>('login-throttle', key);

/** A slot and the throttle that gave it: whoever holds it settles it. */
export interface Attempt {
  readonly key: string;
  /** As `accountName` gives it. */
  readonly name: string;
  readonly slot: string;
}
