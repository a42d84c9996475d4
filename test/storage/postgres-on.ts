import { systemClock, type Clock } from '../../server/runtime/clock.ts';
import type { WriteOutcome } from '../../server/storage/outcome.ts';
import { BatchCommit } from '../../server/storage/postgres/batch/batch-commit.ts';
import { isBatched, type BatchedWrite } from '../../server/storage/postgres/batch/batched-write.ts';
import { openDatabase } from '../../server/storage/postgres/database.ts';
import { openPostgresQueries } from '../../server/storage/postgres/queries.ts';
import { AccountWriter } from '../../server/storage/postgres/writes/account-writer.ts';
import type { AccountWriteMessage } from '../../server/storage/postgres/writes/account-write.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import { optionsOf } from '../support/postgres-client.ts';

/** The connections of a store. Their timeouts are real. */
export const connectionsTo = (url: string) => {
  const connection = optionsOf(url);
  const database = openDatabase({ connection, purpose: 'write', connections: 4, clock: systemClock });
  const reading = openDatabase({ connection, purpose: 'read', connections: 2, clock: systemClock });
  return {
    database,
    reading,
    async close(): Promise<void> {
      await Promise.all([database.close(), reading.close()]);
    },
  };
};

/** The store on a database, with what stands at the door of a server: a batch in one go. What is stored is dated by `clock`. */
export const openPostgresOn = (url: string, clock: Clock, connections = connectionsTo(url)) => {
  const { database, reading } = connections;
  const batches = new BatchCommit(database, { clock });
  const accounts = new AccountWriter(database, { clock });
  return {
    database,
    queries: openPostgresQueries(reading, clock),
    /** Lane by lane in the order of arrival, so that a test's batch means what it says. */
    async commit(batch: readonly WriteMessage[]): Promise<readonly WriteOutcome[]> {
      const outcomes: WriteOutcome[] = [];
      for (let at = 0; at < batch.length;) {
        const inBatches = isBatched(batch[at]?.type ?? 'probe');
        const ends = batch.findIndex(({ type }, n) => n > at && isBatched(type) !== inBatches);
        const run = batch.slice(at, ends === -1 ? undefined : ends);
        outcomes.push(
          ...(inBatches
            ? await batches.commit(run as BatchedWrite[])
            : await accounts.commit(run as AccountWriteMessage[])),
        );
        at += run.length;
      }
      return outcomes;
    },
    close: () => connections.close(),
  };
};
