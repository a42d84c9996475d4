import { closeSync, existsSync, lstatSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { lockFile } from './file-lock.ts';
import { giveToOwnerOf } from './owner.ts';

/** How the names of temporary folders begin. The last two stand in the data directory, the others beside the file or the directory that
 *  is being made. */
const PREFIXES = [
  '.parley-backup-',
  '.parley-export-',
  '.parley-restore-',
  '.parley-verify-',
  'backup-copy-',
  'import-',
] as const;
export type TemporaryPrefix = (typeof PREFIXES)[number];

const NAME = new RegExp(`^(${PREFIXES.map((each) => each.replace('.', '\\.')).join('|')})[\\dA-Za-z-]+$`);
/** In a temporary folder: the file that its maker has locked for as long as it lives. */
const LOCK = 'maker.lock';
/** What a maker is told when somebody removes the folder in the moment before it is locked. */
const REMOVED = new Set(['EEXIST', 'ENOENT', 'SQLITE_BUSY', 'SQLITE_CANTOPEN']);
const ATTEMPTS = 5;

export interface TemporaryFolder {
  readonly path: string;
  /** Before it, the folder is its maker's; afterwards it counts as abandoned. */
  readonly release: () => void;
}

/** Whether a name in a directory is that of a temporary folder. */
export const isTemporary = (name: string): boolean => NAME.test(name);

/** Makes a folder with a new name in `parent`, for this account only, and removes those there whose makers were killed. It belongs to
 *  this process until it ends, however it ends. Where root gave the command, it belongs to the owner of `parent`.
 *  @throws the error of the system */
export const makeTemporaryFolder = (parent: string, prefix: TemporaryPrefix): TemporaryFolder => {
  removeAbandoned(parent);
  for (let attempt = 1; ; attempt += 1) {
    const path = mkdtempSync(join(parent, prefix));
    try {
      const lock = join(path, LOCK);
      closeSync(openSync(lock, 'ax', 0o600));
      giveToOwnerOf(parent, lock);
      giveToOwnerOf(parent, path);
      return { path, release: lockExisting(lock) };
    } catch (error) {
      if (attempt < ATTEMPTS && REMOVED.has((error as NodeJS.ErrnoException).code ?? '')) continue;
      rmSync(path, { recursive: true, force: true });
      throw error;
    }
  }
};

/** The lock is good only if the file is still there afterwards. */
const lockExisting = (lock: string): (() => void) => {
  const release = lockFile(lock);
  try {
    lstatSync(lock);
    return release;
  } catch (error) {
    release();
    throw error;
  }
};

/** Removes the temporary folders in `parent` whose makers were killed, and leaves those in use. What this account may not remove stays. */
export const removeAbandoned = (parent: string): void => {
  for (const name of namesIn(parent)) if (NAME.test(name)) removeIfAbandoned(join(parent, name));
};

/** Removes a temporary folder unless its maker lives. Returns whether it is gone. */
export const removeIfAbandoned = (path: string): boolean => {
  try {
    const stats = lstatSync(path);
    const me = process.geteuid?.();
    // In a directory of all, such as /tmp, anybody can choose such a name.
    if (!stats.isDirectory() || (me !== 0 && me !== undefined && stats.uid !== me)) return false;
    const lock = join(path, LOCK);
    // An older version made none. A maker that has not made its own yet finds this one, and begins again.
    if (!existsSync(lock)) closeSync(openSync(lock, 'ax', 0o600));
    const release = lockFile(lock);
    try {
      rmSync(path, { recursive: true, force: true });
    } finally {
      release();
    }
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Whoever works there next says why.
  }
};
