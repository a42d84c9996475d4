import { USERNAME_MAX } from '../protocol/limits.ts';
import { usernameFault } from '../protocol/fields.ts';
import type { Question } from '../runtime/actor.ts';
import { refOf } from '../runtime/address.ts';
import type { NewSession } from '../storage/store.ts';
import type { Attempt } from './login-throttle-messages.ts';

type Limited = { readonly kind: 'limited'; readonly retryAfterS: number };
type Wrong = { readonly kind: 'wrong' };
/** The new password breaks a rule that only the server knows. */
type Weak = { readonly kind: 'weak'; readonly reason: string };

export type RegisterQuestion = {
  readonly type: 'register';
  readonly username: string;
  readonly password: string;
  readonly session: NewSession;
  readonly inviteHash: Uint8Array | null;
  readonly signups: { readonly key: string; readonly perHour: number } | null;
} & Question<
  | { readonly kind: 'registered'; readonly userId: string; readonly createdAt: number }
  | { readonly kind: 'taken' }
  | { readonly kind: 'invite-invalid' }
  | Limited
  | Weak
>;

export type LoginQuestion = {
  readonly type: 'login';
  readonly username: string;
  readonly password: string;
  readonly session: NewSession;
  readonly attempt: Attempt;
} & Question<{ readonly kind: 'opened'; readonly userId: string } | Wrong | Limited>;

export type ChangePasswordQuestion = {
  readonly type: 'changePassword';
  readonly userId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly keepSessionId: string;
  readonly attempt: Attempt;
} & Question<{ readonly kind: 'changed' } | Wrong | Limited | Weak>;

export type DeleteAccountQuestion = {
  readonly type: 'deleteAccount';
  readonly userId: string;
  readonly password: string;
  readonly attempt: Attempt;
} & Question<{ readonly kind: 'deleted' } | Wrong | Limited>;

/** What an account does. The asker holds a slot of the login throttle; the account settles it, whatever happens. */
export type AccountMessage =
  RegisterQuestion | LoginQuestion | ChangePasswordQuestion | DeleteAccountQuestion;

export const foldName = (username: string): string => username.toLowerCase();

/** The name that a text given at a login stands for: folded, or '' where nobody can have it. Checked before it is folded, because
 *  some letters of other scripts fold into a-z. */
export const accountName = (username: string): string =>
  username.length <= USERNAME_MAX && usernameFault(username) === null ? foldName(username) : '';

/** The account of a name as typed. Names that nobody can have share one actor, so that made-up ones can't fill memory. */
export const account = (username: string) => refOf<AccountMessage>('account', accountName(username));
