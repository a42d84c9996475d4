import type { AskedLog, LogPage, Queries } from '../../reads.ts';
import { PAGE_MAX } from '../../../protocol/limits.ts';
import { otherEvent, replayedMessages } from '../../presenting/log-events.ts';
import type { PlacedMessage } from '../../presenting/presented-rows.ts';
import { Presenters } from '../../presenting/presenters.ts';
import { reactionRanges } from '../../presenting/reaction-ranges.ts';
import { KIND } from '../../rules/event-kinds.ts';
import type { Kind } from '../../rules/event-kinds.ts';
import { statement, type Sql } from '../sql.ts';
import { LoadedRows, repliedTo, userColumns, type UserTuple } from './loaded-rows.ts';
import type { PostgresQueryDeps } from './query-deps.ts';
import { loadReactions } from './reactions.ts';
import { loadAttachments } from './shown-attachments.ts';
import { loadConversations } from './shown-conversations.ts';
import { SEEN_USER, SEEN_USER_JOINS, type SeenUserTuple } from './users.ts';

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
     m.seq, m.id, m.sender, m.recipient, m.content, m.reply_to, m.reply_seq,
     m.attachments IS NOT NULL
   FROM messages m WHERE m.${column} = u.row AND m.${column}_cursor > asked.after
   ORDER BY m.${column}_cursor LIMIT $3)`;
/** Kinds of events about a message. */
const ABOUT_MESSAGES = [KIND.delivered, KIND.read, KIND.reaction].join(', ');

type LogTuple = readonly [
  asked: number,
  user: number,
  head: number,
  cursor: number | null,
  kind: Kind | typeof MESSAGE,
  at: number,
  subject: number,
  seq: number,
  /** Of the message itself, or of the one that a receipt or a reaction is about. */
  id: string | null,
  /** Of a reaction: the user who reacted. */
  sender: number,
  recipient: number,
  /** Of a reaction: the emoji, or null. */
  content: string | null,
  replyTo: string | null,
  replySeq: number | null,
  hasAttachments: boolean,
];
/** A row for each event; one without an event for a user who has none there. */
const LOGS = statement<LogTuple>(
  'logs',
  `SELECT asked.n, u.row, h.cursor, logged.* FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS asked (id, after, n)
   JOIN users u ON u.id = asked.id JOIN heads h ON h.user_row = u.row
   LEFT JOIN LATERAL (
     SELECT * FROM (${half('sender')} UNION ALL ${half('recipient')} UNION ALL
       (SELECT e.cursor, e.kind, e.at, coalesce(x.conversation, e.subject), coalesce(x.seq, e.seq), m.id,
          coalesce(x.user_row, 0), 0, x.emoji, NULL, NULL, false
        FROM (SELECT * FROM events WHERE user_row = u.row AND cursor > asked.after ORDER BY cursor LIMIT $3) e
        LEFT JOIN reactions x ON e.kind = ${String(KIND.reaction)} AND x.row = e.subject
        LEFT JOIN messages m ON e.kind IN (${ABOUT_MESSAGES})
          AND m.conversation = coalesce(x.conversation, e.subject) AND m.seq = coalesce(x.seq, e.seq))
     ) each ORDER BY cursor LIMIT $3
   ) logged ON asked.after < h.cursor
   ORDER BY asked.n, logged.cursor`,
);
const USERS = statement<UserTuple>(
  'users_at',
  `SELECT ${userColumns('u', 'p')} FROM users u LEFT JOIN user_presence p ON p.user_row = u.row
   WHERE u.row = ANY($1::bigint[])`,
);

/** Users $2 as their viewers $1 see them. */
const SEEN_USERS = statement<SeenUserTuple>(
  'seen_users_at',
  `SELECT ${SEEN_USER} FROM unnest($1::bigint[], $2::bigint[]) AS asked (viewer, row)
   JOIN users v ON v.row = asked.viewer JOIN users u ON u.row = asked.row ${SEEN_USER_JOINS}`,
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
  const ofMessages = subjects(
    (each) => isMessage(each) || isOf(each, KIND.delivered, KIND.read, KIND.reaction),
  );
  const shown = subjects((each) =>
    isOf(each, KIND.conversationCreated, KIND.conversationDeleted, KIND.conversationUpdated),
  );
  const users = subjects((each) => isOf(each, KIND.userDeleted));
  const changed = found.filter((each) => isOf(each, KIND.userUpdated, KIND.userBlocked, KIND.userUnblocked));
  const messages = found.filter(isMessage).map(([, , , , , , subject, seq, , , , , , , hasAttachments]) => ({
    ...{ conversation: subject, seq, hasAttachments },
  }));
  const loading = Promise.all([
    loadConversations(sql, rows, ofMessages, shown),
    loadReactions(sql, rows, reactionRanges(messages)),
    loadAttachments(sql, rows, messages),
    loadSeenUsers(sql, rows, changed),
  ]);
  if (users.size > 0) for (const raw of await sql.query(USERS, [[...users]])) rows.addUser(raw);
  await loading;
  return rows;
};

/** The users whose profiles have changed, or who are blocked or were, as those see them whose logs say so. */
const loadSeenUsers = async (
  sql: Pick<Sql, 'query'>,
  rows: LoadedRows,
  changed: readonly LogTuple[],
): Promise<void> => {
  if (changed.length === 0) return;
  const viewers = changed.map(([, viewer]) => viewer);
  const subjects = changed.map(([, , , , , , subject]) => subject);
  for (const [viewer, showsPresence, ...raw] of await sql.query(SEEN_USERS, [viewers, subjects])) {
    const { row } = rows.addUser(raw);
    if (showsPresence) rows.addShown(row, viewer);
  }
};

/** One user's page. `found`: at least one row if there is such a user. */
const toPage = (found: readonly LogTuple[], rows: LoadedRows, span: number): LogPage => {
  const [first] = found;
  if (first === undefined) return NO_LOG;
  const [, user, head] = first;
  const events = found.filter(([, , , cursor]) => cursor !== null);
  const presenters = new Presenters(rows, user);
  const upTo = events.length < span ? head : (events.at(-1)?.[3] ?? head);
  const shown = [
    ...replayedMessages(presenters, events.filter(isMessage).map(toPlaced)),
    ...events
      .filter((each) => !isMessage(each))
      .flatMap((each) => replayedEvent(each, rows, presenters) ?? []),
  ]
    // The only place where a replay leaves out what is about a message that is gone.
    .filter(({ about }) => about === null || !presenters.isGone(about))
    .map(({ event }) => event)
    .sort((a, b) => a.cursor - b.cursor);
  return { events: shown, cursor: upTo, more: upTo < head };
};

/** The message that a row is, or is about. */
const messageOf = ([, , , , , , subject, seq, id]: LogTuple) => {
  if (id === null) throw new Error(`no message ${String(seq)} in conversation ${String(subject)}`);
  return { id, conversation: subject, seq };
};

const toPlaced = (each: LogTuple): PlacedMessage => {
  const [, , , place, , at, , , , sender, recipient, content, replyTo, replySeq, hasAttachments] = each;
  const shown = {
    sender,
    recipient,
    sentAt: at,
    content: content ?? '',
    replyTo: repliedTo(replyTo, replySeq),
    hasAttachments,
  };
  return { ...messageOf(each), place: place ?? 0, ...shown };
};

const replayedEvent = (each: LogTuple, rows: LoadedRows, presenters: Presenters) => {
  const [, , , place, kind, at, subject, , , user, , emoji] = each;
  if (kind === MESSAGE) throw new Error('a message is no event');
  return otherEvent(
    rows,
    presenters,
    { cursor: place ?? 0, kind, at, subject },
    {
      receiptMessage: () => messageOf(each),
      reactionChange: () => ({ message: messageOf(each), user, emoji }),
    },
  );
};
