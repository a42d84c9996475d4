import { existsSync } from 'node:fs';
import type { Ids } from '../../runtime/ids.ts';
import type { ConnectionOptions } from '../../storage/postgres/connection-options.ts';
import { databasePath } from '../../storage/sqlite/open.ts';
import { readingPostgresIfThere, replaceInPostgres } from '../postgres-side.ts';
import { readingSqlite, replaceDatabase } from '../sqlite-side.ts';
import type { ChatTarget } from './import-chats.ts';

/** The database of a data directory that this process has locked, or that has none yet. */
export const sqliteTarget = (dataDir: string): ChatTarget => ({
  dataDir,
  reading: (use) => (existsSync(databasePath(dataDir)) ? readingSqlite(dataDir, use) : use([])),
  keep: (folder) => {
    replaceDatabase(folder, dataDir);
  },
});

/** A database that no server uses. It is first made in `dataDir`, which checks everything. */
export const postgresTarget = (connection: ConnectionOptions, dataDir: string, ids: Ids): ChatTarget => ({
  dataDir,
  reading: (use) => readingPostgresIfThere(connection, use),
  keep: (folder, before) =>
    readingSqlite(folder, (records) => replaceInPostgres(connection, records, { ids, before })),
});
