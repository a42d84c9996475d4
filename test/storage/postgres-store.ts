import { indexSome } from '../../server/storage/postgres/search/indexer.ts';
import { resetPresence } from '../../server/storage/postgres/at-writer-start.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import { lasting, ReusedDatabase } from '../support/postgres.ts';
import type { Scope } from '../support/temp-dir.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { connectionsTo, openPostgresOn } from './postgres-on.ts';
import type { StoreUnderTest } from './stage.ts';

/** A database that a store has after the one before it, with its connections: the server spends more on a new one than on a test. */
class Kept {
  readonly database: ReusedDatabase;
  connections: ReturnType<typeof connectionsTo>;

  constructor(database: ReusedDatabase) {
    this.database = database;
    this.connections = connectionsTo(database.url);
    lasting.after(() => this.connections.close());
  }

  async reconnect(): Promise<void> {
    await this.connections.close();
    this.connections = connectionsTo(this.database.url);
  }
}

const idle: Kept[] = [];

/** Parley's PostgreSQL store in a database of its own. */
export const postgresStore = async (
  scope: Scope,
  clock: ManualClock,
): Promise<StoreUnderTest & { readonly url: string }> => {
  const kept = idle.pop() ?? new Kept(await ReusedDatabase.make());
  const { url } = kept.database;
  let opened = openPostgresOn(url, clock, kept.connections);
  scope.after(async () => {
    if (await kept.database.empty('kept')) idle.push(kept);
  });

  const commit = (batch: readonly WriteMessage[]) => opened.commit(batch);
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
      const deletions: WriteMessage = { type: 'continueSteps', input: { rows: 100 } };
      await repeat(deletions, (result) => 'left' in result && result.left !== 'none');
      const prune: WriteMessage = { type: 'prune', input: { budget: 1_000 } };
      await repeat(prune, (result) => 'more' in result && result.more === true);
    },
    async restart() {
      await kept.reconnect();
      opened = openPostgresOn(url, clock, kept.connections);
      await resetPresence(opened.database);
    },
  };
};
