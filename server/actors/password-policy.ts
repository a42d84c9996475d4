import { passwordFault } from '../protocol/fields.ts';
import { isCommonPassword } from './common-passwords.ts';

/** One text for one password however its letters were composed. Before every hash and every check (SPEC §3). */
export const normalPassword = (password: string): string => password.normalize('NFKC');

/** Why this can't be the password of this account, or null. Case makes no difference for the last two rules: whoever guesses
 *  tries both. */
export const weakness = (password: string, username: string): string | null => {
  const fault = passwordFault(password);
  if (fault !== null) return fault;
  const folded = normalPassword(password).toLowerCase();
  if (folded.includes(username.toLowerCase())) return 'must not contain the username';
  if (isCommonPassword(folded)) return 'is one of the most common passwords';
  return null;
};
