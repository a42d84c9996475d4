import { fromBlob } from '../uuid.ts';

/** What a receipt needs to know of a message. */
export interface Sent {
  readonly row: number;
  readonly id: string;
  readonly seq: number;
  /** The how-manieth of its sender in the conversation. */
  readonly ordinal: number;
}

/** One person's side of a conversation. `delivered`, `read` and `cleared` are seqs of the other's messages; the counts say the
 *  how-manieth of the other's messages these are, so that unread is a subtraction. Events are cursors of the last
 *  receipts: `deliveredEvent` and `readEvent` in the other's log, `ownReadEvent` in one's own. 0: none. */
export interface Side {
  readonly user: number;
  sent: number;
  delivered: number;
  deliveredCount: number;
  read: number;
  readCount: number;
  cleared: number;
  clearedCount: number;
  hidden: boolean;
  deliveredEvent: number;
  readEvent: number;
  ownReadEvent: number;
  /** Their newest messages that this record has seen appended, oldest first, without a gap: a receipt is mostly about one of these. */
  readonly recent: Sent[];
}

const RECENT_MAX = 4;

export const noteSent = (side: Side, sent: Sent): void => {
  side.recent.push(sent);
  if (side.recent.length > RECENT_MAX) side.recent.shift();
};

/** Their newest message at or below `seq`; undefined when it may be an older one than is remembered. */
export const recentlySent = (side: Side, seq: number): Sent | undefined =>
  side.recent.findLast((sent) => sent.seq <= seq);

/** A row of `conversations`. The low side is the person with the smaller row. */
export interface ConversationRecord {
  readonly row: number;
  readonly id: string;
  readonly low: Side;
  readonly high: Side;
  readonly createdAt: number;
  activity: number;
  lastSeq: number;
  lastMessage: number;
}

export const HOUR_MS = 3_600_000;
export const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS);

export const mySide = (record: ConversationRecord, user: number): Side =>
  record.low.user === user ? record.low : record.high;
export const peerSide = (record: ConversationRecord, user: number): Side =>
  record.low.user === user ? record.high : record.low;

/** Messages of the other person that this side has neither read nor cleared. */
export const unreadCount = (mine: Side, theirs: Side): number =>
  Math.max(0, theirs.sent - Math.max(mine.readCount, mine.clearedCount));

const SIDE_COLUMNS = [
  'sent',
  'delivered',
  'delivered_count',
  'read',
  'read_count',
  'cleared',
  'cleared_count',
  'hidden',
  'delivered_event',
  'read_event',
  'own_read_event',
];
const MARK_COLUMNS = ['low', 'high'].flatMap((side) => SIDE_COLUMNS.map((column) => `${side}_${column}`));

/** The order in which `toRecord` reads a raw row. */
export const CONVERSATION_COLUMNS = [
  'row',
  'id',
  'low',
  'high',
  'created_at',
  'activity',
  'last_seq',
  'last_message',
  ...MARK_COLUMNS,
]
  .map((column) => `c.${column}`)
  .join(', ');

/** Writes back everything that can change, in the order of `changeable`. */
export const UPDATE_CONVERSATION = `UPDATE conversations SET ${[
  'activity',
  'last_seq',
  'last_message',
  ...MARK_COLUMNS,
]
  .map((column) => `${column} = ?`)
  .join(', ')} WHERE row = ?`;

const sideOf = (user: number, raw: readonly number[]): Side => ({
  user,
  sent: raw[0] ?? 0,
  delivered: raw[1] ?? 0,
  deliveredCount: raw[2] ?? 0,
  read: raw[3] ?? 0,
  readCount: raw[4] ?? 0,
  cleared: raw[5] ?? 0,
  clearedCount: raw[6] ?? 0,
  hidden: raw[7] === 1,
  deliveredEvent: raw[8] ?? 0,
  readEvent: raw[9] ?? 0,
  ownReadEvent: raw[10] ?? 0,
  recent: [],
});

export type RawConversation = readonly [row: number, id: Buffer, ...numbers: number[]];

export const toRecord = (raw: RawConversation): ConversationRecord => {
  const [row, id, low = 0, high = 0, createdAt = 0, activity = 0, lastSeq = 0, lastMessage = 0, ...marks] =
    raw;
  return {
    row,
    id: fromBlob(id),
    low: sideOf(low, marks.slice(0, SIDE_COLUMNS.length)),
    high: sideOf(high, marks.slice(SIDE_COLUMNS.length)),
    createdAt,
    activity,
    lastSeq,
    lastMessage,
  };
};

const marksOf = (side: Side): number[] => [
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
];

export const changeable = (record: ConversationRecord): number[] => [
  record.activity,
  record.lastSeq,
  record.lastMessage,
  ...marksOf(record.low),
  ...marksOf(record.high),
  record.row,
];

/** A conversation before its first message. Only its opener's list shows it. */
export const newRecord = (
  row: number,
  id: string,
  openerRow: number,
  peerRow: number,
  now: number,
): ConversationRecord => {
  const side = (user: number): Side => ({ ...sideOf(user, []), hidden: user !== openerRow });
  return {
    row,
    id,
    low: side(Math.min(openerRow, peerRow)),
    high: side(Math.max(openerRow, peerRow)),
    createdAt: now,
    activity: now,
    lastSeq: 0,
    lastMessage: 0,
  };
};
