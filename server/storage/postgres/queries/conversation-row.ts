import {
  SIDE_COLUMNS,
  SIDE_FLAGS,
  sideOf,
  type ConversationRecord,
} from '../../rules/conversation-record.ts';

/** A row of `conversations`. Each side is an array of its numbers. */
export type ConversationTuple = readonly [
  row: number,
  id: string,
  low: number,
  high: number,
  createdAt: number,
  lastSeq: number,
  lowSide: readonly number[],
  highSide: readonly number[],
  removedUntil: number,
];
const sideColumns = (side: 'low' | 'high'): string =>
  `ARRAY[${SIDE_COLUMNS.map((column) => `c.${side}_${column}${SIDE_FLAGS.includes(column) ? '::int' : ''}`).join(', ')}]`;
/** Of the table `conversations c`. */
export const CONVERSATION_COLUMNS = `c.row, c.id, c.low, c.high, c.created_at, c.last_seq, ${sideColumns('low')}, ${sideColumns('high')}, c.removed_until`;

export const toConversation = ([
  row,
  id,
  low,
  high,
  createdAt,
  lastSeq,
  lowSide,
  highSide,
  removedUntil,
]: readonly [...ConversationTuple, ...unknown[]]): ConversationRecord => ({
  row,
  id,
  sideA: sideOf(low, lowSide),
  sideB: sideOf(high, highSide),
  createdAt,
  lastSeq,
  lastMessage: 0,
  removedUntil,
});
