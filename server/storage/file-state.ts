import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_FILE } from './open.ts';

export const STATE_FILE = `${DATABASE_FILE}-state`;
export const WAL_FILE = `${DATABASE_FILE}-wal`;

/** What the server notes beside the database about the files it left, so that the next start can tell whether they are still
 *  the ones. The note may be older than the files; it is never newer. */
export interface FileState {
  /** Which file the database was, and which its write-ahead log: see `identityOf`. */
  readonly database: string | null;
  readonly wal: string | null;
  /** The page of the table `meta`, counted from 1. */
  readonly metaPage: number;
  /** What `meta.generation` can be: one value, or the old and the new one while it is being changed. */
  readonly generations: readonly string[];
}

/** Tells a file from every other one that had or will have its name: a copy in its place, even one that got the same inode, was
 *  born later. Null: there is no such file. */
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

/** Replaces the note; when this returns, the new one outlives a power cut. Throws what the file system throws. */
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

/** Makes the names in a folder outlive a power cut. Windows can't, and needs not. */
export const syncFolder = (folder: string): void => {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};
