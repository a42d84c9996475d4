import { systemClock } from '../../server/runtime/clock.ts';
import type { WriteOutcome } from '../../server/storage/outcome.ts';
import { BatchCommit } from '../../server/storage/postgres/batch/batch-commit.ts';
import { isBatched, type BatchedWrite } from '../../server/storage/postgres/batch/batched-write.ts';
import { openDatabase } from '../../server/storage/postgres/database.ts';
import { openPostgresQueries } from '../../server/storage/postgres/queries.ts';
import { indexSome } from '../../server/storage/postgres/search/indexer.ts';
import { AccountWriter } from '../../server/storage/postgres/writes/account-writer.ts';
import type { AccountWriteMessage } from '../../server/storage/postgres/writes/account-write.ts';
import { resetPresence } from '../../server/storage/postgres/at-writer-start.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import { freshDatabase, optionsOf } from '../support/postgres.ts';
import type { Scope } from '../support/temp-dir.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import type { StoreUnderTest } from './stage.ts';

const openOn = (url: string, clock: ManualClock) => {
  const connection = optionsOf(url);
  // Timeouts are real, and what is stored is dated by the test's clock.
  const database = openDatabase({ connection, purpose: 'write', connections: 4, clock: systemClock });
  const reading = openDatabase({ connection, purpose: 'read', connections: 2, clock: systemClock });
  return {
    database,
    batches: new BatchCommit(database, { clock }),
    accounts: new AccountWriter(database, { clock }),
    queries: openPostgresQueries(reading, clock),
    async close() {
      await Promise.all([database.close(), reading.close()]);
    },
  };
};

/** Parley's PostgreSQL store in a database of its own. */
export const postgresStore = async (
  scope: Scope,
  clock: ManualClock,
): Promise<StoreUnderTest & { readonly url: string }> => {
  const url = await freshDatabase(scope);
  let opened = openOn(url, clock);
  scope.after(() => opened.close());

  /** Lane by lane in the order of arrival, so that a test's batch means what it says. */
  const commit = async (batch: readonly WriteMessage[]): Promise<readonly WriteOutcome[]> => {
    const outcomes: WriteOutcome[] = [];
    for (let at = 0; at < batch.length;) {
      const inBatches = isBatched(batch[at]?.type ?? 'probe');
      const ends = batch.findIndex(({ type }, n) => n > at && isBatched(type) !== inBatches);
      const run = batch.slice(at, ends === -1 ? undefined : ends);
      outcomes.push(
        ...(inBatches
          ? await opened.batches.commit(run as BatchedWrite[])
          : await opened.accounts.commit(run as AccountWriteMessage[])),
      );
      at += run.length;
    }
    return outcomes;
  };
  /** Until the answer is that nothing is left. */
  const repeat = async (write: WriteMessage, isLeft: (result: object) => boolean): Promise<void> => {
    for (;;) {
      const [outcome] = await commit([write]);
      if (outcome?.ok !== true) throw new Error(`${write.type}: ${JSON.stringify(outcome)}`);
      if (!isLeft(outcome.result)) return;
    }
  };
  return {
    url,
    commit,
    get queries() {
      return opened.queries;
    },
    async settle() {
      while (await indexSome(opened.database));
      const deletions: WriteMessage = { type: 'continueDeletions', input: { rows: 100 } };
      await repeat(deletions, (result) => 'left' in result && result.left !== 'none');
      const prune: WriteMessage = { type: 'prune', input: { budget: 1_000 } };
      await repeat(prune, (result) => 'more' in result && result.more === true);
    },
    async restart() {
      await opened.close();
      opened = openOn(url, clock);
      await resetPresence(opened.database);
    },
  };
};
