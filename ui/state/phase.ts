import type { Account } from './account.ts';

/** Why somebody who was signed in stands before the login again. */
export type Farewell =
  'expired' | 'deleted' | 'revoked' | 'loggedOut' | 'loggedOutElsewhere' | 'accountDeleted';

/** The session ended by itself or from another device: what was written and not sent stays on this one. */
export const KEEPS: ReadonlySet<Farewell> = new Set<Farewell>(['expired', 'revoked']);

export type Phase =
  | { readonly name: 'starting' }
  | { readonly name: 'signedOut'; readonly farewell: Farewell | null; readonly username: string }
  | { readonly name: 'signedIn'; readonly account: Account };
