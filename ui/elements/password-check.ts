import { PASSWORD_MAX, PASSWORD_MIN } from '../../server/protocol/limits.ts';
import { loginStrings } from '../strings/login-strings.ts';

/** The rules for a new password (SPEC §3), each ticked off as one types. The server knows one more: a list of
 *  common passwords. */
export const ruleResults = (password: string, username: string): readonly (readonly [string, boolean])[] => {
  const { rules } = loginStrings();
  const name = username.trim().toLowerCase();
  const normal = password.normalize('NFKC');
  const points = [...normal].length;
  return [
    points > PASSWORD_MAX ? [rules.tooLong, false] : [rules.length, points >= PASSWORD_MIN],
    [rules.upper, /\p{Lu}/u.test(password)],
    [rules.lower, /\p{Ll}/u.test(password)],
    [rules.digit, /\p{Nd}/u.test(password)],
    [rules.noName, password !== '' && (name.length < 3 || !normal.toLowerCase().includes(name))],
  ];
};
