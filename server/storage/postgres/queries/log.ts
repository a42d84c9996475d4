import type { AskedLog, LogPage, Queries } from '../../reads.ts';
import { PAGE_MAX } from '../../../protocol/limits.ts';
import { otherEvent, replayedMessage } from '../../presenting/log-events.ts';
import { Presenters } from '../../presenting/presenters.ts';
import { KIND } from '../../rules/event-kinds.ts';
import type { Kind } from '../../rules/event-kinds.ts';
import { statement, type Sql } from '../sql.ts';
import { LoadedRows, userColumns, type UserTuple } from './loaded-rows.ts';
import type { PostgresQueryDeps } from './query-deps.ts';
import { loadConversations } from './shown-conversations.ts';

type LogQueries = Pick<Queries, 'history' | 'headCursor' | 'messageCursor' | 'eventsAfter' | 'logs'>;

const HISTORY = statement<[history: string]>('history', 'SELECT history FROM meta');
const HEAD = statement<[cursor: number]>(
  'head_cursor',
  'SELECT h.cursor FROM users u JOIN heads h ON h.user_row = u.row WHERE u.id = $1',
);
const MESSAGE_CURSOR = statement<[cursor: number | null]>(
  'message_cursor',
  `SELECT CASE u.row WHEN m.sender THEN m.sender_cursor WHEN m.recipient THEN m.recipient_cursor END
   FROM users u JOIN (
     SELECT sender, recipient, sender_cursor, recipient_cursor FROM messages WHERE id = $2
     UNION ALL SELECT r.sender, c.low + c.high - r.sender, r.sender_cursor, r.recipient_cursor
     FROM removed_messages r JOIN conversations c ON c.row = r.conversation WHERE r.id = $2
   ) m ON true WHERE u.id = $1`,
);

/** `kind` of a message, which has none. */
const MESSAGE = 0;
/** One half of the messages in a log. */
const half = (column: 'sender' | 'recipient'): string => `
  (SELECT m.${column}_cursor AS cursor, ${String(MESSAGE)} AS kind, m.sent_at AS at, m.conversation AS subject,
     m.seq, m.id, m.sender, m.recipient, m.content
   FROM messages m WHERE m.${column} = u.row AND m.${column}_cursor > asked.after
   ORDER BY m.${column}_cursor LIMIT $3)`;
const RECEIPTS = `${String(KIND.delivered)}, ${String(KIND.read)}`;

type LogTuple = readonly [
  asked: number,
  user: number,
  head: number,
  cursor: number | null,
  kind: Kind | typeof MESSAGE,
  at: number,
  subject: number,
  seq: number,
  /** Of the message itself, or of the one that a receipt is about. */
  id: string | null,
  sender: number,
  recipient: number,
  content: string,
];
/** A row for each event; one without an event for a user who has none there. */
const LOGS = statement<LogTuple>(
  'logs',
  `SELECT asked.n, u.row, h.cursor, logged.* FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS asked (id, after, n)
   JOIN users u ON u.id = asked.id JOIN heads h ON h.user_row = u.row
   LEFT JOIN LATERAL (
     SELECT * FROM (${half('sender')} UNION ALL ${half('recipient')} UNION ALL
       (SELECT e.cursor, e.kind, e.at, e.subject, e.seq, m.id, 0, 0, ''
        FROM (SELECT * FROM events WHERE user_row = u.row AND cursor > asked.after ORDER BY cursor LIMIT $3) e
        LEFT JOIN messages m ON e.kind IN (${RECEIPTS}) AND m.conversation = e.subject AND m.seq = e.seq)
     ) each ORDER BY cursor LIMIT $3
   ) logged ON asked.after < h.cursor
   ORDER BY asked.n, logged.cursor`,
);
const USERS = statement<UserTuple>(
  'users_at',
  `SELECT ${userColumns('u', 'p')} FROM users u LEFT JOIN user_presence p ON p.user_row = u.row
   WHERE u.row = ANY($1::bigint[])`,
);

