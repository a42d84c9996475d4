import { systemClock } from '../../runtime/clock.ts';
import { errorOf } from '../../runtime/fault.ts';
import { openLog } from '../../runtime/log/log.ts';
import { measureClockOffset } from '../postgres/clock-offset.ts';
import { checkCurrentSchema, checkKnownSecrets, onDatabase } from '../postgres/command-database.ts';
import type { ConnectionOptions } from '../postgres/connection-options.ts';
import { DatabaseClock } from '../postgres/database-clock.ts';
import { openDatabase } from '../postgres/database.ts';
import { PostgresWriter } from '../postgres/postgres-writer.ts';
import { openPostgresQueries } from '../postgres/queries.ts';
import { secretsFingerprint } from '../postgres/shared-secrets.ts';
import type { QueryName, Reads } from '../reads.ts';
import type { Write } from '../writes.ts';

/** A store that a command opens itself, because no server can be asked. */
export interface CommandStore {
  readonly write: Write;
  readonly read: <Q extends QueryName>(
    name: Q,
    ...args: Parameters<Reads[Q]>
  ) => Promise<ReturnType<Reads[Q]>>;
  readonly close: () => Promise<void>;
}

/** Opens PostgreSQL beside whatever hosts use it. It neither waits for the database nor migrates it.
 *  @throws StoreError */
export const openPostgresForCommand = async (
  connection: ConnectionOptions,
  secrets: { readonly jwt: string; readonly refresh: string },
): Promise<CommandStore> => {
  const offset = await onDatabase(connection, async (db) => {
    await checkCurrentSchema(db, connection);
    await checkKnownSecrets(db, secretsFingerprint(secrets.jwt, secrets.refresh));
    return await measureClockOffset(db, systemClock);
  });
  const clock = new DatabaseClock(systemClock, offset);
  const reading = openDatabase({ connection, purpose: 'read', connections: 1, clock: systemClock });
  const queries = openPostgresQueries(reading, clock);
  const writer = await PostgresWriter.open({
    connection,
    clock,
    resetPresence: false,
    sessionTtlMs: null,
    onCommit: () => undefined,
    log: openLog('silent', 'command'),
  });
  return {
    async write(type, input) {
      const [outcome] = await writer.commit([{ type, input } as never]);
      if (outcome === undefined) throw new Error('a write without an outcome');
      if (!outcome.ok) throw errorOf(outcome.fault);
      return outcome.result;
    },
    read: (name, ...args) =>
      (queries as unknown as Record<QueryName, (...given: readonly unknown[]) => Promise<never>>)[name](
        ...args,
      ),
    async close() {
      await Promise.all([writer.close(), reading.close()]);
    },
  };
};
