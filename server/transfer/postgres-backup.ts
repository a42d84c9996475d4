import { dirname, join } from 'node:path';
import { BackupError } from '../backup/backup-error.ts';
import { restoreBackup, type Restored } from '../backup/restore-backup.ts';
import { inTemporaryFolder } from '../backup/temporary.ts';
import type { Ids } from '../runtime/ids.ts';
import { missingRoom } from '../storage/data-dir/disk-usage.ts';
import { storedSize, type StoredSize } from '../storage/postgres/command-database.ts';
import type { ConnectionOptions } from '../storage/postgres/connection-options.ts';
import { setHistory } from '../storage/sqlite/history.ts';
import { DATABASE_FILE, openReadWrite } from '../storage/sqlite/open.ts';
import type { Audit } from '../storage/writes.ts';
import { checkTarget, contradiction, fillPostgres, historyOf, readingPostgres } from './postgres-side.ts';
import { buildingSqlite, readingSqlite, takeBuilt } from './sqlite-side.ts';

/** Backups of PostgreSQL have the same form as those of SQLite: the database in them is one that was filled with what PostgreSQL held.
 *  So the same commands prove and restore them, on either store. */

/** Bytes that the making of a copy needs for a message, and for each byte of its text. Measured with texts of 20, 200 and 2,000 bytes: 234,
 *  631 and 6,668 bytes a message. Texts of 2 KB are the dearest, because only one of them fits into a page. */
const MESSAGE_BYTES = 200;
const CONTENT_SHARE = 3.3;

const roomFor = ({ messages, contentBytes, otherBytes }: StoredSize): number =>
  MESSAGE_BYTES * messages + CONTENT_SHARE * contentBytes + otherBytes;

/** Makes an SQLite database of what PostgreSQL holds at one moment, while servers use it, and returns its file, which is in `folder`.
 *  `dataDir`: has room for intermediate files.
 *  @throws BackupError `system` if the disk has not enough room; then nothing was written. StoreError, TransferError */
export const copyPostgres = async (
  connection: ConnectionOptions,
  { dataDir, folder }: { readonly dataDir: string; readonly folder: string },
): Promise<string> => {
  const missing = await missingRoom(dataDir, roomFor(await storedSize(connection)));
  if (missing !== null) throw new BackupError('system', missing);
  const file = join(folder, DATABASE_FILE);
  // The database has its snapshot for as long as it is read, and not while the backup is written.
  await readingPostgres(connection, { alone: false }, (records) =>
    buildingSqlite(dataDir, { records, placed: contradiction }, undefined, (built) => {
      takeBuilt(built, folder);
    }),
  );
  const db = openReadWrite(folder);
  try {
    setHistory(db, await historyOf(connection));
  } finally {
    db.close();
  }
  return file;
};

/** Fills an empty database with a backup of either store, after all the checks of `restoreBackup`. The data directory that this makes
 *  stands beside the backup meanwhile. @throws BackupError, StoreError, TransferError */
export const restoreIntoPostgres = async (
  path: string,
  connection: ConnectionOptions,
  { audit, ids }: { readonly audit: Audit; readonly ids: Ids },
): Promise<Restored> => {
  await checkTarget(connection);
  return inTemporaryFolder(dirname(path), '.parley-restore-', async (folder) => {
    const dataDir = join(folder, 'data');
    const { manifest } = await restoreBackup(path, dataDir, audit);
    await readingSqlite(dataDir, (records) => fillPostgres(connection, records, { ids }));
    return { manifest, history: await historyOf(connection) };
  });
};
