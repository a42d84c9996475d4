import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import process from 'node:process';

/** Characters of its errors that are kept. */
const STDERR_MAX = 4_000;

/** Runs the operator's program, in the environment of this process and with less priority than this one, to its end. Never rejects. */
export const runCommand = (
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stderr: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = `${stderr}${text}`.slice(-STDERR_MAX);
    });
    child.once('error', (error) => {
      resolve({ code: 1, stderr: error.message });
    });
    child.once('close', (code) => {
      resolve({ code: code ?? 1, stderr });
    });
    child.once('spawn', () => {
      lowerPriority(child.pid);
    });
  });

const lowerPriority = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed under the unit file's filter of system calls. The program then runs with the priority of the server.
  }
};
