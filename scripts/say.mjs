/** One calm line for a person, on stderr: stdout belongs to the log. */
export const say = (line) => {
  process.stderr.write(`${line}\n`);
};

/** A reason to stop that a person can act on: printed without a stack. */
export class Stop extends Error {}

/** Runs a command's main function: a Stop ends with its sentence and exit code 1. */
export const main = async (run) => {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
};
