import { fileUse } from '../actors/services/file-use.ts';
import { errorOf } from '../runtime/fault.ts';
import { giveToOwner } from '../storage/data-dir/owner.ts';
import { COMMAND_LOCK_WAIT_MS, lockDataDir } from '../storage/data-dir/lock.ts';
import type { QueryName } from '../storage/reads.ts';
import { checkFiles } from '../storage/sqlite/files/file-check.ts';
import { checkCurrent } from '../storage/sqlite/migrate.ts';
import { checkExists, openReadOnly } from '../storage/sqlite/open.ts';
import { openWriter } from '../storage/sqlite/open-writer.ts';
import { openQueries } from '../storage/sqlite/queries.ts';
import { StoreError } from '../storage/store-error.ts';
import { openPostgresForCommand } from '../storage/stores/command-store.ts';
import { connectionOf } from '../storage/stores/location.ts';
import { openAttachmentBytes } from '../storage/stores/open-attachment-bytes.ts';
import { makeDataDir } from '../storage/data-dir/data-dir.ts';
import type { Operator } from './operator.ts';

interface StoppedServer {
  readonly operator: Operator;
  readonly close: () => void | Promise<void>;
}
type Own = Pick<Operator, 'config' | 'rotateSigningKey' | 'backups'>;

/** What a command does itself because no server runs. `unreachable`: why none could be asked.
 *  @throws StoreError if there is no database with this program's schema (it neither creates nor migrates one), or if a server does
 *    run */
export const stoppedServer = async (
  dataDir: string,
  unreachable: string,
  own: Own,
): Promise<StoppedServer> =>
  own.config.database === null ? onSqlite(dataDir, unreachable, own) : await onPostgres(dataDir, own);

/** Beside the hosts that use the database: only the one of this data directory could have been asked. */
const onPostgres = async (dataDir: string, own: Own): Promise<StoppedServer> => {
  const { database, jwtSecret, refreshSecret } = own.config;
  makeDataDir(dataDir);
  const connection = connectionOf(database?.url ?? '', 'PARLEY_DATABASE_URL');
  const secrets = { jwt: jwtSecret ?? '', refresh: refreshSecret ?? '' };
  const { write, read, close } = await openPostgresForCommand(connection, secrets);
  const attachments = openAttachmentBytes(
    { kind: 'postgres', connection, pool: 1, clockOffsetMs: 0 },
    { use: fileUse({ read, write }) },
  );
  const operator: Operator = {
    dataDir,
    ...own,
    write,
    read,
    attachments,
    copyDatabase: () => Promise.reject(new Error('the database is no file')),
    closeSockets: () => undefined,
    reloadThrottle: () => undefined,
    traces: null,
    inspected: () => null,
    figures: null,
  };
  return {
    operator,
    async close() {
      await Promise.all([attachments.close(), close()]);
    },
  };
};

/** Locks the data directory until the process ends, so that this is the only writer. */
const onSqlite = (dataDir: string, unreachable: string, own: Own): StoppedServer => {
  // First, because the lock is a file in the directory.
  checkExists(dataDir);
  lock(dataDir, unreachable);
  checkFiles(dataDir);
  checkSchema(dataDir);
  const writer = openWriter(dataDir);
  const queries = openQueries(dataDir);
  const write: Operator['write'] = (type, input) => {
    const [outcome] = writer.commit([{ type, input } as never]);
    if (outcome === undefined) throw new Error('a write without an outcome');
    return outcome.ok ? Promise.resolve(outcome.result) : Promise.reject(errorOf(outcome.fault));
  };
  const read: Operator['read'] = (name, ...args) =>
    Promise.resolve(callQuery(queries, name, args)) as Promise<never>;
  const attachments = openAttachmentBytes({ kind: 'sqlite', dataDir }, { use: fileUse({ read, write }) });
  const operator: Operator = {
    dataDir,
    ...own,
    write,
    read,
    attachments,
    copyDatabase: (path) => writer.copyTo(path),
    // Nobody is connected, and the next server reads everything from the store.
    closeSockets: () => undefined,
    reloadThrottle: () => undefined,
    traces: null,
    inspected: () => null,
    figures: null,
  };
  return {
    operator,
    async close() {
      await attachments.close();
      queries.close();
      writer.close();
      giveToOwner(dataDir);
    },
  };
};

const callQuery = (queries: object, name: QueryName, args: readonly unknown[]): unknown =>
  (queries as Record<QueryName, (...args: readonly unknown[]) => unknown>)[name](...args);

const lock = (dataDir: string, unreachable: string): void => {
  try {
    lockDataDir(dataDir, COMMAND_LOCK_WAIT_MS);
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'locked') throw error;
    throw new StoreError(
      'locked',
      `a server uses the data directory ${dataDir}, but can't be asked (${unreachable}). If it is starting or stopping, try ` +
        `again in a moment.`,
      error,
    );
  }
};

const checkSchema = (dataDir: string): void => {
  const db = openReadOnly(dataDir);
  try {
    checkCurrent(db);
  } finally {
    db.close();
  }
};
