import { ConnectionPool, type DatabaseOptions, type DatabaseStats } from './connection-pool.ts';
import { databaseCode, DatabaseError, isLocked, isRetried } from './database-error.ts';
import type { Database } from './sql.ts';
import { inSnapshot, inTransaction } from './transaction.ts';

const RETRIES = 3;

export interface MeasuredDatabase extends Database {
  readonly stats: DatabaseStats;
}

/** Opens no connection yet: the first question does. All that fails is a `DatabaseError`, except what the caller's own `work`
 *  throws. */
export const openDatabase = (options: DatabaseOptions): MeasuredDatabase => {
  const pool = new ConnectionPool(options);
  return {
    get stats() {
      return pool.stats;
    },
    async query(statement, values) {
      const connection = await pool.acquire();
      try {
        const { rows } = await connection.send(statement, values);
        return rows as never;
      } finally {
        pool.release(connection);
      }
    },
    async snapshot(work) {
      const connection = await pool.acquire();
      return await inSnapshot(connection, work, () => {
        pool.release(connection);
      });
    },
    async transaction(work, { waitsOnce = false } = {}) {
      for (let tries = 0; ; tries += 1) {
        const connection = await pool.acquire();
        try {
          return await inTransaction(connection, work);
        } catch (error) {
          if (error instanceof DatabaseError && error.kind === 'unknown-outcome')
            options.onCount?.('unknown_outcomes', 1);
          if (tries === RETRIES || !mayBeRetried(error) || (waitsOnce && isLocked(error))) throw error;
          options.onCount?.(`retries:${databaseCode(error)}`, 1);
        } finally {
          pool.release(connection);
        }
      }
    },
    close: () => pool.close(),
  };
};

const mayBeRetried = (error: unknown): boolean =>
  error instanceof DatabaseError && error.kind !== 'unknown-outcome' && isRetried(error.code);
