import { SIDE_COLUMNS, sideOf } from '../../rules/conversation-record.ts';
import type { ConversationRecord, Side } from '../../rules/conversation-record.ts';
import { fromBlob } from '../uuid.ts';

const SIDES_COLUMNS = ['low', 'high'].flatMap((side) => SIDE_COLUMNS.map((column) => `${side}_${column}`));

/** The order in which `toRecord` reads a raw row. */
export const CONVERSATION_COLUMNS = [
  'row',
  'id',
  'low',
  'high',
  'created_at',
  'last_seq',
  'last_message',
  'removed_until',
  ...SIDES_COLUMNS,
]
  .map((column) => `c.${column}`)
  .join(', ');

/** Writes back everything that can change, in the order of `changeable`. */
export const UPDATE_CONVERSATION = `UPDATE conversations SET ${[
  'last_seq',
  'last_message',
  'removed_until',
  ...SIDES_COLUMNS,
]
  .map((column) => `${column} = ?`)
  .join(', ')} WHERE row = ?`;

export type RawConversation = readonly [row: number, id: Buffer, ...numbers: number[]];

export const toRecord = (raw: RawConversation): ConversationRecord => {
  const [
    row,
    id,
    low = 0,
    high = 0,
    createdAt = 0,
    lastSeq = 0,
    lastMessage = 0,
    removedUntil = 0,
    ...sides
  ] = raw;
  return {
    row,
    id: fromBlob(id),
    sideA: sideOf(low, sides.slice(0, SIDE_COLUMNS.length)),
    sideB: sideOf(high, sides.slice(SIDE_COLUMNS.length)),
    createdAt,
    lastSeq,
    lastMessage,
    removedUntil,
  };
};

const valuesOf = (side: Side): number[] => [
  side.activity,
  side.sent,
  side.delivered,
  side.deliveredCount,
  side.read,
  side.readCount,
  side.cleared,
  side.clearedCount,
  side.hidden ? 1 : 0,
  side.deliveredEvent,
  side.readEvent,
  side.ownReadEvent,
  side.removed,
  side.pinned ? 1 : 0,
  side.archived ? 1 : 0,
  side.mutedUntil,
  side.settingsEvent,
  side.blocks ? 1 : 0,
];

export const changeable = (record: ConversationRecord): number[] => [
  record.lastSeq,
  record.lastMessage,
  record.removedUntil,
  ...valuesOf(record.sideA),
  ...valuesOf(record.sideB),
  record.row,
];
