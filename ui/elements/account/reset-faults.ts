import { ApiProblem } from '../../net/problem.ts';
import { loginStrings } from '../../strings/login-strings.ts';
import { problemWords } from '../shared/words.ts';

/** The faults of the form for a new password. `form`: not of the password. */
export type ResetFaults = Readonly<Partial<Record<'password' | 'form', string>>>;

/** Why the server did not take a new password with a one-time code. */
export const resetFaults = (error: unknown): ResetFaults => {
  const { login, reset } = loginStrings();
  if (!(error instanceof ApiProblem)) return { form: problemWords('internal') };
  const { code, errors, retryAfterS } = error;
  const at = (path: string): boolean => errors.some((each) => each.path === path);
  if (code === 'bad_request' && at('new_password')) return { password: reset.refused };
  if (code === 'unauthorized' || code === 'bad_request') return { form: reset.notValid };
  if (code === 'forbidden' && at('code')) return { form: login.disabled };
  if (code === 'too_many_requests')
    return { form: login.waitMinutes(Math.max(1, Math.ceil((retryAfterS ?? 60) / 60))) };
  return { form: problemWords(code) };
};
