import { log } from './log.mjs';

/** A failure that a person can act on. Its message says how; it is printed without a stack. */
export class ExpectedError extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode] what the command exits with
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Runs a command: an `ExpectedError` ends it with its message and its exit code, anything else with a stack.
 * @param {() => void | Promise<void>} command
 */
export const main = async (command) => {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    log(error.message);
    process.exitCode = error.exitCode;
  }
};
