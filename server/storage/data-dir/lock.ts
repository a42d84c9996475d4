import { chmodSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { notWritable, StoreError } from '../store-error.ts';
import { lockFile } from './file-lock.ts';
import { giveToOwnerOf } from './owner.ts';

/** Milliseconds for which a command waits for a server that is stopping, or for another command. */
export const COMMAND_LOCK_WAIT_MS = 2_000;

/** Keeps other servers and commands off a data directory for as long as this process lives: see `lockFile`. Waits up to `waitMs` for a
 *  lock that another process has.
 *  @throws StoreError `locked`, `not-writable` in one clear line */
export const lockDataDir = (dataDir: string, waitMs = 0): void => {
  try {
    const path = join(dataDir, 'parley.lock');
    // Made with its mode before SQLite would make it with the process's; an older one is narrowed.
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    giveToOwnerOf(dataDir, path);
    lockFile(path, waitMs);
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (code.startsWith('SQLITE_BUSY')) {
      throw new StoreError('locked', `another Parley server uses the data directory ${dataDir}`);
    }
    // Anything else, such as an addon that is missing, is no matter of this directory.
    if (!/^(SQLITE_|E[A-Z]+$)/.test(code)) throw error;
    throw notWritable(dataDir, error);
  }
};
