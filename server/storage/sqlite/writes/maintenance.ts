import { AUDIT_KEPT, AUDIT_KEPT_MS, LOGIN_SLOT_MS, SIGNUP_WINDOW_MS } from '../../limits.ts';
import { CHUNK_ROWS } from '../../search/postings.ts';
import type { MakeWrite } from './context.ts';
import { attachmentRemoval } from './remove-attachments.ts';

/** Removes what has expired, at most `budget` rows of each kind, attachments that nobody can see any more, and the index of chunks whose
 *  messages retention has removed. */
export const prune: MakeWrite<'prune'> = (context) => {
  const { db } = context;
  const deletes = [
    'DELETE FROM spent_refresh_tokens WHERE hash IN (SELECT hash FROM spent_refresh_tokens WHERE expires_at <= ? LIMIT ? + 0)',
    'DELETE FROM user_sessions WHERE row IN (SELECT row FROM user_sessions WHERE expires_at <= ? AND connected = 0 LIMIT ? + 0)',
    'DELETE FROM password_resets WHERE user IN (SELECT user FROM password_resets WHERE expires_at <= ? LIMIT ? + 0)',
    'DELETE FROM login_failures WHERE key IN (SELECT key FROM login_failures WHERE ends_at <= ? LIMIT ? + 0)',
  ].map((sql) => db.write<[number, number]>(sql));
  const signups = db.write<[number, number]>(
    'DELETE FROM signups WHERE key IN (SELECT key FROM signups WHERE first_at <= ? LIMIT ? + 0)',
  );
  const slots = db.write<[number, number, number]>(
    'DELETE FROM login_slots WHERE slot IN (SELECT slot FROM login_slots WHERE ends_at <= ? OR ends_at > ? LIMIT ? + 0)',
  );
  // Looks at the oldest only, by their numbers. The newest stays, so that its number is not given out again.
  const audit = db.write<{ budget: number; oldest: number; kept: number }>(
    `DELETE FROM audit_records
     WHERE row < (SELECT min(row) FROM audit_records) + :budget
       AND (at <= :oldest AND row < (SELECT max(row) FROM audit_records)
         OR row <= (SELECT max(row) FROM audit_records) - :kept)`,
  );
  // After the clock was set back, windows that begin in the future are moved to now; otherwise they would last until then. This is
  // checked every time, because a clock that was ahead only for a short while leaves no other trace.
  const anchors = [
    'UPDATE login_failures SET ends_at = ends_at - first_at + :now, first_at = :now WHERE first_at > :now',
    'UPDATE signups SET first_at = :now WHERE first_at > :now',
  ].map((sql) => db.write<{ now: number }>(sql));
  // Whole chunks only. Those that are being written come last, when they are done.
  const postings = db.write<[number]>(
    `DELETE FROM search_postings WHERE (chunk, gram) IN (
       SELECT chunk, gram FROM search_postings WHERE chunk < (
         SELECT min((r.removed_to + 1) / ${String(CHUNK_ROWS)}, m.value) FROM retention r JOIN meta m ON m.key = 'indexed_chunks' WHERE r.one = 1)
       ORDER BY chunk, gram LIMIT ? + 0)`,
  );
  const removeAttachments = attachmentRemoval(context);
  return (tx, { budget, auditKept: kept = AUDIT_KEPT }, now) => {
    for (const anchor of anchors) tx.run(anchor, { now });
    const removed = [
      ...deletes.map((removal) => tx.run(removal, now, budget).changes),
      tx.run(signups, now - SIGNUP_WINDOW_MS, budget).changes,
      tx.run(slots, now, now + LOGIN_SLOT_MS, budget).changes,
      tx.run(postings, budget).changes,
      removeAttachments(tx, budget, now),
      tx.run(audit, { budget, oldest: now - AUDIT_KEPT_MS, kept }).changes,
    ];
    return { more: removed.some((count) => count >= budget) };
  };
};

/** Changes a row, so that the answer proves a commit and not only a live thread. */
export const probe: MakeWrite<'probe'> = ({ db }) => {
  const touch = db.write<[]>(`UPDATE meta SET value = value + 1 WHERE key = 'probe'`);
  return (tx) => {
    tx.run(touch);
    return { kind: 'ok' };
  };
};
