import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environmentOnCopy } from '../config/environment.ts';
import { systemClock } from '../runtime/clock.ts';
import { BackupError } from './backup-error.ts';
import type { Manifest } from './manifest.ts';
import { restoreBackup } from './restore-backup.ts';
import { inTemporaryFolder } from './temporary.ts';

export interface Verified {
  readonly manifest: Manifest;
  /** Milliseconds that restoring took. */
  readonly restoreMs: number;
  /** Milliseconds until a server on the restored data was ready. */
  readonly startMs: number;
}

const START_WITHIN_MS = 10 * 60_000;

/** Restores a backup into a temporary directory below `scratch`, with all the checks of `restoreBackup`, and starts a server on it that
 *  has to become ready.
 *  @throws BackupError */
export const verifyBackup = (path: string, scratch: string): Promise<Verified> =>
  inTemporaryFolder(scratch, '.parley-verify-', async (folder) => {
    const dataDir = join(folder, 'data');
    const began = systemClock.monotonic();
    const { manifest } = await restoreBackup(path, dataDir, { actor: 'verify', origin: 'command line' });
    const restored = systemClock.monotonic();
    await startServer(path, dataDir);
    return { manifest, restoreMs: restored - began, startMs: systemClock.monotonic() - restored };
  });

const startServer = async (path: string, dataDir: string): Promise<void> => {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const server = spawn(process.execPath, [main], {
    env: environmentOnCopy(dataDir),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endServer = (): void => {
    server.kill('SIGKILL');
  };
  // An interrupted program leaves no server behind.
  process.once('exit', endServer);
  const ended = new Promise<string>((resolve) => {
    let said = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-1_000);
    });
    server.once('error', (error) => {
      resolve(error.message);
    });
    server.once('close', () => {
      resolve(said.trim());
    });
  });
  try {
    const url = await listening(server.stdout);
    if (url === null) {
      endServer();
      throw notStarted(path, await ended);
    }
    const answer = await fetch(`${url}/readyz`);
    if (!answer.ok) throw notStarted(path, await answer.text());
  } finally {
    server.kill('SIGTERM');
    await ended;
    process.off('exit', endServer);
  }
};

const notStarted = (path: string, reason: string): BackupError =>
  new BackupError('damaged', `a server does not start on what ${path} holds: ${reason}`);

/** The address in the log line that says that the server is ready; null when it does not come. */
const listening = (stdout: NodeJS.ReadableStream): Promise<string | null> =>
  new Promise((resolve) => {
    const deadline = systemClock.after(START_WITHIN_MS, () => {
      resolve(null);
    });
    const lines = createInterface({ input: stdout });
    // It has ended: nobody waits for the deadline.
    lines.on('close', () => {
      deadline.cancel();
      resolve(null);
    });
    lines.on('line', (line) => {
      if (!line.startsWith('{')) return;
      const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
      if (msg !== 'listening' || url === undefined) return;
      deadline.cancel();
      resolve(url);
    });
  });
