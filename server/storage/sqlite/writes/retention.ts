import { contentHash } from '../../rules/content-hash.ts';
import { removedSeq, type ConversationRecord } from '../../rules/conversation-record.ts';
import { areOldest, noteRemoved, type OldMessage } from '../../rules/removal.ts';
import { beginRun, settledStep, type StoredRun } from '../../rules/retention-run.ts';
import type { Tx, WriteStatements } from '../transactions.ts';
import { fromBlob, fromBlobs } from '../uuid.ts';
import { auditRecorder } from './audit.ts';
import type { MakeWrite, WriteContext } from './context.ts';

interface Run extends StoredRun {
  readonly removedTo: number;
}

/** What is stored of the runs. */
const runReader = (db: WriteStatements): ((tx: Tx) => Run) => {
  const state = db.read<[], Run>(
    `SELECT run, file, bytes, active_at AS activeAt, last_run_at AS lastRunAt, removed_to AS removedTo FROM retention WHERE one = 1`,
  );
  return (tx) => {
    const found = tx.get(state);
    if (found === undefined) throw new Error('the table retention has no row');
    return found;
  };
};

export const startRetention: MakeWrite<'startRetention'> = ({ db }) => {
  const storedRun = runReader(db);
  const start = db.write<[string, string, number, number]>(
    'UPDATE retention SET run = ?, file = ?, bytes = ?, active_at = ? WHERE one = 1',
  );
  return (tx, { run, ...asked }, now) => {
    const begun = beginRun(storedRun(tx), asked, now);
    if (begun.kind === 'started') tx.run(start, run, begun.file, begun.bytes, now);
    return begun;
  };
};

export const endRetention: MakeWrite<'endRetention'> = ({ db }) => {
  const end = db.write<[number, string]>(
    'UPDATE retention SET run = NULL, file = NULL, bytes = 0, last_run_at = ? WHERE one = 1 AND run = ?',
  );
  const record = auditRecorder(db);
  return (tx, { run, removed, before, audit }, now) => {
    if (tx.run(end, now, run).changes === 0) return { kind: 'lost' };
    if (removed > 0)
      record(tx, audit, { action: 'retention.run', detail: { removed, before_at: before } }, now);
    return { kind: 'ended' };
  };
};

type RawMessage = [
  ...[row: number, id: Buffer, conversation: number, conversationId: Buffer, seq: number, sender: number],
  ...[recipient: number, senderCursor: number, recipientCursor: number, sentAt: number, content: string],
  ...[replyTo: Buffer | null, attachments: Buffer | null],
];

