import { usernameFault } from '../../../server/protocol/fields.ts';
import { USERNAME_MAX, USERNAME_MIN } from '../../../server/protocol/limits.ts';
import { ApiProblem } from '../../net/problem.ts';
import { loginStrings } from '../../strings/login-strings.ts';
import { ruleResults } from './password-check.ts';
import { problemWords } from '../shared/words.ts';

export type EntryField = 'username' | 'password' | 'invite';
/** The faults of a login or registration form, by field. `form`: a fault of the form as a whole. */
export type EntryFaults = Readonly<Partial<Record<EntryField | 'form', string>>>;

interface Entered {
  readonly username: string;
  readonly password: string;
  readonly invite: string;
}

/** Says what is wrong with this name, without repeating the whole rule. Returns null if the name is valid. */
const nameFault = (name: string): string | null => {
  if (usernameFault(name) === null) return null;
  const { login } = loginStrings();
  const [strange] = /[^A-Za-z0-9._-]/u.exec(name.normalize('NFC')) ?? [];
  if (strange !== undefined) return /\s/u.test(strange) ? login.nameSpace : login.nameCharacter(strange);
  if (name.length < USERNAME_MIN) return login.nameShort(USERNAME_MIN);
  return login.nameLong(USERNAME_MAX);
};

const passwordFault = (password: string, name: string): string | null =>
  ruleResults(password, name).some(([, met]) => !met) ? loginStrings().rules.missing : null;

/** Returns the faults that can be found without asking the server. */
export const faultsOf = ({ username, password }: Entered, isNew: boolean): EntryFaults => {
  const { login } = loginStrings();
  const name = username === '' ? login.needUsername : isNew ? nameFault(username) : null;
  const secret = password === '' ? login.needPassword : isNew ? passwordFault(password, username) : null;
  return { ...(name !== null && { username: name }), ...(secret !== null && { password: secret }) };
};

/** Says why the server refused a login or registration. `isExpired`: a session ended by itself, as it does after the
 *  server was restored. */
export const refusalOf = (
  error: unknown,
  entered: Entered,
  isNew: boolean,
  isExpired = false,
): EntryFaults => {
  const { login } = loginStrings();
  if (!(error instanceof ApiProblem)) return { form: problemWords('internal') };
  const { code, errors, retryAfterS } = error;
  if (code === 'too_many_requests') {
    const minutes = Math.max(1, Math.ceil((retryAfterS ?? 60) / 60));
    return { form: isNew ? login.waitToRegister(minutes) : login.waitMinutes(minutes) };
  }
  const at = (path: EntryField): boolean => errors.some((each) => each.path === path);
  if (!isNew) {
    if (code === 'forbidden' && at('username')) return { form: login.disabled };
    const isWrong = code === 'unauthorized' || code === 'bad_request';
    return { form: !isWrong ? problemWords(code) : isExpired ? login.wrongAfterExpiry : login.wrong };
  }
  if (code === 'conflict') return { username: login.taken };
  const inviteFault = entered.invite === '' ? login.inviteNeeded : login.inviteWrong;
  if (code === 'forbidden') return at('invite') ? { invite: inviteFault } : { form: login.closed };
  if (code !== 'bad_request') return { form: problemWords(code) };
  const { rules } = loginStrings();
  const faults = {
    ...(at('username') && { username: nameFault(entered.username) ?? login.refused }),
    ...(at('password') && { password: passwordFault(entered.password, entered.username) ?? rules.common }),
    ...(at('invite') && { invite: inviteFault }),
  };
  return Object.keys(faults).length === 0 ? { form: login.refused } : faults;
};
