import { systemClock, type Clock } from '../../runtime/clock.ts';
import { answerable } from '../postgres/answerable.ts';
import type { OnDatabaseCount } from '../postgres/connection-pool.ts';
import { DatabaseClock } from '../postgres/database-clock.ts';
import { openDatabase } from '../postgres/database.ts';
import { openPostgresQueries } from '../postgres/queries.ts';
import type { Queries, Reads } from '../reads.ts';
import { asQueries, openReads } from '../sqlite/queries.ts';
import type { StoreLocation } from './location.ts';

export interface StoreQueriesOptions {
  /** With PostgreSQL: how many connections this thread may have. */
  readonly connections: number;
  /** A connection could run no further query and was replaced; `cause` is what the failed query threw. */
  readonly onReplaced?: (cause: unknown) => void;
  /** A query met a fault of the disk, the file, the database or the way there; `code` is the database's. */
  readonly onFault?: (code: string) => void;
  /** With PostgreSQL: see `DatabaseCount`. */
  readonly onCount?: OnDatabaseCount;
}

export interface StoreQueries {
  readonly queries: Queries;
  /** The same, from a store that answers at once; null if it is behind a network. */
  readonly now: Reads | null;
  /** `off`: this host's clock is too far from the database's to serve. */
  readonly clockCheck: () => 'ok' | 'off';
  close(): void;
}

/** This thread's clock: the machine's, or with PostgreSQL the database's. */
export const storeClock = (location: StoreLocation): Clock =>
  location.kind === 'sqlite' ? systemClock : new DatabaseClock(systemClock, location.clockOffsetMs);

/** The queries of one thread, with `clock` from `storeClock`.
 *  @throws StoreError, with SQLite; PostgreSQL is connected to with the first query */
export const openStoreQueries = (
  location: StoreLocation,
  clock: Clock,
  { connections, onReplaced, onFault, onCount }: StoreQueriesOptions,
): StoreQueries => {
  if (location.kind === 'sqlite') {
    const now = openReads(location.dataDir, {
      clock,
      ...(onReplaced && { onReplaced }),
      ...(onFault && { onFault }),
    });
    return {
      queries: asQueries(now),
      now,
      clockCheck: () => 'ok',
      close() {
        now.close();
      },
    };
  }
  const database = openDatabase({
    connection: location.connection,
    purpose: 'read',
    connections,
    clock: systemClock,
    ...(onCount && { onCount }),
  });
  if (clock instanceof DatabaseClock) void clock.follow(database);
  return {
    queries: answerable(openPostgresQueries(database, clock), onFault),
    now: null,
    clockCheck: () => (clock instanceof DatabaseClock && !clock.isNear ? 'off' : 'ok'),
    close() {
      if (clock instanceof DatabaseClock) clock.stop();
      void database.close();
    },
  };
};
