import { ExpectedError } from '../command.mjs';

/** As the tests of GNU programs exit that could not run: neither passed nor failed. */
const EXIT_NOT_RUN = 77;

/** The tests could not be run on this machine. Ends with exit code 77 and a sentence that can't be taken for success. */
export class NotRun extends ExpectedError {
  constructor(reason: string) {
    super(`NOT RUN: ${reason}`, EXIT_NOT_RUN);
  }
}

/** The first line of what went wrong. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