/** Event logs: what a user has not seen yet, in the order of their cursor. [P4] */
export const logQueries = ({ database, clock }: PostgresQueryDeps): LogQueries => {
  const logs: LogQueries['logs'] = (asked, limit) =>
    database.snapshot((sql) => logsIn(sql, asked, limit, clock.now()));
  return {
    async history() {
      const [found] = await database.query(HISTORY);
      return found?.[0] ?? '';
    },
    async headCursor(userId) {
      const [found] = await database.query(HEAD, [userId]);
      return found?.[0] ?? 0;
    },
    async messageCursor(userId, messageId) {
      const [found] = await database.query(MESSAGE_CURSOR, [userId, messageId]);
      return found?.[0] ?? null;
    },
    async eventsAfter(userId, cursor, limit) {
      const [page = NO_LOG] = await logs([{ userId, after: cursor }], limit);
      return page;
    },
    logs,
  };
};

/** `logs` within a transaction, which may have written what is asked for. */
export const logsIn = async (
  sql: Pick<Sql, 'query'>,
  asked: readonly AskedLog[],
  limit: number,
  now: number,
): Promise<readonly LogPage[]> => {
  const span = Math.min(limit, PAGE_MAX * 5);
  const ids = asked.map(({ userId }) => userId);
  const found = await sql.query(LOGS, [ids, asked.map(({ after }) => after), span]);
  const rows = await rowsOf(sql, found, now);
  const pages = asked.map((): LogTuple[] => []);
  for (const each of found) pages[each[0] - 1]?.push(each);
  return pages.map((page) => toPage(page, rows, span));
};

const NO_LOG: LogPage = { events: [], cursor: 0, more: false };

const isMessage = ([, , , , kind]: LogTuple): boolean => kind === MESSAGE;
const isOf = ([, , , cursor, kind]: LogTuple, ...kinds: readonly Kind[]): boolean =>
  cursor !== null && kind !== MESSAGE && kinds.includes(kind);

/** All that the events show, in one more exchange with the database. */
const rowsOf = async (
  sql: Pick<Sql, 'query'>,
  found: readonly LogTuple[],
  now: number,
): Promise<LoadedRows> => {
  const rows = new LoadedRows(now);
  const subjects = (which: (each: LogTuple) => boolean): Set<number> =>
    new Set(found.filter(which).map(([, , , , , , subject]) => subject));
  const ofMessages = subjects((each) => isMessage(each) || isOf(each, KIND.delivered, KIND.read));
  const shown = subjects((each) => isOf(each, KIND.conversationCreated, KIND.conversationDeleted));
  const users = subjects((each) => isOf(each, KIND.userDeleted));
  const loading = loadConversations(sql, rows, ofMessages, shown);
  if (users.size > 0) for (const raw of await sql.query(USERS, [[...users]])) rows.addUser(raw);
  await loading;
  return rows;
};

/** One user's page. `found`: at least one row if there is such a user. */
const toPage = (found: readonly LogTuple[], rows: LoadedRows, span: number): LogPage => {
  const [first] = found;
  if (first === undefined) return NO_LOG;
  const [, user, head] = first;
  const events = found.filter(([, , , cursor]) => cursor !== null);
  const presenters = new Presenters(rows, user);
  const upTo = events.length < span ? head : (events.at(-1)?.[3] ?? head);
  const shown = events
    .map((each) => replayed(each, rows, presenters))
    // The only place where a replay leaves out what is about a message that is gone.
    .filter(({ about }) => about === null || !presenters.isGone(about))
    .map(({ event }) => event);
  return { events: shown, cursor: upTo, more: upTo < head };
};

const replayed = (
  [, , , place, kind, at, subject, seq, id, sender, recipient, content]: LogTuple,
  rows: LoadedRows,
  presenters: Presenters,
) => {
  const cursor = place ?? 0;
  const message = () => {
    if (id === null) throw new Error(`no message ${String(seq)} in conversation ${String(subject)}`);
    return { id, conversation: subject, seq };
  };
  return kind === MESSAGE
    ? replayedMessage(presenters, { ...message(), place: cursor, sender, recipient, sentAt: at, content })
    : otherEvent(rows, presenters, { cursor, kind, at, subject }, message);
};
