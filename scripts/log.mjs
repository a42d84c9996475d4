/**
 * Writes one line for the person at the terminal. It goes to stderr: stdout belongs to the server's log.
 * @param {string} line
 */
export const log = (line) => {
  process.stderr.write(`${line}\n`);
};
