import { closeSync, constants, fsyncSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { syncFolder } from '../files/file-state.ts';
import { migrate } from '../migrate.ts';
import { databasePath, markOwner, type Db } from '../open.ts';

/** A database that is filled in one go. If that is interrupted, its file is of no use. */
export interface NewDatabase {
  readonly db: Db;
  /** Makes the file what a server expects, and syncs it. */
  finish(): void;
  close(): void;
}

/** What is needed while it is filled, in a file of its own:
 *  `messages`: those of the export in its order. `places`: all cursors that logs have used, with the message there, or 0. `placed`: the
 *  row that a message was given. `starts`: the number of each conversation's first message. `names`: of deleted users. `awaited`: files of
 *  attachments whose bytes have not come yet. */
const STAGING = `
  CREATE TABLE staging.messages (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    sender INTEGER NOT NULL,
    recipient INTEGER NOT NULL,
    sender_cursor INTEGER NOT NULL,
    recipient_cursor INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    content TEXT NOT NULL,
    reply_to BLOB,
    reply_seq INTEGER,
    attachments BLOB
  );
  CREATE TABLE staging.places (user INTEGER, cursor INTEGER, number INTEGER NOT NULL, PRIMARY KEY (user, cursor)) WITHOUT ROWID;
  CREATE TABLE staging.placed (number INTEGER PRIMARY KEY, row INTEGER NOT NULL);
  CREATE TABLE staging.starts (conversation INTEGER PRIMARY KEY, number INTEGER NOT NULL);
  CREATE TABLE staging.names (user INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE staging.awaited (sha256 BLOB PRIMARY KEY) WITHOUT ROWID;
`;

/** `folder`: where the database is made, beside a file that is gone afterwards. */
export const openNewDatabase = (folder: string): NewDatabase => {
  const path = databasePath(folder);
  const aside = join(folder, 'staging.db');
  for (const file of [path, aside])
    closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600));
  const db = new Database(path) as Db;
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('cache_size = -65536');
    db.pragma('temp_store = FILE');
    db.pragma('foreign_keys = ON');
    markOwner(db);
    migrate(db);
    db.prepare<[string]>('ATTACH ? AS staging').run(aside);
    // What is broken off is removed as a whole, so nothing has to be undone or synced in between.
    for (const schema of ['main', 'staging']) {
      db.pragma(`${schema}.journal_mode = OFF`);
      db.pragma(`${schema}.synchronous = OFF`);
    }
    db.pragma('staging.cache_size = -65536');
    db.exec(STAGING);
    db.exec('BEGIN');
  } catch (error) {
    db.close();
    throw error;
  }
  return {
    db,
    finish() {
      db.exec('COMMIT; DETACH staging');
      rmSync(aside, { force: true });
      db.pragma('locking_mode = NORMAL');
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
    },
    close() {
      const isFinished = !db.inTransaction;
      db.close();
      if (!isFinished) return;
      const file = openSync(path, 'r');
      try {
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      syncFolder(folder);
    },
  };
};
