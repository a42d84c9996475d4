import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ExpectedError } from './command.mjs';
import { log } from './log.mjs';

/** How often the progress of a step is shown: on a terminal in one line that counts, elsewhere in lines of their own. */
const COUNT_MS = 1_000;
const LINE_MS = 15_000;

/**
 * Shows how long a step has taken so far, until the returned function is called.
 * @param {string} title
 * @param {number} lineMs
 */
const showProgress = (title, lineMs) => {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  if (!process.stderr.isTTY) {
    const timer = setInterval(() => {
      log(`${title} … ${seconds()} s so far`);
    }, lineMs);
    return () => {
      clearInterval(timer);
    };
  }
  const timer = setInterval(() => process.stderr.write(`\r\u001b[K  ${seconds()} s so far`), COUNT_MS);
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\u001b[K');
  };
};

/**
 * Runs one step of a build. Its own output is shown only when it fails; a signal ends it together with this process.
 * @param {string} title
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {() => string | undefined} explain the message for a failure, where there is a better one than that it failed
 * @param {number} lineMs milliseconds between two lines of progress
 * @param {(output: string) => string} readable what to show of the output of a step that failed
 */
export const runStep = async (
  title,
  command,
  args,
  cwd,
  explain = () => undefined,
  lineMs = LINE_MS,
  readable = (output) => output,
) => {
  const started = performance.now();
  log(`${title} …`);
  const stopProgress = showProgress(title, lineMs);
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  /** @type {Buffer[]} */
  const output = [];
  child.stdout.on('data', (/** @type {Buffer} */ bytes) => output.push(bytes));
  child.stderr.on('data', (/** @type {Buffer} */ bytes) => output.push(bytes));
  /** The exit code of this process after a signal; 0 while there was none. */
  let exitCode = 0;
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    child.kill(signal);
    exitCode = 128 + constants.signals[signal];
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  /** @type {number | NodeJS.Signals | null} */
  const result = await new Promise((resolve) => {
    child.once('error', (error) => {
      output.push(Buffer.from(String(error)));
      resolve(127);
    });
    child.once('close', (code, signal) => {
      resolve(code ?? signal);
    });
  });
  stopProgress();
  process.off('SIGINT', end);
  process.off('SIGTERM', end);
  if (exitCode !== 0) process.exit(exitCode);
  if (result !== 0) {
    process.stderr.write(readable(Buffer.concat(output).toString()));
    throw new ExpectedError(explain() ?? `${title}: failed (${String(result)}). The lines above say why.`);
  }
  log(`${title}: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
};
