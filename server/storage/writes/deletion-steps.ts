import { KIND } from '../write-cache/log.ts';
import { deletedUser } from '../queries/presenters.ts';
import type { DeletionsLeft } from '../store.ts';
import { fromBlob } from '../uuid.ts';
import type { WriteContext } from './context.ts';

/** A deletion that has been decided, and how far it is. */
interface Pending {
  readonly row: number;
  readonly user: number;
  readonly id: Buffer;
  readonly name: string;
  stage: number;
  bucket: number;
  conversation: number;
  message: number;
}

interface Partner {
  readonly bucket: number;
  readonly conversation: number;
  readonly row: number;
  readonly id: Buffer;
  readonly isGone: number;
}

interface Step {
  readonly row: number;
  readonly sender: number;
  readonly previous: number;
}

const TELLING = 0;
const FORGETTING = 1;
const ANONYMISING = 2;

/** Carries out what deletions have decided, at most so many rows at a time: first every partner's log is told, then the person's own
 *  log goes, then the columns of their messages are filled, along the back pointers of their log. Its place stands in the
 *  table, so that it goes on after a restart. Nobody waits for it: all that is shown follows from the row of `users`. */
export const deletionSteps = (context: WriteContext): ((rows: number, now: number) => DeletionsLeft) => {
  const { db, log } = context;
  const next = db.prepare<[], Pending>(
    `SELECT p.row, p.user, u.id, p.name, p.stage, p.bucket, p.conversation, p.message
     FROM pending_deletions p INDEXED BY pending_deletions_by_stage JOIN users u ON u.row = p.user
     WHERE p.stage >= 0 ORDER BY p.stage, p.row LIMIT 1`,
  );
  const save = db.prepare<[number, number, number, number, number]>(
    'UPDATE pending_deletions SET stage = ?, bucket = ?, conversation = ?, message = ? WHERE row = ?',
  );
  const partners = db.prepare<[number, number, number, number], Partner>(
    `SELECT m.bucket, m.conversation, u.row, u.id, u.is_anonymized AS isGone
     FROM members m JOIN users u ON u.row = m.peer
     WHERE m.user = ? AND (m.bucket, m.conversation) > (?, ?) ORDER BY m.bucket, m.conversation LIMIT ? + 0`,
  );
  const forget = db.prepare<{ user: number; rows: number }>(
    `DELETE FROM events WHERE user = @user
       AND cursor IN (SELECT cursor FROM events WHERE user = @user ORDER BY cursor LIMIT @rows + 0)`,
  );
  const previous = 'CASE WHEN m.sender = @user THEN m.sender_previous ELSE m.recipient_previous END';
  const walk = db.prepare<{ user: number; from: number; rows: number }, Step>(
    `WITH RECURSIVE logged (row, sender, previous, count) AS (
       SELECT m.row, m.sender, ${previous}, 1 FROM messages m WHERE m.row = @from
       UNION ALL
       SELECT m.row, m.sender, ${previous}, l.count + 1
       FROM logged l JOIN messages m ON m.row = l.previous WHERE l.count < @rows
     )
     SELECT row, sender, previous FROM logged`,
  );
  const anonymise = db.prepare<[string, number]>(
    'UPDATE messages SET is_anonymized = 1, deleted_user_name = ? WHERE row = ?',
  );
  const remove = db.prepare<[number]>('DELETE FROM pending_deletions WHERE row = ?');
  // Without a condition the pages are emptied as a whole, and zeroed: no name that was moved within them is left.
  const clear = db.prepare('DELETE FROM pending_deletions');
  const callForErasure = db.prepare(`UPDATE meta SET value = value + 1 WHERE key = 'erasures'`);

  /** Each returns how many rows it took; fewer than it was given when its stage is over. */
  const tell = (pending: Pending, rows: number, now: number): number => {
    const found = partners.all(pending.user, pending.bucket, pending.conversation, rows);
    const user = deletedUser({ id: fromBlob(pending.id) });
    for (const { bucket, conversation, row, id, isGone } of found) {
      pending.bucket = bucket;
      pending.conversation = conversation;
      if (isGone === 1) continue;
      const cursor = log.addEvent(row, KIND.userDeleted, now, pending.user);
      const payload = { change: 'deleted', user } as const;
      context.events.push({ userId: fromBlob(id), event: { cursor, at: now, type: 'user', payload } });
    }
    return found.length;
  };
  const takeNames = (pending: Pending, rows: number): number => {
    const found = walk.all({ user: pending.user, from: pending.message, rows });
    for (const { row, sender } of found) if (sender === pending.user) anonymise.run(pending.name, row);
    pending.message = found.at(-1)?.previous ?? 0;
    return pending.message === 0 ? Math.min(found.length, rows - 1) : rows;
  };
  const finish = (pending: Pending): void => {
    remove.run(pending.row);
    if (next.get() === undefined) clear.run();
    callForErasure.run();
  };
  const take = (pending: Pending, rows: number, now: number): number => {
    if (pending.stage === TELLING) return tell(pending, rows, now);
    if (pending.stage === FORGETTING) return forget.run({ user: pending.user, rows }).changes;
    return takeNames(pending, rows);
  };

  return (rows, now) => {
    let left = rows;
    let pending = next.get();
    while (pending !== undefined && left > 0) {
      const given = left;
      const taken = take(pending, given, now);
      left -= Math.max(1, taken);
      if (taken < given && pending.stage === ANONYMISING) finish(pending);
      else {
        if (taken < given) pending.stage += 1;
        save.run(pending.stage, pending.bucket, pending.conversation, pending.message, pending.row);
      }
      pending = next.get();
    }
    if (pending === undefined) return 'none';
    return pending.stage === TELLING ? 'telling' : 'erasing';
  };
};
