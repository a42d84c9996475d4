import type { StoredAttachment } from '../attachments/stored-attachment.ts';
import type { Appended, RepliedTo } from '../writes.ts';
import { mySide, noteRecent } from './conversation-record.ts';
import type { ConversationRecord, RecentMessage, Side } from './conversation-record.ts';
import { takeFromArchive } from './conversation-settings.ts';
import type { LivingUser } from './known-user.ts';
import type { Records } from './records.ts';

/** A message before it has its numbers in a conversation and in two logs. */
interface NewMessage {
  readonly id: string;
  readonly sender: LivingUser;
  readonly recipient: LivingUser;
  readonly content: string;
  readonly replyTo: RepliedTo | null;
  /** Which its sender has uploaded and not sent. */
  readonly attachments: readonly StoredAttachment[];
}

const NO_IDS: readonly string[] = [];

/** Inserts a message at the end of its conversation and of both logs. Returns null, and has changed nothing, if the id is taken. */
export const insertMessage = <Tx>(
  records: Records<Tx>,
  tx: Tx,
  record: ConversationRecord,
  { id, sender, recipient, content, replyTo, attachments }: NewMessage,
  now: number,
): Appended | null => {
  const { conversations, log, messages } = records;
  const ids = attachments.length === 0 ? NO_IDS : attachments.map((each) => each.id);
  const mine = mySide(record, sender.row);
  const seq = record.lastSeq + 1;
  const senderCursor = log.nextCursor(tx, sender.row);
  const recipientCursor = log.nextCursor(tx, recipient.row);
  const added = messages.add(tx, record, {
    id,
    seq,
    ordinal: mine.sent + 1,
    sender: sender.row,
    recipient: recipient.row,
    senderCursor,
    recipientCursor,
    sentAt: now,
    content,
    replyTo,
    attachments: ids,
  });
  if (added === null) return null;
  if (ids.length > 0) records.attachments.bind(tx, ids, record, seq);
  advanceRecord(record, mine, added);
  if (showAgain(record)) conversations.changed(record);
  if (record.sideA === mine) conversations.touch(tx, record, senderCursor, recipientCursor);
  else conversations.touch(tx, record, recipientCursor, senderCursor);
  takeFromArchive(records, tx, record, { sender, recipient }, now);
  const appended: Appended = {
    kind: 'appended',
    conversationId: record.id,
    seq,
    sentAt: now,
    senderCursor,
    recipientCursor,
    senderName: sender.name,
    duplicate: false,
  };
  if (mine.sent !== 1 && replyTo === null && ids.length === 0) return appended;
  return {
    ...appended,
    ...(replyTo !== null && { replyTo }),
    ...(ids.length > 0 && { attachments }),
    ...(mine.sent === 1 && { first: true }),
  };
};

const advanceRecord = (record: ConversationRecord, mine: Side, added: RecentMessage): void => {
  record.lastSeq = added.seq;
  mine.sent = added.ordinal;
  noteRecent(mine, added);
};

/** A new message lists the conversation again for a user who had deleted it. Returns whether that changed anything. */
const showAgain = ({ sideA, sideB }: ConversationRecord): boolean => {
  if (!sideA.hidden && !sideB.hidden) return false;
  sideA.hidden = false;
  sideB.hidden = false;
  return true;
};
