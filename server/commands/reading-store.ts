import { dirname } from 'node:path';
import { removingAfterwards } from '../backup/temporary.ts';
import { connectionOf } from '../storage/stores/location.ts';
import type { ExportRecords } from '../storage/transfer/export-record.ts';
import { readingPostgres } from '../transfer/postgres-side.ts';
import { readingSqlite } from '../transfer/sqlite-side.ts';
import type { CommandSession } from './session.ts';

/** Hands over the records of the configured store, whether a server runs on it or not. */
export const readingStore = async <T>(
  { ask, config }: CommandSession,
  use: (records: ExportRecords) => Promise<T>,
): Promise<T> => {
  const { file } = await ask('export.copy', {});
  if (file !== null) return removingAfterwards(dirname(file), () => readingSqlite(file, use));
  const connection = connectionOf(config.database?.url ?? '', 'PARLEY_DATABASE_URL');
  return readingPostgres(connection, { alone: false }, use);
};
