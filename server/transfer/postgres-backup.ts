import { mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { restoreBackup, type Restored } from '../backup/restore-backup.ts';
import { removingAfterwards, temporaryFolder } from '../backup/temporary.ts';
import type { Ids } from '../runtime/ids.ts';
import type { ConnectionOptions } from '../storage/postgres/connection-options.ts';
import { setHistory } from '../storage/sqlite/history.ts';
import { DATABASE_FILE, openReadWrite } from '../storage/sqlite/open.ts';
import type { Audit } from '../storage/writes.ts';
import { checkTarget, contradiction, fillPostgres, historyOf, readingPostgres } from './postgres-side.ts';
import { buildingSqlite, readingSqlite } from './sqlite-side.ts';

/** Backups of PostgreSQL have the same form as those of SQLite: the database in them is one that was filled with what PostgreSQL held.
 *  So the same commands prove and restore them, on either store. */

/** Makes an SQLite database of what PostgreSQL holds at one moment, while servers use it, and hands its file to `use`; afterwards the
 *  file is gone. `dataDir`: has room for it. @throws StoreError, TransferError */
export const copyingPostgres = async <T>(
  connection: ConnectionOptions,
  { dataDir, ids }: { readonly dataDir: string; readonly ids: Ids },
  use: (file: string) => Promise<T>,
): Promise<T> => {
  const stage = join(dataDir, `backup-copy-${ids.next()}`);
  return removingAfterwards(stage, async () => {
    mkdirSync(stage, { mode: 0o700 });
    const file = join(stage, DATABASE_FILE);
    // The database has its snapshot for as long as it is read, and not while the backup is written.
    await readingPostgres(connection, { alone: false }, (records) =>
      buildingSqlite(dataDir, { records, placed: contradiction }, { ids }, (folder) => {
        renameSync(join(folder, DATABASE_FILE), file);
      }),
    );
    const db = openReadWrite(stage);
    try {
      setHistory(db, await historyOf(connection));
    } finally {
      db.close();
    }
    return await use(file);
  });
};

/** Fills an empty database with a backup of either store, after all the checks of `restoreBackup`. The data directory that this makes
 *  stands beside the backup meanwhile. @throws BackupError, StoreError, TransferError */
export const restoreIntoPostgres = async (
  path: string,
  connection: ConnectionOptions,
  { audit, ids }: { readonly audit: Audit; readonly ids: Ids },
): Promise<Restored> => {
  await checkTarget(connection);
  const folder = temporaryFolder(dirname(path), '.parley-restore-');
  return removingAfterwards(folder, async () => {
    const dataDir = join(folder, 'data');
    const { manifest } = await restoreBackup(path, dataDir, audit);
    await readingSqlite(dataDir, (records) => fillPostgres(connection, records, { ids }));
    return { manifest, history: await historyOf(connection) };
  });
};
