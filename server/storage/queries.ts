import { ParleyError } from '../protocol/errors.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Clock } from '../runtime/clock.ts';
import { checkVersion } from './migrate.ts';
import { openReadOnly } from './open.ts';
import type { Connection } from './open.ts';
import { isOutsideFault } from './store-error.ts';
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

/** A thread's own read-only connection. Each query sees one moment of the store: the last commit before it began. Where the disk can't
 *  be read it throws `unavailable`.
 *  @throws StoreError `missing`, `damaged`, `foreign`, `newer` */
export const openQueries = (dataDirOrFile: string, clock: Clock = systemClock): OpenQueries => {
  const db = openReadOnly(dataDirOrFile);
  try {
    checkVersion(db);
    const queries = snapshots(db, queriesOn(db, clock));
    return {
      ...answering(queries),
      close() {
        db.close();
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
  };
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
    messagePlace: whole('messagePlace'),
    me: whole('me'),
    user: whole('user'),
    users: whole('users'),
    presenceOf: whole('presenceOf'),
    conversation: whole('conversation'),
    conversations: whole('conversations'),
    messages: whole('messages'),
    search: whole('search'),
    eventsAfter: whole('eventsAfter'),
    undelivered: whole('undelivered'),
  };
};

type AnyQuery = (...args: readonly unknown[]) => unknown;

/** Says `unavailable` where disk or file are at fault, and not the query. */
const answering = (queries: Queries): Queries => {
  const guarded = Object.entries(queries as unknown as Record<QueryName, AnyQuery>).map(
    ([name, query]): [string, AnyQuery] => [
      name,
      (...args) => {
        try {
          return query(...args);
        } catch (error) {
          if (!isOutsideFault(error)) throw error;
          const detail = 'The server cannot read its store now. Try again shortly.';
          throw new ParleyError('unavailable', detail, { retryAfterS: 1, cause: error });
        }
      },
    ],
  );
  return Object.fromEntries(guarded) as unknown as Queries;
};
