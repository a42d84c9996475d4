import { KIND } from '../../rules/event-kinds.ts';
import { KINDS_ABOUT_USERS } from '../../transfer/event-names.ts';
import { CHUNK_ROWS } from '../../search/postings.ts';
import { statement, type Sql } from '../sql.ts';

/** What an export does not hold, because it follows from the rest. */

const countsOf = (side: 'low' | 'high', peer: 'low' | 'high'): string => `
  count(*) FILTER (WHERE m.sender = c.${side}) AS ${side}_sent,
  count(*) FILTER (WHERE m.sender = c.${peer} AND m.seq <= c.${side}_delivered) AS ${side}_delivered_count,
  count(*) FILTER (WHERE m.sender = c.${peer} AND m.seq <= c.${side}_read) AS ${side}_read_count,
  count(*) FILTER (WHERE m.sender = c.${peer} AND m.seq <= c.${side}_cleared) AS ${side}_cleared_count,
  max(CASE WHEN m.sender = c.${side} THEN m.sender_cursor ELSE m.recipient_cursor END) AS ${side}_activity`;

const assigned = (side: 'low' | 'high'): string =>
  ['sent', 'delivered_count', 'read_count', 'cleared_count', 'activity']
    .map((column) => `${side}_${column} = t.${side}_${column}`)
    .join(', ');

/** Of the messages, removed ones too: counts, and where each side's log was last touched. */
const COUNTS = statement(
  '',
  `UPDATE conversations c SET last_seq = t.last_seq, ${assigned('low')}, ${assigned('high')}
   FROM (SELECT c.row, max(m.seq) AS last_seq, ${countsOf('low', 'high')}, ${countsOf('high', 'low')}
     FROM (
       SELECT conversation, seq, sender, sender_cursor, recipient_cursor FROM messages
       UNION ALL SELECT conversation, seq, sender, sender_cursor, recipient_cursor FROM removed_messages
     ) m JOIN conversations c ON c.row = m.conversation GROUP BY c.row) t
   WHERE c.row = t.row`,
);

/** The newest event of some kind in a side's own log. `about`: whose message it is about. */
const newest = (side: 'low' | 'high', kind: number, about: 'low' | 'high' | null): string =>
  `max(e.cursor) FILTER (WHERE e.user_row = c.${side} AND e.kind = ${String(kind)}${about === null ? '' : ` AND m.sender = c.${about}`})`;

const eventsOf = (side: 'low' | 'high', peer: 'low' | 'high'): string => `
  ${newest(side, KIND.conversationCreated, null)} AS ${side}_created,
  ${newest(side, KIND.conversationUpdated, null)} AS ${side}_settings,
  ${newest(peer, KIND.delivered, peer)} AS ${side}_delivered,
  ${newest(peer, KIND.read, peer)} AS ${side}_read,
  ${newest(side, KIND.read, peer)} AS ${side}_own_read`;

const noted = (side: 'low' | 'high'): string =>
  `${side}_activity = greatest(c.${side}_activity, coalesce(t.${side}_created, 0)),
   ${side}_delivered_event = coalesce(t.${side}_delivered, 0),
   ${side}_read_event = coalesce(t.${side}_read, 0),
   ${side}_own_read_event = coalesce(t.${side}_own_read, 0),
   ${side}_settings_event = coalesce(t.${side}_settings, 0)`;

/** Of the events: receipts that a later one replaces, and when a list got the conversation. */
const EVENTS = statement(
  '',
  `UPDATE conversations c SET ${noted('low')}, ${noted('high')}
   FROM (SELECT c.row, ${eventsOf('low', 'high')}, ${eventsOf('high', 'low')}
     FROM events e JOIN conversations c ON c.row = e.subject
     LEFT JOIN messages m ON m.conversation = c.row AND m.seq = e.seq
     WHERE e.kind NOT IN (${KINDS_ABOUT_USERS}) GROUP BY c.row) t
   WHERE c.row = t.row`,
);

const CURRENT_REACTIONS = statement(
  '',
  `UPDATE reactions SET is_current = true
   WHERE row IN (SELECT max(row) FROM reactions GROUP BY conversation, seq, user_row)`,
);
/** In the logs of users who are not deleted. */
const REACTION_EVENTS = statement(
  '',
  `INSERT INTO events (user_row, cursor, kind, at, subject)
   SELECT u.row, t.cursor, ${String(KIND.reaction)}, t.at, t.row FROM (
     SELECT row, at, user_row, cursor FROM reactions
     UNION ALL SELECT x.row, x.at, c.low + c.high - x.user_row, x.peer_cursor
     FROM reactions x JOIN conversations c ON c.row = x.conversation WHERE x.peer_cursor > 0
   ) t JOIN users u ON u.row = t.user_row WHERE u.deleted_at IS NULL`,
);

const REMOVED = statement('', 'UPDATE retention SET removed = (SELECT count(*) FROM removed_messages)');

const MEMBERS = statement(
  '',
  `INSERT INTO members (user_row, bucket, conversation, peer)
   SELECT low, low_activity / 256, row, high FROM conversations
   UNION ALL SELECT high, high_activity / 256, row, low FROM conversations`,
);

/** The chunks of logs that are complete, for the search index that a server builds. */
const ADD_SEARCH_JOBS = statement(
  '',
  `INSERT INTO search_todo (user_row, chunk) SELECT h.user_row, g
   FROM heads h, generate_series(0, (h.cursor + 1) / ${String(CHUNK_ROWS)} - 1) g WHERE h.name IS NOT NULL`,
);

const numbersOf = (table: string) =>
  statement('', `SELECT setval(pg_get_serial_sequence('${table}', 'row'), (SELECT max(row) FROM ${table}))`);

/** Every client that connects drops what it cached of another history. [O12] */
const NEW_HISTORY = statement(
  '',
  'UPDATE meta SET history = $1, first_admin_link = NULL, first_admin_until = NULL',
);

export const derive = async (sql: Sql, history: string): Promise<void> => {
  // Without these the planner takes the tables for empty ones.
  for (const table of ['users', 'conversations', 'removed_messages', 'messages', 'attachments', 'events'])
    await sql.run(statement('', `ANALYZE ${table}`));
  await sql.run(COUNTS);
  await sql.run(EVENTS);
  await sql.run(CURRENT_REACTIONS);
  // Those are about rows of another table than the events before.
  await sql.run(REACTION_EVENTS);
  await sql.run(REMOVED);
  await sql.run(MEMBERS);
  await sql.run(ADD_SEARCH_JOBS);
  for (const table of ['invites', 'audit_records']) await sql.run(numbersOf(table));
  await sql.run(NEW_HISTORY, [history]);
};
