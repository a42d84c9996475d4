import { ParleyError } from '../protocol/errors.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Clock } from '../runtime/clock.ts';
import { checkVersion } from './migrate.ts';
import { openReadOnly } from './open.ts';
import type { Connection } from './open.ts';
import { isDamage, isOutsideFault, sqliteCode, StoreError } from './store-error.ts';
import type { Queries, QueryName } from './store.ts';
import { accountQueries } from './queries/accounts.ts';
import { Chains } from './queries/chains.ts';
import { conversationQueries } from './queries/conversations.ts';
import { logQueries } from './queries/log.ts';
import { messageQueries } from './queries/messages.ts';
import { peopleQueries } from './queries/people.ts';
import { Rows } from './queries/rows.ts';
import { searchQueries } from './queries/search.ts';

export type OpenQueries = Queries & { close(): void };

export interface QueryOptions {
  readonly clock?: Clock;
  /** Makes the connection, at the start and in place of one that is lost. */
  readonly open?: (dataDirOrFile: string) => Connection;
  /** The connection could run no further query and was replaced; `cause` is what the failed query threw. */
  readonly onReplaced?: (cause: unknown) => void;
  /** A query met a fault of the disk, the memory or the file; `code` is SQLite's. */
  readonly onFault?: (code: string) => void;
}

/** A thread's own read-only connection. Each query sees one moment of the store: the last commit before it began. Where the disk can't
 *  be read it throws `unavailable`, where the file is damaged `internal`. A query that leaves the connection unusable costs nobody else's: the next one gets a new
 *  connection. [P8]
 *  @throws StoreError `missing`, `damaged`, `foreign`, `newer` */
export const openQueries = (
  dataDirOrFile: string,
  { clock = systemClock, open = openReadOnly, onReplaced, onFault }: QueryOptions = {},
): OpenQueries => {
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
        // Queries only read, so one that met a connection which an earlier query had left unusable is simply run again.
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
  const all = Object.fromEntries(names.map((name) => [name, guarded(name)])) as unknown as Queries;
  return {
    ...all,
    close() {
      reader.close();
    },
  };
};

interface Reader {
  readonly queries: Queries;
  isUsable(): boolean;
  close(): void;
}

const readerOn = (db: Connection, clock: Clock): Reader => {
  try {
    checkVersion(db);
    const begin = db.prepare('BEGIN');
    const end = db.prepare('COMMIT');
    return {
      queries: snapshots(db, queriesOn(db, clock)),
      isUsable() {
        try {
          if (db.inTransaction) return false;
          begin.run();
          end.run();
          return true;
        } catch {
          return false;
        }
      },
      close() {
        try {
          db.close();
        } catch {
          // A connection that is busy for ever can't be closed; the process's end closes it.
        }
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
};

/** The queries on a given connection, each statement on its own: for the writer, inside its transaction. */
export const queriesOn = (db: Connection, clock: Clock): Queries => {
  const rows = new Rows(db, clock);
  const chains = new Chains(db, rows);
  return {
    ...accountQueries(db, rows, clock),
    ...peopleQueries(db, rows),
    ...conversationQueries(db, rows),
    ...messageQueries(rows, chains),
    ...logQueries(db, rows, chains),
    ...searchQueries(db, rows, chains),
    ...probeQuery(db),
  };
};

/** For readiness: reads the value that the writer's probe changes. */
const probeQuery = (db: Connection): Pick<Queries, 'probe'> => {
  const probe = db.prepare<[], number>(`SELECT value FROM meta WHERE key = 'probe'`).pluck();
  return { probe: () => probe.get() ?? 0 };
};

/** Puts each query of several statements into a read transaction, so that a commit in between can't tear its answer. The
 *  transaction ends with the query: a long reader would keep the writer from resetting its log. */
const snapshots = (db: Connection, queries: Queries): Queries => {
  const begin = db.prepare('BEGIN');
  const end = db.prepare('COMMIT');
  const whole =
    <Q extends QueryName>(name: Q) =>
    (...args: Parameters<Queries[Q]>): ReturnType<Queries[Q]> => {
      const query = queries[name] as (...given: Parameters<Queries[Q]>) => ReturnType<Queries[Q]>;
      begin.run();
      try {
        return query(...args);
      } finally {
        end.run();
      }
    };
  return {
    ...queries,
    pair: whole('pair'),
    conversationState: whole('conversationState'),
    messageLocation: whole('messageLocation'),
    me: whole('me'),
    user: whole('user'),
    users: whole('users'),
    presenceOf: whole('presenceOf'),
    conversation: whole('conversation'),
    conversations: whole('conversations'),
    messages: whole('messages'),
    search: whole('search'),
    probe: whole('probe'),
    eventsAfter: whole('eventsAfter'),
    undelivered: whole('undelivered'),
  };
};

type AnyQuery = (...args: readonly unknown[]) => unknown;

/** What a fault of disk or file, and not of the query, is answered with. */
const answerable = (error: unknown, onFault?: (code: string) => void): unknown => {
  if (!isOutsideFault(error)) return error;
  onFault?.(sqliteCode(error));
  if (isDamage(error)) {
    const detail =
      'What is stored here is damaged in one place and cannot be read. The operator has been told.';
    return new ParleyError('internal', detail, { cause: error });
  }
  return cannotRead(error);
};

/** The store cannot be read now, and may be later. */
export const cannotRead = (cause: unknown): ParleyError => {
  const detail = 'The server cannot read its store now. Try again shortly.';
  return new ParleyError('unavailable', detail, { retryAfterS: 1, cause });
};
