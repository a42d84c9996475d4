import type { Account } from './account.ts';

/** Why somebody who was signed in stands before the login again. */
export type SignOutReason =
  'expired' | 'deleted' | 'revoked' | 'loggedOut' | 'loggedOutElsewhere' | 'accountDeleted';

/** The session ended by itself or from another device: what was written and not sent stays on this one. */
export const KEEPS: ReadonlySet<SignOutReason> = new Set<SignOutReason>(['expired', 'revoked']);

export type Phase =
  | { readonly name: 'starting' }
  | { readonly name: 'signedOut'; readonly reason: SignOutReason | null; readonly username: string }
  | { readonly name: 'signedIn'; readonly account: Account };
