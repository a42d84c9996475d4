import { LOOKED_MAX, LOOKUPS_MAX } from '../../presenting/bounds.ts';
import { messageEvents } from '../../presenting/log-events.ts';
import { Presenters } from '../../presenting/presenters.ts';
import { reactionRanges } from '../../presenting/reaction-ranges.ts';
import { statement, type Sql } from '../sql.ts';
import { LoadedRows, messageColumns, toMessage, type MessageTuple } from './loaded-rows.ts';
import type { Queries } from '../../reads.ts';
import type { PostgresQueryDeps } from './query-deps.ts';
import { loadReactions } from './reactions.ts';
import { loadAttachments } from './shown-attachments.ts';
import { loadConversations } from './shown-conversations.ts';

const HEAD = statement<[user: number, cursor: number]>(
  'undelivered_head',
  'SELECT h.user_row, h.cursor FROM users u JOIN heads h ON h.user_row = u.row WHERE u.id = $1',
);
/** How far the messages to user $1 in `conversations c` are delivered, cleared or removed. */
const POSITION = `greatest(c.low_removed + c.high_removed, CASE WHEN c.low = $1 THEN greatest(c.low_delivered, c.low_cleared)
  ELSE greatest(c.high_delivered, c.high_cleared) END)`;
/** Where the first undelivered message can be: just before the first one of the conversation that is furthest behind. */
const FIRST = statement<[behind: number, before: number | null]>(
  'first_undelivered',
  `SELECT count(*), min(CASE WHEN next.sender = $1 THEN next.sender_cursor ELSE next.recipient_cursor END) - 1
   FROM (
     SELECT c.row, ${POSITION} AS position
     FROM members m JOIN conversations c ON c.row = m.conversation
     WHERE m.user_row = $1 AND CASE WHEN c.low = $1
       THEN c.high_sent > greatest(c.low_delivered_count, c.low_cleared_count, c.high_removed)
       ELSE c.low_sent > greatest(c.high_delivered_count, c.high_cleared_count, c.low_removed) END LIMIT $2
   ) behind JOIN messages next ON next.conversation = behind.row AND next.seq = behind.position + 1`,
);
/** The messages among the next $3 to this user that are neither delivered nor cleared, at most $4. One row without a message if
 *  there are none. */
const NEXT = statement<
  readonly [looked: number, last: number | null, cursor: number | null, ...MessageTuple]
>(
  'undelivered',
  `WITH looked AS MATERIALIZED (
     SELECT conversation, seq, recipient_cursor AS cursor FROM messages
     WHERE recipient = $1 AND recipient_cursor > $2 ORDER BY recipient_cursor LIMIT $3
   ), found AS MATERIALIZED (
     SELECT l.* FROM looked l JOIN conversations c ON c.row = l.conversation
     WHERE l.seq > ${POSITION} ORDER BY l.cursor LIMIT $4
   )
   SELECT total.*, f.cursor, ${messageColumns('m')}
   FROM (SELECT count(*), max(cursor) FROM looked) total LEFT JOIN (
     found f JOIN messages m ON m.conversation = f.conversation AND m.seq = f.seq
   ) ON true ORDER BY f.cursor`,
);

/** Messages that no device of their recipient has acknowledged. [D11] */
export const undeliveredQuery = ({ database, clock }: PostgresQueryDeps): Pick<Queries, 'undelivered'> => ({
  undelivered: (userId, cursor, limit) =>
    database.snapshot(async (sql) => {
      const [user] = await sql.query(HEAD, [userId]);
      if (user === undefined) return { events: [], cursor: 0, more: false };
      const [row, head] = user;
      const from = cursor === 0 ? await firstUndelivered(sql, row, head) : cursor;
      if (from >= head) return { events: [], cursor: head, more: false };
      const next = await sql.query(NEXT, [row, from, LOOKED_MAX, limit]);
      const [[looked, lastLooked] = [0, null]] = next;
      const messages = next.flatMap(([, , place, ...raw]) =>
        place === null ? [] : [{ ...toMessage(raw), place }],
      );
      const rows = new LoadedRows(clock.now());
      const conversations = messages.map(({ conversation }) => conversation);
      await Promise.all([
        loadConversations(sql, rows, conversations),
        loadReactions(sql, rows, reactionRanges(messages)),
        loadAttachments(sql, rows, messages),
      ]);
      const events = messageEvents(new Presenters(rows, row), messages);
      const lastFound = events.at(-1)?.cursor ?? 0;
      const upTo = events.length >= limit ? lastFound : looked >= LOOKED_MAX ? (lastLooked ?? head) : head;
      return { events, cursor: upTo, more: upTo < head };
    }),
});

const firstUndelivered = async (sql: Pick<Sql, 'query'>, user: number, head: number): Promise<number> => {
  const [[behind, before] = [0, null]] = await sql.query(FIRST, [user, LOOKUPS_MAX + 1]);
  return behind > LOOKUPS_MAX ? 0 : Math.min(before ?? head, head);
};
