import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import { openPostgresAtStart, type StartLog } from '../postgres/open-at-start.ts';
import { secretsFingerprint } from '../postgres/shared-secrets.ts';
import { connectionOf, type StoreLocation } from './location.ts';

interface StoreConfig {
  readonly dataDir: string;
  readonly database: { readonly url: string; readonly pool: number } | null;
}

interface AtStart {
  /** The keys of tokens, which all hosts on one database share. */
  readonly secrets: { readonly jwt: Uint8Array; readonly refresh: Uint8Array };
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: StartLog;
}

/** Where the configured store is. With PostgreSQL, waits for the database and brings it up to date; with SQLite, the writer does that
 *  when it opens the file. @throws StoreError */
export const locateStore = async (
  { dataDir, database }: StoreConfig,
  { secrets, ...start }: AtStart,
): Promise<StoreLocation> => {
  if (database === null) return { kind: 'sqlite', dataDir };
  const connection = connectionOf(database.url, 'PARLEY_DATABASE_URL');
  const { clockOffsetMs } = await openPostgresAtStart({
    connection,
    secrets: secretsFingerprint(secrets.jwt, secrets.refresh),
    ...start,
  });
  return { kind: 'postgres', connection, pool: database.pool, clockOffsetMs };
};
