import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log/log.ts';
import type { CommitStats } from '../outcome.ts';
import type { OnDatabaseCount } from '../postgres/connection-pool.ts';
import { PostgresWriter } from '../postgres/postgres-writer.ts';
import type { CopiedDatabase } from '../sqlite/copy-database.ts';
import { Maintenance } from '../sqlite/maintenance.ts';
import { openWriter } from '../sqlite/open-writer.ts';
import { StoreError } from '../store-error.ts';
import type { BatchStore } from '../write-queue.ts';
import type { StoreLocation } from './location.ts';

export interface StoreWriterOptions {
  /** From `storeClock`. */
  readonly clock: Clock;
  /** See `WriterOptions`. */
  readonly resetPresence: boolean;
  readonly sessionTtlMs: number;
  readonly onCommit: (stats: CommitStats) => void;
  /** With PostgreSQL: see `DatabaseCount`. */
  readonly onCount: OnDatabaseCount;
  /** With PostgreSQL: the logs of these users may have grown, and nobody was told. */
  readonly onUnannounced: (userIds: readonly string[] | 'all') => void;
  readonly log: Logger;
}

/** The writing side of the store, on the writer's thread. */
export interface OpenStoreWriter extends BatchStore {
  /** Begins background work. `queue`: the writes that wait. */
  start(queue: { readonly size: number }): void;
  /** Copies the database into a file while it is written to. Rejects with a StoreError if this store cannot. */
  copyTo(path: string): Promise<CopiedDatabase>;
  cancelCopy(): void;
  /** Ends background work and closes the connections. */
  close(): Promise<void>;
}

/** @throws StoreError, DatabaseError */
export const openStoreWriter = (
  location: StoreLocation,
  options: StoreWriterOptions,
): Promise<OpenStoreWriter> =>
  location.kind === 'sqlite' ? openSqlite(location.dataDir, options) : openPostgres(location, options);

const openSqlite = (dataDir: string, options: StoreWriterOptions): Promise<OpenStoreWriter> => {
  const { clock, log } = options;
  const store = openWriter(dataDir, {
    ...options,
    onThorough: (found) => {
      log.warn({ found }, 'store.check');
    },
  });
  let maintenance: Maintenance | undefined;
  return Promise.resolve({
    commit: (batch, watch) => store.commit(batch, watch),
    start(queue) {
      maintenance = new Maintenance(store, queue, clock, log);
      maintenance.start();
    },
    copyTo: (path) => store.copyTo(path),
    cancelCopy() {
      store.cancelCopy();
    },
    close() {
      maintenance?.stop();
      store.close();
      return Promise.resolve();
    },
  });
};

const openPostgres = async (
  { connection }: Extract<StoreLocation, { kind: 'postgres' }>,
  options: StoreWriterOptions,
): Promise<OpenStoreWriter> => {
  const writer = await PostgresWriter.open({ connection, ...options });
  return {
    commit: (batch, watch) => writer.commit(batch, watch),
    laneOf: (type) => writer.laneOf(type),
    start() {
      writer.start();
    },
    copyTo: () =>
      Promise.reject(
        new StoreError('elsewhere', 'the data are in PostgreSQL: back them up with its own tools'),
      ),
    cancelCopy: () => undefined,
    close: () => writer.close(),
  };
};
