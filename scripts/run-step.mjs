import { spawn } from 'node:child_process';
import { say, Stop } from './say.mjs';

/** How often a step that goes on says so: on a terminal in one line that counts, elsewhere in lines of their own. */
const COUNT_MS = 1_000;
const LINE_MS = 15_000;

/** Says that a step goes on until it is told to stop. */
const showProgress = (title, lineMs) => {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  if (!process.stderr.isTTY) {
    const timer = setInterval(() => say(`${title} … ${seconds()} s so far`), lineMs);
    return () => clearInterval(timer);
  }
  const timer = setInterval(() => process.stderr.write(`\r\u001b[K  ${seconds()} s so far`), COUNT_MS);
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\u001b[K');
  };
};

/** Runs one step of the preparation: its own output is shown only when it fails, a signal ends it with us. */
export const runStep = async (title, command, args, cwd, explain = () => undefined, lineMs = LINE_MS) => {
  const started = performance.now();
  say(`${title} …`);
  const stopProgress = showProgress(title, lineMs);
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (bytes) => output.push(bytes));
  child.stderr.on('data', (bytes) => output.push(bytes));
  const end = (signal) => {
    child.kill(signal);
    process.exitCode = 128 + (signal === 'SIGINT' ? 2 : 15);
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output.push(Buffer.from(String(error)));
      resolve(127);
    });
    child.once('close', (exit, signal) => resolve(exit ?? signal));
  });
  stopProgress();
  process.off('SIGINT', end);
  process.off('SIGTERM', end);
  if (process.exitCode !== undefined && process.exitCode > 128) process.exit();
  if (code !== 0) {
    process.stderr.write(Buffer.concat(output));
    throw new Stop(explain() ?? `${title}: failed (${String(code)}). The lines above say why.`);
  }
  say(`${title}: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
};
