import { USERNAME_MAX } from '../../protocol/limits.ts';
import { usernameFault } from '../../protocol/fields.ts';
import type { Question } from '../../runtime/actor.ts';
import { refOf } from '../../runtime/address.ts';
import type { InviteRule, NewSession, Role } from '../../storage/writes.ts';
import type { LoginAttempt } from '../login-throttle/messages.ts';

export type Limited = { readonly kind: 'limited'; readonly retryAfterS: number };
type Wrong = { readonly kind: 'wrong' };
/** Whoever asks is the right one, but an operator has disabled the user [A9]. */
type Disabled = { readonly kind: 'disabled' };
/** The new password breaks a rule that only the server knows. */
type Weak = { readonly kind: 'weak'; readonly reason: string };

export type RegisterQuestion = {
  readonly type: 'register';
  readonly username: string;
  readonly password: string;
  readonly session: NewSession;
  readonly inviteHash: Uint8Array | null;
  readonly inviteRule?: InviteRule;
  readonly signups: { readonly key: string; readonly perHour: number } | null;
} & Question<
  | {
      readonly kind: 'registered';
      readonly userId: string;
      readonly createdAt: number;
      readonly role: Role;
    }
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
  readonly attempt: LoginAttempt;
} & Question<{ readonly kind: 'opened'; readonly userId: string } | Wrong | Limited | Disabled>;

export type ChangePasswordQuestion = {
  readonly type: 'changePassword';
  readonly userId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly keepSessionId: string;
  readonly attempt: LoginAttempt;
} & Question<{ readonly kind: 'changed' } | Wrong | Limited | Weak>;

export type DeleteAccountQuestion = {
  readonly type: 'deleteAccount';
  readonly userId: string;
  readonly password: string;
  readonly attempt: LoginAttempt;
} & Question<{ readonly kind: 'deleted' } | Wrong | Limited>;

/** A new password by a one-time code. `wrong`: the code is unknown, used or expired [A10]. */
export type ResetPasswordQuestion = {
  readonly type: 'resetPassword';
  readonly codeHash: Uint8Array;
  readonly newPassword: string;
  readonly session: NewSession;
  readonly attempt: LoginAttempt;
} & Question<{ readonly kind: 'reset'; readonly userId: string } | Wrong | Limited | Weak | Disabled>;

/** Messages of an account. The asker passes a slot of the login throttle, and the account settles it, whatever happens. */
export type AccountMessage =
  RegisterQuestion | LoginQuestion | ChangePasswordQuestion | DeleteAccountQuestion | ResetPasswordQuestion;

export const foldName = (username: string): string => username.toLowerCase();

/** The user name for a text given at a login: folded, or '' if no user can have it. Checked before folding, because some letters
 *  of other scripts fold into a-z. */
export const accountName = (username: string): string =>
  username.length <= USERNAME_MAX && usernameFault(username) === null ? foldName(username) : '';

/** The account actor for a name as typed. Names that no user can have share one actor, so that invented names cannot fill
 *  memory. */
export const account = (username: string) => refOf<AccountMessage>('account', accountName(username));
