import { PASSWORD_MAX, PASSWORD_MIN } from '../../../server/protocol/limits.ts';
import { loginStrings } from '../../strings/login-strings.ts';

/** The rules for a new password, each ticked off while the user types. The server has one more: a list of common
 *  passwords. `username`: null while it is not known; then the rule about it is the server's. */
export const ruleResults = (
  password: string,
  username: string | null,
): readonly (readonly [string, boolean])[] => {
  const { rules } = loginStrings();
  const name = username?.trim().toLowerCase() ?? '';
  const normal = password.normalize('NFKC');
  const points = [...normal].length;
  return [
    points > PASSWORD_MAX ? [rules.tooLong, false] : [rules.length, points >= PASSWORD_MIN],
    [rules.upper, /\p{Lu}/u.test(password)],
    [rules.lower, /\p{Ll}/u.test(password)],
    [rules.digit, /\p{Nd}/u.test(password)],
    ...(username === null
      ? []
      : ([
          [rules.noName, password !== '' && (name.length < 3 || !normal.toLowerCase().includes(name))],
        ] as const)),
  ];
};
