import { ExpectedError } from './command.mjs';
import { log } from './log.mjs';

/** A step of a test programme: says what was passed. `found` is shown where it was not.
 *  @throws ExpectedError */
export const check = (what: string, isSo: boolean, found: unknown = ''): void => {
  if (!isSo) throw new ExpectedError(`FAILED: ${what} ${String(found)}`);
  log(`passed: ${what}`);
};
