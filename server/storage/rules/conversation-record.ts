/** What a receipt needs to know of a message. */
export interface RecentMessage {
  /** Its row in SQLite; 0 elsewhere, where messages have none. */
  readonly row: number;
  readonly id: string;
  readonly seq: number;
  /** Its number among the messages of its sender in the conversation, from 1. */
  readonly ordinal: number;
}

/** One user's side of a conversation. `delivered`, `read` and `cleared` are `seq`s of the peer's messages. The counts are the
 *  numbers of these messages among the peer's, so that the unread count is a subtraction. `removed`: how many of one's own messages
 *  retention has removed, which are the oldest ones. The events are cursors of the last
 *  receipts: `deliveredEvent` and `readEvent` in the peer's log, `ownReadEvent` in one's own. 0: none. `activity` orders the
 *  user's list. It is the cursor, in the user's own log, of the newest message or of the event that created the conversation. It
 *  rises with every message, does not depend on clocks, and reveals nothing about others. `settingsEvent`: the cursor, there too, of the last
 *  event that told of a change of these settings; 0: none. */
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
  removed: number;
  hidden: boolean;
  deliveredEvent: number;
  readEvent: number;
  ownReadEvent: number;
  pinned: boolean;
  archived: boolean;
  /** Milliseconds since the epoch; 0: not muted. It may have passed. */
  mutedUntil: number;
  settingsEvent: number;
  /** Whether this user blocks the other one, as `blocks` says too: what needs to know has this record already. */
  blocks: boolean;
  /** Their newest messages that this record has seen appended, oldest first, without a gap: a receipt is mostly about one of these. */
  readonly recent: RecentMessage[];
}

const RECENT_MAX = 4;

export const noteRecent = (side: Side, sent: RecentMessage): void => {
  side.recent.push(sent);
  if (side.recent.length > RECENT_MAX) side.recent.shift();
};

/** Their newest message at or below `seq`; undefined when it may be an older one than is remembered. */
export const recentMessage = (side: Side, seq: number): RecentMessage | undefined =>
  side.recent.findLast((sent) => sent.seq <= seq);

/** A row of `conversations`. `sideA` is the user with the smaller row number; the columns call it `low`. */
export interface ConversationRecord {
  readonly row: number;
  readonly id: string;
  readonly sideA: Side;
  readonly sideB: Side;
  readonly createdAt: number;
  lastSeq: number;
  /** The row of the newest message in SQLite; 0 elsewhere. */
  lastMessage: number;
  /** When the newest message was sent that retention has removed, in milliseconds since the epoch; 0: none was removed. */
  removedUntil: number;
}

/** Cursors of a log that share one bucket in `members`. An entry moves once in so many events of its user, and sorting a page of
 *  a list reads at most so many conversations more than the page contains. */
const BUCKET_EVENTS = 256;
export const bucketOf = (activity: number): number => Math.floor(activity / BUCKET_EVENTS);

export const mySide = (record: ConversationRecord, user: number): Side =>
  record.sideA.user === user ? record.sideA : record.sideB;
export const peerSide = (record: ConversationRecord, user: number): Side =>
  record.sideA.user === user ? record.sideB : record.sideA;

/** Messages of the other user that this side has neither read nor cleared, and that are still there. */
export const unreadCount = (mine: Side, theirs: Side): number =>
  Math.max(0, theirs.sent - Math.max(mine.readCount, mine.clearedCount, theirs.removed));

/** The `seq` of the newest message that retention has removed; all before it are gone too. 0: none. */
export const removedSeq = ({ sideA, sideB }: ConversationRecord): number => sideA.removed + sideB.removed;

/** The `seq` of the oldest message that a user can still read, or of the next one if there is none. */
export const firstSeq = (record: ConversationRecord, user: number): number =>
  Math.max(mySide(record, user).cleared, removedSeq(record)) + 1;

/** The columns of a side, without `low_` or `high_` before them, in the order of `sideOf`. */
export const SIDE_COLUMNS = [
  ...(['activity', 'sent', 'delivered', 'delivered_count', 'read', 'read_count'] as const),
  ...(['cleared', 'cleared_count', 'hidden', 'delivered_event', 'read_event', 'own_read_event'] as const),
  'removed' as const,
  ...(['pinned', 'archived', 'muted_until', 'settings_event', 'blocks'] as const),
];

/** The columns that say yes or no. */
export const SIDE_FLAGS: readonly string[] = ['hidden', 'pinned', 'archived', 'blocks'];

/** A side from its columns; those of `SIDE_FLAGS` are 1 or 0. What is left out is 0. */
export const sideOf = (user: number, raw: readonly number[]): Side => ({
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
  removed: raw[12] ?? 0,
  pinned: raw[13] === 1,
  archived: raw[14] === 1,
  mutedUntil: raw[15] ?? 0,
  settingsEvent: raw[16] ?? 0,
  blocks: raw[17] === 1,
  recent: [],
});

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
    removedUntil: 0,
  };
};
