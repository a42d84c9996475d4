import { systemClock } from '../../runtime/clock.ts';
import type { Clock } from '../../runtime/clock.ts';
import { checkVersion } from './migrate.ts';
import { openReadOnly } from './open.ts';
import type { Db } from './open.ts';
import { cannotRead, damagedHere } from '../read-fault.ts';
import { isDamage, isOutsideFault, sqliteCode, StoreError } from '../store-error.ts';
import type { Queries, QueryName, Reads } from '../reads.ts';
import { ReadConnection } from './transactions.ts';
import type { ReadStatements } from './transactions.ts';
import { accountQueries } from './queries/accounts.ts';
import { administrationQueries } from './queries/administration.ts';
import { attachmentQueries } from './queries/attachments.ts';
import { blockQueries } from './queries/blocks.ts';
import { conversationQueries } from './queries/conversations.ts';
import { logQueries } from './queries/log.ts';
import { messageQueries } from './queries/messages.ts';
import { retentionQueries } from './queries/retention.ts';
import { searchQueries } from './queries/search.ts';
import { sessionQueries } from './queries/sessions.ts';
import { presenceQueries } from './queries/presence.ts';
import { pushQueries } from './queries/push.ts';
import { queryDeps } from './queries/snapshot-queries.ts';
import type { QueryDeps, SnapshotQueries } from './queries/snapshot-queries.ts';
import { undeliveredQuery } from './queries/undelivered.ts';
import { userQueries } from './queries/users.ts';

/** Answers at once. */
export type OpenReads = Reads & { close(): void };
export type OpenQueries = Queries & { close(): void };

export interface QueryOptions {
  readonly clock?: Clock;
  /** Makes the connection, at the start and in place of one that is lost. */
  readonly open?: (dataDirOrFile: string) => Db;
  /** The connection could run no further query and was replaced; `cause` is what the failed query threw. */
  readonly onReplaced?: (cause: unknown) => void;
  /** A query met a fault of the disk, the memory or the file; `code` is SQLite's. */
  readonly onFault?: (code: string) => void;
}

/** The read-only connection of one thread. Each query sees one moment of the store: the last commit before it began. Throws
 *  `unavailable` if the disk cannot be read, `internal` if the file is damaged. If a query leaves the connection unusable, the
 *  next query gets a new connection [P8].
 *  @throws StoreError `missing`, `damaged`, `foreign`, `newer` */
export const openReads = (
  dataDirOrFile: string,
  { clock = systemClock, open = openReadOnly, onReplaced, onFault }: QueryOptions = {},
): OpenReads => {
  const makeReader = (): Reader => readerOn(open(dataDirOrFile), clock);
  let reader = makeReader();

  /** Whether the connection still answers; replaces it when it does not. */
  const isReplaced = (cause: unknown): boolean => {
    if (reader.isUsable()) return false;
    const fresh = makeReader();
    reader.close();
    reader = fresh;
    onReplaced?.(cause);
    return true;
  };
  const guarded =
    (name: QueryName): AnyQuery =>
    (...args) => {
      const query = (): unknown => (reader.queries[name] as AnyQuery)(...args);
      try {
        return query();
      } catch (error) {
        // A query only reads, so if an earlier one had left the connection unusable, it can simply run again.
        try {
          if (isReplaced(error)) return query();
        } catch (again) {
          // Where the disk fails, no new connection can be made either: the first fault says why.
          throw answerable(again instanceof StoreError ? error : again, onFault);
        }
        throw answerable(error, onFault);
      }
    };
  const names = Object.keys(reader.queries) as QueryName[];
  const all = Object.fromEntries(names.map((name) => [name, guarded(name)])) as unknown as Reads;
  return {
    ...all,
    close() {
      reader.close();
    },
  };
};

/** The same for those who do not know which store answers. */
export const openQueries = (dataDirOrFile: string, options?: QueryOptions): OpenQueries => {
  const reads = openReads(dataDirOrFile, options);
  return {
    ...asQueries(reads),
    close() {
      reads.close();
    },
  };
};

/** Makes promises of answers that are there at once. */
export const asQueries = (reads: Reads): Queries => {
  const promising =
    (name: QueryName) =>
    // Not an async function: that would hand the answer on a turn later.
    (...args: readonly unknown[]): Promise<unknown> =>
      new Promise((resolve) => {
        resolve((reads[name] as AnyQuery)(...args));
      });
  const names = Object.keys(reads).filter((name) => name !== 'close') as QueryName[];
  return Object.fromEntries(names.map((name) => [name, promising(name)])) as unknown as Queries;
};

interface Reader {
  readonly queries: Reads;
  isUsable(): boolean;
  close(): void;
}

const readerOn = (db: Db, clock: Clock): Reader => {
  try {
    checkVersion(db);
    const connection = new ReadConnection(db);
    return {
      queries: inSnapshots(connection, queriesOn(connection, clock)),
      isUsable: () => connection.isUsable(),
      close() {
        try {
          db.close();
        } catch {
          // A connection that stays busy cannot be closed. It is closed when the process ends.
        }
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
};

/** All queries of the contract, with their statements prepared on one connection. */
export const queriesOn = (statements: ReadStatements, clock: Clock): SnapshotQueries => {
  const deps = queryDeps(statements, clock);
  return {
    ...accountQueries(deps),
    ...sessionQueries(deps),
    ...userQueries(deps),
    ...presenceQueries(deps),
    ...blockQueries(deps),
    ...pushQueries(deps),
    ...conversationQueries(deps),
    ...messageQueries(deps),
    ...attachmentQueries(deps),
    ...retentionQueries(deps),
    ...logQueries(deps),
    ...undeliveredQuery(deps),
    ...searchQueries(deps),
    ...administrationQueries(deps),
    ...probeQuery(deps),
  };
};

/** For readiness: reads the value that the writer's probe changes. */
const probeQuery = ({ db }: QueryDeps): Pick<SnapshotQueries, 'probe'> => {
  const probe = db.read<[], number>(`SELECT value FROM meta WHERE key = 'probe'`).pluck();
  return { probe: (rx) => rx.get(probe) ?? 0 };
};

/** Queries of one statement. They are asked for with every request and every connection, and beginning and ending a snapshot takes as
 *  long as they do. */
const SINGLE: ReadonlySet<string> = new Set<QueryName>(['session', 'sessionHead', 'history']);

/** Each query in a snapshot of its own, which ends with the query. */
const inSnapshots = (connection: ReadConnection, queries: SnapshotQueries): Reads => {
  const whole = ([name, query]: [string, unknown]): [string, AnyQuery] => [
    name,
    SINGLE.has(name)
      ? (...args) => connection.single((rx) => (query as AnyQuery)(rx, ...args))
      : (...args) => connection.snapshot((rx) => (query as AnyQuery)(rx, ...args)),
  ];
  // The names and types stay as they are, which entries of an object cannot show the compiler.
  return Object.fromEntries(Object.entries(queries).map(whole)) as unknown as Reads;
};

type AnyQuery = (...args: readonly unknown[]) => unknown;

/** The error with which a fault of the disk or the file, not of the query, is answered. */
const answerable = (error: unknown, onFault?: (code: string) => void): unknown => {
  if (!isOutsideFault(error)) return error;
  onFault?.(sqliteCode(error));
  return isDamage(error) ? damagedHere(error) : cannotRead(error);
};
