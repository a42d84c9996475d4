import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log/log.ts';
import { Pool, type PoolOptions } from '../runtime/threads/pool.ts';
import type { HelperData } from './actor-registry.ts';

const READ_DEADLINE_MS = 9_500;
/** Two, so that one slow read does not delay all others. */
const READING_THREADS = 2;

export interface HelperPoolOptions extends Pick<HelperData, 'store'> {
  /** Of the thread's entry point. */
  readonly filename: string;
  /** With a store behind a network: how many connections all reading threads have together. */
  readonly readingConnections: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onCounted: (name: string) => void;
}

/** The pools for work that is too long for a thread that serves users: password hashes, and reads. */
export const openHelperPools = ({
  filename,
  store,
  readingConnections,
  ...options
}: HelperPoolOptions): { readonly hashing: Pool; readonly reading: Pool } => {
  const connections = Math.max(1, Math.ceil(readingConnections / READING_THREADS));
  const pool = (own: Omit<PoolOptions, 'data' | keyof typeof options>): Pool =>
    new Pool(filename, { ...options, ...own, data: { store, connections } satisfies HelperData });
  return {
    hashing: pool({ threads: 1, maxQueue: 256 }),
    reading: pool({
      threads: READING_THREADS,
      // SQLite computes in the thread itself. For PostgreSQL the thread waits.
      ...(store.kind === 'sqlite' ? {} : { waitingTasksPerThread: connections }),
      maxQueue: 4096,
      maxQueuePerKey: 64,
      // A little before the asker gives up, so that nothing is asked again while it still runs.
      deadlineMs: READ_DEADLINE_MS,
    }),
  };
};
