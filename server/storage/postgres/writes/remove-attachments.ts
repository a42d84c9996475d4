import { UNSENT_ATTACHMENT_KEPT_MS } from '../../../protocol/limits.ts';
import { statement, type Sql } from '../sql.ts';

/** Bytes of the attachments that one transaction removes, at most, unless a single one has more. PostgreSQL removes about 200 MB in a second. */
const BYTES_MAX = 4 * 1024 * 1024;

/** Removes attachments with their chunks: of those that `found` selects, as many as the bytes allow. Returns how many were found and how many
 *  are gone. */
const removal = (name: string, found: string) =>
  statement<[found: number, gone: number]>(
    name,
    `WITH found AS MATERIALIZED (${found}),
     chosen AS (
       SELECT id FROM (SELECT id, sum(size) OVER (ORDER BY id) - size AS before FROM found) ordered
       WHERE before < ${String(BYTES_MAX)}
     ), gone AS (DELETE FROM attachments a USING chosen c WHERE a.id = c.id RETURNING a.id),
     chunks AS (DELETE FROM attachment_chunks k USING gone g WHERE k.attachment = g.id)
     SELECT (SELECT count(*) FROM found), (SELECT count(*) FROM gone)`,
  );
// Those that a message is just taking are locked, and are looked at again afterwards.
const EXPIRED = removal(
  'remove_expired_attachments',
  `SELECT id, size FROM attachments WHERE conversation IS NULL AND at <= $1 ORDER BY at LIMIT $2
   FOR UPDATE SKIP LOCKED`,
);
const UNSEEN = removal(
  'remove_unseen_attachments',
  `SELECT id, size FROM attachments WHERE conversation = $1 AND seq <= $2 ORDER BY seq, position LIMIT $3
   FOR UPDATE SKIP LOCKED`,
);
// After the clock was set back, what was uploaded in the future would stay until then.
const ANCHOR = statement(
  'anchor_unsent_attachments',
  `UPDATE attachments SET at = $1 WHERE id = ANY (ARRAY(
     SELECT id FROM attachments WHERE conversation IS NULL AND at > $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED))`,
);
/** A conversation, and the `seq` up to which nobody can see its messages any more. */
const NEXT = statement<[row: number, conversation: number, unseen: number]>(
  'next_pending_attachments',
  `SELECT p.row, c.row, greatest(c.low_removed + c.high_removed, least(
     CASE WHEN l.deleted_at IS NULL THEN c.low_cleared ELSE c.last_seq END,
     CASE WHEN h.deleted_at IS NULL THEN c.high_cleared ELSE c.last_seq END))
   FROM pending_attachments p JOIN conversations c ON c.row = p.conversation
     JOIN users l ON l.row = c.low JOIN users h ON h.row = c.high
   ORDER BY p.row LIMIT 1 FOR UPDATE OF p SKIP LOCKED`,
);
const FINISH = statement(
  'finish_pending_attachments',
  `DELETE FROM pending_attachments WHERE row = $1
     AND NOT EXISTS (SELECT FROM attachments WHERE conversation = $2 AND seq <= $3)`,
);
const IS_DUE = statement<[boolean]>(
  'are_attachments_due',
  `SELECT EXISTS (SELECT FROM attachments WHERE conversation IS NULL AND at <= $1)
     OR EXISTS (SELECT FROM pending_attachments)`,
);

/** Whether there are attachments for `removeAttachments`. */
export const areAttachmentsDue = async (sql: Sql, now: number): Promise<boolean> =>
  (await sql.query(IS_DUE, [now - UNSENT_ATTACHMENT_KEPT_MS]))[0]?.[0] === true;

/** Removes at most `budget` attachments: those that nobody has sent in time [G6], and then those that nobody can see any more [G7]. It waits
 *  for nobody. Returns whether there is more to remove. */
export const removeAttachments = async (sql: Sql, budget: number, now: number): Promise<boolean> => {
  await sql.run(ANCHOR, [now, budget]);
  const [[found, gone] = [0, 0]] = await sql.query(EXPIRED, [now - UNSENT_ATTACHMENT_KEPT_MS, budget]);
  if (gone > 0) return found >= budget || gone < found || areAttachmentsDue(sql, now);
  const [next] = await sql.query(NEXT);
  if (next === undefined) return false;
  const [row, conversation, unseen] = next;
  const [[, removed] = [0, 0]] = await sql.query(UNSEEN, [conversation, unseen, budget]);
  const finished = await sql.run(FINISH, [row, conversation, unseen]);
  return removed > 0 || finished > 0;
};
