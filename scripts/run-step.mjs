import { spawn } from 'node:child_process';
import { say, Stop } from './say.mjs';

/** Runs one step of the preparation: its own output is shown only when it fails, a signal ends it with us. */
export const runStep = async (title, command, args, cwd, explain = () => undefined) => {
  const started = performance.now();
  say(`${title} …`);
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
  process.off('SIGINT', end);
  process.off('SIGTERM', end);
  if (process.exitCode !== undefined && process.exitCode > 128) process.exit();
  if (code !== 0) {
    process.stderr.write(Buffer.concat(output));
    throw new Stop(explain() ?? `${title}: failed (${String(code)}). The lines above say why.`);
  }
  say(`${title}: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
};
