import { deletedUser } from '../../presenting/presenters.ts';
import type { Tx } from '../transactions.ts';
import { fromBlob } from '../uuid.ts';
import { forgetUser } from '../../rules/conversation-settings.ts';
import { releaseUnseen } from '../../rules/release-unseen.ts';
import { KIND } from '../../rules/event-kinds.ts';
import type { WriteContext } from './context.ts';

/** A deletion that has been decided, and how far it is. */
export interface PendingDeletion {
  readonly row: number;
  readonly user: number;
  readonly id: Buffer;
  readonly name: string;
  stage: number;
  bucket: number;
  conversation: number;
  message: number;
}

/** Does a part of a deletion, over at most `rows` rows, and notes in `pending` how far it came. Returns how many rows it took:
 *  fewer than it was given once its stage is over. */
export type DeletionStage = (tx: Tx, pending: PendingDeletion, rows: number, now: number) => number;

interface Partner {
  readonly bucket: number;
  readonly conversation: number;
  readonly row: number;
  readonly id: Buffer;
  readonly isGone: number;
}

/** Logs and announces the deletion for everybody who has a conversation with the user, resets what the user has set for it,
 *  and lets go of attachments there that nobody can see any more. */
export const tellPeers = ({ db, log, conversations, events, records }: WriteContext): DeletionStage => {
  const partners = db.read<[number, number, number, number], Partner>(
    `SELECT m.bucket, m.conversation, u.row, u.id, u.is_anonymized AS isGone
     FROM members m JOIN users u ON u.row = m.peer
     WHERE m.user = ? AND (m.bucket, m.conversation) > (?, ?) ORDER BY m.bucket, m.conversation LIMIT ? + 0`,
  );
  return (tx, pending, rows, now) => {
    const found = tx.all(partners, pending.user, pending.bucket, pending.conversation, rows);
    const user = deletedUser({ id: fromBlob(pending.id) });
    for (const { bucket, conversation, row, id, isGone } of found) {
      pending.bucket = bucket;
      pending.conversation = conversation;
      const record = conversations.findByPair(tx, pending.user, row);
      if (record !== null) {
        if (forgetUser(record, pending.user)) conversations.changed(record);
        releaseUnseen(records, tx, record, ({ user: side }) => side === pending.user || isGone === 1);
      }
      if (isGone === 1) continue;
      const cursor = log.addAbout(tx, row, KIND.userDeleted, now, pending.user);
      const payload = { change: 'deleted', user } as const;
      events.push({ userId: fromBlob(id), event: { cursor, at: now, type: 'user', payload } });
    }
    return found.length;
  };
};

/** Removes the events of the user's own log. Messages stay: they are the peers' history too. */
export const removeOwnEvents = ({ db }: WriteContext): DeletionStage => {
  const remove = db.write<{ user: number; rows: number }>(
    `DELETE FROM events WHERE user = @user
       AND cursor IN (SELECT cursor FROM events WHERE user = @user ORDER BY cursor LIMIT @rows + 0)`,
  );
  return (tx, pending, rows) => tx.run(remove, { user: pending.user, rows }).changes;
};

/** Removes the blocks of the user, and those of others who blocked them: until then no list shows these. */
export const removeBlocks = ({ db }: WriteContext): DeletionStage => {
  const remove = db.write<{ user: number; rows: number }>(
    `DELETE FROM blocks WHERE row IN (
       SELECT row FROM blocks WHERE user = @user UNION ALL SELECT row FROM blocks WHERE peer = @user LIMIT @rows + 0)`,
  );
  return (tx, pending, rows) => tx.run(remove, { user: pending.user, rows }).changes;
};

interface Step {
  readonly row: number;
  readonly sender: number;
  readonly previous: number;
}

/** Marks the user's messages as those of a deleted user, along the back pointers of their log. */
export const anonymiseMessages = ({ db }: WriteContext): DeletionStage => {
  const previous = 'CASE WHEN m.sender = @user THEN m.sender_previous ELSE m.recipient_previous END';
  const walk = db.read<{ user: number; from: number; rows: number }, Step>(
    `WITH RECURSIVE logged (row, sender, previous, count) AS (
       SELECT m.row, m.sender, ${previous}, 1 FROM messages m WHERE m.row = @from
       UNION ALL
       SELECT m.row, m.sender, ${previous}, l.count + 1
       FROM logged l JOIN messages m ON m.row = l.previous WHERE l.count < @rows
     )
     SELECT row, sender, previous FROM logged`,
  );
  const anonymise = db.write<[string, number]>(
    'UPDATE messages SET is_anonymized = 1, deleted_user_name = ? WHERE row = ?',
  );
  return (tx, pending, rows) => {
    const found = tx.all(walk, { user: pending.user, from: pending.message, rows });
    for (const { row, sender } of found) if (sender === pending.user) tx.run(anonymise, pending.name, row);
    pending.message = found.at(-1)?.previous ?? 0;
    return pending.message === 0 ? Math.min(found.length, rows - 1) : rows;
  };
};
