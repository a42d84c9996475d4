import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_FILE } from '../open.ts';

export const STATE_FILE = `${DATABASE_FILE}-state`;
export const WAL_FILE = `${DATABASE_FILE}-wal`;

/** The server's note about the files that it left, stored beside the database, so that the next start can tell whether they are
 *  the same files. The note may be older than the files, but never newer. */
export interface FileState {
  /** Which file the database was, and which its write-ahead log: see `identityOf`. */
  readonly database: string | null;
  readonly wal: string | null;
  /** The page of the table `meta`, counted from 1. */
  readonly metaPage: number;
  /** The possible values of `meta.generation`: one, or the old and the new one while it is being changed. */
  readonly generations: readonly string[];
}

/** Distinguishes a file from every other file that had or will have its name: a copy in its place has a later creation time,
 *  even if it got the same inode. Null: there is no such file. */
export const identityOf = (path: string): string | null => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${String(found.ino)}:${String(found.birthtimeNs)}`;
};

/** Null where there is none, or none that can be read: then nothing is known of the files. */
export const readState = (dataDir: string): FileState | null => {
  try {
    const state = JSON.parse(readFileSync(join(dataDir, STATE_FILE), 'utf8')) as Partial<FileState>;
    const { database, wal, metaPage, generations } = state;
    if (!Number.isSafeInteger(metaPage) || !Array.isArray(generations)) return null;
    return { database: database ?? null, wal: wal ?? null, metaPage: metaPage ?? 0, generations };
  } catch {
    return null;
  }
};

/** Replaces the note. When this returns, the new note survives a power cut. @throws the system's error */
export const writeState = (dataDir: string, state: FileState): void => {
  const path = join(dataDir, STATE_FILE);
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(state)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  syncFolder(dataDir);
};

/** Syncs a folder, so that the names in it survive a power cut. Windows has no such call and does not need it. */
export const syncFolder = (folder: string): void => {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};
