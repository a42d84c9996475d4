import { UNSENT_ATTACHMENT_KEPT_MS } from '../../../protocol/limits.ts';
import type { Tx } from '../transactions.ts';
import type { StatementContext } from './context.ts';

type Removed = [row: number, sha256: Buffer];

/** The `seq` up to which nobody can see the messages of `conversations c` any more, whose users are `l` and `h`. */
const UNSEEN = `max(c.low_removed + c.high_removed, min(
  CASE WHEN l.deleted_at IS NULL THEN c.low_cleared ELSE c.last_seq END,
  CASE WHEN h.deleted_at IS NULL THEN c.high_cleared ELSE c.last_seq END))`;

/** Removes at most `budget` attachments: those that nobody has sent in time [G6], and those that nobody can see any more [G7]. Returns
 *  how many there were. Their files are removed by the sweep, unless another attachment has the same bytes. */
export const attachmentRemoval = (
  context: StatementContext,
): ((tx: Tx, budget: number, now: number) => number) => {
  const { db } = context;
  const expired = db
    .read<[number, number], Removed>(
      'SELECT row, sha256 FROM attachments WHERE conversation IS NULL AND at <= ? ORDER BY at LIMIT ? + 0',
    )
    .raw();
  // After the clock was set back, what was uploaded in the future would stay until then.
  const anchor = db.write<{ now: number }>(
    'UPDATE attachments SET at = :now WHERE conversation IS NULL AND at > :now',
  );
  const next = db.read<[], number>('SELECT conversation FROM pending_attachments LIMIT 1').pluck();
  const unseen = db
    .read<[number, number], Removed>(
      `SELECT a.row, a.sha256 FROM conversations c JOIN users l ON l.row = c.low JOIN users h ON h.row = c.high
       JOIN attachments a ON a.conversation = c.row AND a.seq <= ${UNSEEN} WHERE c.row = ? LIMIT ? + 0`,
    )
    .raw();
  const done = db.write<[number]>('DELETE FROM pending_attachments WHERE conversation = ?');
  const remove = db.write<[number]>('DELETE FROM attachments WHERE row = ?');
  const noteFile = db.write<[Buffer, Buffer]>(
    `INSERT OR IGNORE INTO removed_files (sha256)
     SELECT ? WHERE NOT EXISTS (SELECT 1 FROM attachments WHERE sha256 = ?)`,
  );
  const removeAll = (tx: Tx, attachments: readonly Removed[]): number => {
    for (const [row, sha256] of attachments) {
      tx.run(remove, row);
      tx.run(noteFile, sha256, sha256);
    }
    return attachments.length;
  };

  return (tx, budget, now) => {
    tx.run(anchor, { now });
    let removed = removeAll(tx, tx.all(expired, now - UNSENT_ATTACHMENT_KEPT_MS, budget));
    let conversation = tx.get(next);
    // How far a conversation is cleared may only be in the write cache yet.
    if (conversation !== undefined) context.flush(tx);
    while (conversation !== undefined && removed < budget) {
      const left = budget - removed;
      const found = removeAll(tx, tx.all(unseen, conversation, left));
      removed += Math.max(1, found);
      if (found < left) tx.run(done, conversation);
      conversation = tx.get(next);
    }
    return removed;
  };
};
