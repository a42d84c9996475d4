import type { Account } from '../account/account.ts';

/** Why a user who was signed in sees the login again. */
export type SignOutReason =
  'expired' | 'deleted' | 'revoked' | 'loggedOut' | 'loggedOutElsewhere' | 'accountDeleted';

/** Reasons that the user did not choose here: the session ended by itself or from another device. Drafts and unsent
 *  messages stay on this device. */
export const KEEPS: ReadonlySet<SignOutReason> = new Set<SignOutReason>(['expired', 'revoked']);

export type Phase =
  | { readonly name: 'starting' }
  | { readonly name: 'signedOut'; readonly reason: SignOutReason | null; readonly username: string }
  | { readonly name: 'signedIn'; readonly account: Account };
