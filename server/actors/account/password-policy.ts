import { passwordFault } from '../../protocol/fields.ts';
import { isCommonPassword } from './common-passwords.ts';

/** Gives a password one form, however its letters were composed (NFKC). Applied before every hash and every check. */
export const normalPassword = (password: string): string => password.normalize('NFKC');

/** Why this cannot be the password of this account, or null. The last two rules ignore case, because attackers try both. */
export const weakness = (password: string, username: string): string | null => {
  const fault = passwordFault(password);
  if (fault !== null) return fault;
  const folded = normalPassword(password).toLowerCase();
  if (folded.includes(username.toLowerCase())) return 'must not contain the username';
  if (isCommonPassword(folded)) return 'is one of the most common passwords';
  return null;
};
