import type { ErrorCode } from '../protocol/errors.ts';
import type { Address, ThreadName } from './address.ts';

/** What crosses a mailbox or a link; actors never see it. `fault` carries plain data because an Error sent
 *  through a port arrives without its class and code. `from` and `token` name the pending ask. */
export type Envelope =
  | { readonly k: 'tell'; readonly to: Address; readonly message: unknown }
  | {
      readonly k: 'ask';
      readonly to: Address;
      readonly message: unknown;
      readonly from: ThreadName;
      readonly token: number;
    }
  | { readonly k: 'reply'; readonly token: number; readonly result: unknown }
  | { readonly k: 'fault'; readonly token: number; readonly fault: Fault };

/** What became of an envelope that was to go to another thread; kept nowhere unless it was sent. */
export type SendOutcome = 'sent' | 'link-full' | 'thread-gone';

export interface Fault {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfterS?: number;
}
