import { statement, type Sql } from '../sql.ts';
import { CONVERSATION_COLUMNS } from './conversation-row.ts';
import {
  attachmentsColumn,
  messageColumns,
  reactionsColumn,
  userColumns,
  type LoadedRows,
  type ShownConversationTuple,
} from './loaded-rows.ts';

export const SHOWN_CONVERSATION = `${CONVERSATION_COLUMNS}, ${userColumns('low', 'low_presence')}, ${userColumns(
  'high',
  'high_presence',
)}, ${messageColumns('newest')}, ${reactionsColumn('newest')}, ${attachmentsColumn('newest')}`;

/** What is shown with `conversations c`. `isWhole`: for rows where this holds, presence and the newest message too. */
export const joinedWith = (isWhole = 'true'): string => `
  JOIN users low ON low.row = c.low
  JOIN users high ON high.row = c.high
  LEFT JOIN user_presence low_presence ON ${isWhole} AND low_presence.user_row = c.low
  LEFT JOIN user_presence high_presence ON ${isWhole} AND high_presence.user_row = c.high
  LEFT JOIN messages newest ON ${isWhole} AND newest.conversation = c.row AND newest.seq = c.last_seq`;

const BY_ROW = statement<ShownConversationTuple>(
  'conversations_at',
  `SELECT ${SHOWN_CONVERSATION} FROM unnest($1::bigint[], $2::boolean[]) AS wanted (conversation, is_whole)
   JOIN conversations c ON c.row = wanted.conversation ${joinedWith('wanted.is_whole')}`,
);

/** Loads conversations with their users, for messages in them. Those of `whole` can be presented themselves. */
export const loadConversations = async (
  sql: Pick<Sql, 'query'>,
  rows: LoadedRows,
  conversations: Iterable<number>,
  whole: ReadonlySet<number> = new Set(),
): Promise<void> => {
  const wanted = [...new Set([...conversations, ...whole])];
  if (wanted.length === 0) return;
  const isWhole = wanted.map((row) => whole.has(row));
  for (const raw of await sql.query(BY_ROW, [wanted, isWhole])) rows.addConversation(raw);
};
