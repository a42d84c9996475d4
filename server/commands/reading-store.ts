import { basename } from 'node:path';
import { connectionOf } from '../storage/stores/location.ts';
import type { ExportRecords } from '../storage/transfer/export-record.ts';
import { readingPostgres } from '../transfer/postgres-side.ts';
import { readingSqlite } from '../transfer/sqlite-side.ts';
import { inDataDir, type CommandSession } from './session.ts';

/** Hands over the records of the configured store, whether a server runs on it or not. */
export const readingStore = async <T>(
  session: CommandSession,
  use: (records: ExportRecords) => Promise<T>,
): Promise<T> =>
  inDataDir(session, async (folder) => {
    const { file } = await session.ask('export.copy', { folder: basename(folder) });
    if (file !== null) return readingSqlite(file, use);
    const connection = connectionOf(session.config.database?.url ?? '', 'PARLEY_DATABASE_URL');
    return readingPostgres(connection, { alone: false }, use);
  });
