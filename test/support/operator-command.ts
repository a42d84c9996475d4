import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { operatorEntry } from './paths.ts';

export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `parley ARGS…` for a data directory, to its end. */
export const runCommand = async (
  dataDir: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<CommandRun> => {
  const env = { PATH: process.env['PATH'], PARLEY_DATA_DIR: dataDir, ...settings };
  const options = { env, maxBuffer: 64 * 1024 * 1024 };
  return promisify(execFile)(process.execPath, [operatorEntry, ...args], options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as CommandRun,
  );
};

/** The same with `--json`: what it answers. Throws what it says when it fails. */
export const commandAnswer = async <T>(
  dataDir: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<T> => {
  const { code, stdout, stderr } = await runCommand(dataDir, [...args, '--json'], settings);
  if (code !== 0) throw new Error(`parley ${args.join(' ')} ended with ${String(code)}: ${stderr}`);
  return JSON.parse(stdout) as T;
};
