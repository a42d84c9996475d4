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
 *  receipts: `deliveredEvent` and `readEvent` in the other's log, `ownReadEvent` in one's own. 0: none.
 *  `activity` orders the person's list: the cursor, in their own log, of the newest message, or of the event that made the
 *  conversation. It rises with every message whatever the clocks say, and is nothing that only others know. */
export interface Side {
  readonly user: number;
  activity: number;
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

/** A row of `conversations`. `sideA` is the user with the smaller row number; the columns call it `low`. */
export interface ConversationRecord {
  readonly row: number;
  readonly id: string;
  readonly sideA: Side;
  readonly sideB: Side;
  readonly createdAt: number;
  lastSeq: number;
  lastMessage: number;
}

/** Numbers of a log that share one entry of `members`: an entry moves once in so many events of its person, and sorting one page of
 *  a list reads at most so many conversations more than the page holds. */
const BUCKET_EVENTS = 256;
export const bucketOf = (activity: number): number => Math.floor(activity / BUCKET_EVENTS);

export const mySide = (record: ConversationRecord, user: number): Side =>
  record.sideA.user === user ? record.sideA : record.sideB;
export const peerSide = (record: ConversationRecord, user: number): Side =>
  record.sideA.user === user ? record.sideB : record.sideA;

/** Messages of the other person that this side has neither read nor cleared. */
export const unreadCount = (mine: Side, theirs: Side): number =>
  Math.max(0, theirs.sent - Math.max(mine.readCount, mine.clearedCount));

const SIDE_COLUMNS = [
  'activity',
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
  'last_seq',
  'last_message',
  ...MARK_COLUMNS,
]
  .map((column) => `c.${column}`)
  .join(', ');

/** Writes back everything that can change, in the order of `changeable`. */
export const UPDATE_CONVERSATION = `UPDATE conversations SET ${['last_seq', 'last_message', ...MARK_COLUMNS]
  .map((column) => `${column} = ?`)
  .join(', ')} WHERE row = ?`;

const sideOf = (user: number, raw: readonly number[]): Side => ({
  user,
  activity: raw[0] ?? 0,
  sent: raw[1] ?? 0,
  delivered: raw[2] ?? 0,
  deliveredCount: raw[3] ?? 0,
  read: raw[4] ?? 0,
  readCount: raw[5] ?? 0,
  cleared: raw[6] ?? 0,
  clearedCount: raw[7] ?? 0,
  hidden: raw[8] === 1,
  deliveredEvent: raw[9] ?? 0,
  readEvent: raw[10] ?? 0,
  ownReadEvent: raw[11] ?? 0,
  recent: [],
});

export type RawConversation = readonly [row: number, id: Buffer, ...numbers: number[]];

export const toRecord = (raw: RawConversation): ConversationRecord => {
  const [row, id, low = 0, high = 0, createdAt = 0, lastSeq = 0, lastMessage = 0, ...marks] = raw;
  return {
    row,
    id: fromBlob(id),
    sideA: sideOf(low, marks.slice(0, SIDE_COLUMNS.length)),
    sideB: sideOf(high, marks.slice(SIDE_COLUMNS.length)),
    createdAt,
    lastSeq,
    lastMessage,
  };
};

const marksOf = (side: Side): number[] => [
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
];

export const changeable = (record: ConversationRecord): number[] => [
  record.lastSeq,
  record.lastMessage,
  ...marksOf(record.sideA),
  ...marksOf(record.sideB),
  record.row,
];

/** A conversation before its first message. Only its opener's list shows it, at `activity`. */
export const newRecord = (
  row: number,
  id: string,
  opener: { readonly row: number; readonly activity: number },
  peerRow: number,
  now: number,
): ConversationRecord => {
  const side = (user: number): Side => ({
    ...sideOf(user, [user === opener.row ? opener.activity : 0]),
    hidden: user !== opener.row,
  });
  return {
    row,
    id,
    sideA: side(Math.min(opener.row, peerRow)),
    sideB: side(Math.max(opener.row, peerRow)),
    createdAt: now,
    lastSeq: 0,
    lastMessage: 0,
  };
};