/** Messages go in the order of their rows, so that whole pages become free, and every walk along pointers ends at one number. */
export const removeMessages: MakeWrite<'removeMessages'> = (context) => {
  const { db, conversations, log, records } = context;
  const storedRun = runReader(db);
  const oldest = db
    .read<[number, number], RawMessage>(
      `SELECT m.row, m.id, m.conversation, c.id, m.seq, m.sender, m.recipient, m.sender_cursor, m.recipient_cursor,
         m.sent_at, m.content, m.reply_to, m.attachments
       FROM messages m JOIN conversations c ON c.row = m.conversation WHERE m.row > ? ORDER BY m.row LIMIT ? + 0`,
    )
    .raw();
  const keepTrace = db.write<[number, number, Buffer, number, number, number, number, Buffer]>(
    'INSERT INTO removed_messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const remove = db.write<[number]>('DELETE FROM messages WHERE row <= ?');
  const removeReactions = reactionRemoval(context);
  const removeSkipEntries = skipEntryRemoval(context);
  const progress = db.write<[number, number, string, number, number]>(
    'UPDATE retention SET removed = removed + ?, removed_to = ?, file = ?, bytes = ?, active_at = ? WHERE one = 1',
  );

  return (tx, { run, ids, file, bytes }, now) => {
    const found = storedRun(tx);
    const settled = settledStep(found, { run, file, bytes });
    if (settled !== null) return settled;
    const messages = tx.all(oldest, found.removedTo, ids.length);
    if (messages.length < ids.length || messages.some(([, id], at) => fromBlob(id) !== ids[at]))
      return { kind: 'lost' };
    for (const [record, removed] of byConversation(messages, (id) => conversations.find(tx, id))) {
      if (!areOldest(record, removed)) throw new Error(`the oldest messages of ${record.id} are not there`);
      for (const { user, cursor } of noteRemoved(record, removed)) log.dropEvent(tx, user, cursor);
      conversations.changed(record);
      records.attachments.release(tx, record, removedSeq(record));
    }
    for (const [
      ,
      id,
      conversation,
      ,
      seq,
      sender,
      ,
      senderCursor,
      recipientCursor,
      sentAt,
      content,
      replyTo,
      attachments,
    ] of messages) {
      const reply = replyTo === null ? null : fromBlob(replyTo);
      const hash = contentHash(fromBlob(id), content, reply, fromBlobs(attachments));
      tx.run(keepTrace, conversation, seq, id, sender, senderCursor, recipientCursor, sentAt, hash);
    }
    const last = messages.at(-1)?.[0] ?? found.removedTo;
    removeReactions(tx, messages);
    tx.run(remove, last);
    removeSkipEntries(tx, messages);
    tx.run(progress, messages.length, last, file, bytes, now);
    return { kind: 'removed' };
  };
};

/** The messages of a step by conversation, as the rules see them. */
const byConversation = (
  messages: readonly RawMessage[],
  find: (id: string) => ConversationRecord | null,
): Map<ConversationRecord, OldMessage[]> => {
  const found = new Map<ConversationRecord, OldMessage[]>();
  for (const [, , , id, seq, sender, , , , sentAt] of messages) {
    const record = find(fromBlob(id));
    if (record === null) throw new Error(`no conversation ${fromBlob(id)}`);
    const known = found.get(record);
    if (known === undefined) found.set(record, [{ seq, sender, sentAt }]);
    else known.push({ seq, sender, sentAt });
  }
  return found;
};

/** Reactions go with their messages, and so do their events. */
const reactionRemoval = ({ db, log }: WriteContext): ((tx: Tx, messages: readonly RawMessage[]) => void) => {
  const found = db
    .read<[number, number], [user: number, cursor: number, peer: number, peerCursor: number]>(
      `SELECT x.user, x.cursor, c.low + c.high - x.user, x.peer_cursor FROM reactions x
       JOIN conversations c ON c.row = x.conversation WHERE x.conversation = ? AND x.seq <= ?`,
    )
    .raw();
  const remove = db.write<[number, number]>('DELETE FROM reactions WHERE conversation = ? AND seq <= ?');
  return (tx, messages) => {
    for (const [conversation, seq] of new Map(messages.map((raw) => [raw[2], raw[4]]))) {
      const events = tx.all(found, conversation, seq);
      for (const [user, cursor, peer, peerCursor] of events) {
        log.dropEvent(tx, user, cursor);
        log.dropEvent(tx, peer, peerCursor);
      }
      if (events.length > 0) tx.run(remove, conversation, seq);
    }
  };
};

const skipEntryRemoval = ({ db }: WriteContext): ((tx: Tx, messages: readonly RawMessage[]) => void) => {
  const ofConversation = db.write<[number, number]>(
    'DELETE FROM message_marks WHERE conversation = ? AND seq <= ?',
  );
  const ofLog = db.write<[number, number]>('DELETE FROM log_marks WHERE user = ? AND cursor <= ?');
  return (tx, messages) => {
    const seqs = new Map(messages.map((raw) => [raw[2], raw[4]]));
    const cursors = new Map(
      messages.flatMap(([, , , , , sender, recipient, senderCursor, recipientCursor]) => [
        [sender, senderCursor],
        [recipient, recipientCursor],
      ]),
    );
    for (const [conversation, seq] of seqs) tx.run(ofConversation, conversation, seq);
    for (const [user, cursor] of cursors) tx.run(ofLog, user, cursor);
  };
};
