import { SPENT_MAX } from '../../limits.ts';
import { SESSIONS_MAX } from '../../presenting/session-resource.ts';
import type { ReadStatements, Rx, Tx, WriteStatements } from '../transactions.ts';
import type { NewSession } from '../../writes.ts';
import { fromBlob, toBlob } from '../uuid.ts';
import { auditRecorder } from './audit.ts';
import type { MakeWrite } from './context.ts';

type AddSession = (tx: Tx, user: number, session: NewSession, now: number) => void;

/** Adds a session; beyond the limit the longest unused ones without a socket end. [P9] */
export const sessionInserter = (db: WriteStatements): AddSession => {
  const insert = db.write<[Buffer, number, Uint8Array, number, number, number, string, string]>(
    // A row number is not reused while spent tokens of its former session are stored: they would belong to the new session.
    `INSERT INTO user_sessions
       (row, id, user, refresh_hash, created_at, expires_at, last_activity, ip_address, user_agent)
     VALUES (
       1 + max(coalesce((SELECT max(row) FROM user_sessions), 0),
               coalesce((SELECT max(session) FROM spent_refresh_tokens), 0)),
       ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const count = db.read<[number], number>('SELECT count(*) FROM user_sessions WHERE user = ?').pluck();
  // What a clock that ran ahead has stored counts as of now.
  const endOldest = db.write<{ user: number; now: number; over: number }>(
    `DELETE FROM user_sessions WHERE row IN (
       SELECT row FROM user_sessions WHERE user = @user AND connected = 0
       ORDER BY min(last_activity, @now), row LIMIT @over + 0)`,
  );
  return (tx, user, session, now) => {
    const over = (tx.get(count, user) ?? 0) + 1 - SESSIONS_MAX;
    if (over > 0) tx.run(endOldest, { user, now, over });
    tx.run(
      insert,
      toBlob(session.id),
      user,
      session.refreshHash,
      now,
      now + session.ttlMs,
      now,
      session.ipAddress,
      session.userAgent,
    );
  };
};

export const openSession: MakeWrite<'openSession'> = ({ db, users }) => {
  const rehashed = db.write<[string, number]>('UPDATE credentials SET password_hash = ? WHERE user = ?');
  const isStale = staleHashes(db);
  const disabled = disabledUsers(db);
  const addSession = sessionInserter(db);
  return (tx, { userId, session, verifiedHash, rehash }, now) => {
    const user = users.findLiving(tx, userId);
    if (user === null) return { kind: 'not-found' };
    if (isStale(tx, user.row, verifiedHash)) return { kind: 'stale' };
    // Decided here and not where the password was checked, because the user may have been disabled since.
    if (disabled(tx, user.row)) return { kind: 'disabled' };
    if (rehash !== null) tx.run(rehashed, rehash, user.row);
    addSession(tx, user.row, session, now);
    return { kind: 'opened' };
  };
};

export const endSession: MakeWrite<'endSession'> = ({ db, users }) => {
  const remove = db.write<[Buffer, number]>('DELETE FROM user_sessions WHERE id = ? AND user = ?');
  const record = auditRecorder(db);
  return (tx, { userId, sessionId, audit = null }, now) => {
    const user = users.find(tx, userId);
    if (user === null || tx.run(remove, toBlob(sessionId), user.row).changes === 0)
      return { kind: 'not-found' };
    record(tx, audit, { action: 'user.revoke', subject: user.row, detail: { session: sessionId } }, now);
    return { kind: 'ended' };
  };
};

/** Ends all sessions of a user, and returns their ids. */
export const sessionEnder = (db: WriteStatements): ((tx: Tx, user: number) => readonly string[]) => {
  const remove = db.write<[number], Buffer>('DELETE FROM user_sessions WHERE user = ? RETURNING id').pluck();
  return (tx, user) => tx.returned(remove, user).map(fromBlob);
};

/** Whether the password hash of a user is another one than `verifiedHash`. */
export const staleHashes = (
  db: ReadStatements,
): ((rx: Rx, user: number, verifiedHash: string) => boolean) => {
  const stored = db.read<[number], string>('SELECT password_hash FROM credentials WHERE user = ?').pluck();
  return (rx, user, verifiedHash) => rx.get(stored, user) !== verifiedHash;
};

/** Whether an operator has disabled a user. */
export const disabledUsers = (db: ReadStatements): ((rx: Rx, user: number) => boolean) => {
  const disabledAt = db.read<[number], number | null>('SELECT disabled_at FROM users WHERE row = ?').pluck();
  return (rx, user) => (rx.get(disabledAt, user) ?? null) !== null;
};

export const changePassword: MakeWrite<'changePassword'> = ({ db, users }) => {
  const update = db.write<[string, number]>('UPDATE credentials SET password_hash = ? WHERE user = ?');
  const isStale = staleHashes(db);
  const removeOthers = db
    .write<[number, Buffer], Buffer>('DELETE FROM user_sessions WHERE user = ? AND id <> ? RETURNING id')
    .pluck();
  return (tx, { userId, verifiedHash, passwordHash, keepSessionId }) => {
    const user = users.findLiving(tx, userId);
    if (user === null) return { kind: 'not-found' };
    if (isStale(tx, user.row, verifiedHash)) return { kind: 'stale' };
    tx.run(update, passwordHash, user.row);
    return {
      kind: 'changed',
      endedSessionIds: tx.returned(removeOthers, user.row, toBlob(keepSessionId)).map(fromBlob),
    };
  };
};

interface SessionOwner {
  row: number;
  id: Buffer;
  userId: Buffer;
  username: string;
  refresh_hash: Buffer;
  expires_at: number;
}

/** Rotates a refresh token. If the answer is lost, the client has only the old token. Therefore the old token gets the same
 *  successor until the successor is used, be it a minute later or a month. Any other use of a spent token means that two parties
 *  have it, and ends the session [S2] [S3] [S4]. */
export const rotateRefresh: MakeWrite<'rotateRefresh'> = ({ db }) => {
  const owner = `SELECT s.row, s.id, u.id AS userId, u.username, s.refresh_hash, s.expires_at
    FROM user_sessions s JOIN users u ON u.row = s.user`;
  const current = db.read<[Uint8Array], SessionOwner>(`${owner} WHERE s.refresh_hash = ?`);
  const bySpent = db.read<[Uint8Array], SessionOwner & { successor_hash: Buffer }>(
    `SELECT o.*, t.successor_hash FROM spent_refresh_tokens t JOIN (${owner}) o ON o.row = t.session
     WHERE t.hash = ?`,
  );
  // Later than the previous one, whatever the clock says: the oldest by this time are forgotten, which must never be the
  // predecessor.
  const spend = db.write<{
    hash: Uint8Array;
    session: number;
    successor: Uint8Array;
    now: number;
    expires: number;
  }>(
    `INSERT INTO spent_refresh_tokens (hash, session, successor_hash, spent_at, expires_at)
     SELECT :hash, :session, :successor, max(:now, coalesce(max(spent_at) + 1, 0)), :expires
     FROM spent_refresh_tokens WHERE session = :session`,
  );
  const forgetOldest = db.write<[number]>(
    `DELETE FROM spent_refresh_tokens WHERE hash IN (
       SELECT hash FROM spent_refresh_tokens WHERE session = ?
       ORDER BY spent_at DESC LIMIT 8 OFFSET ${String(SPENT_MAX)})`,
  );
  const renew = db.write<[Uint8Array, number, number, number]>(
    'UPDATE user_sessions SET refresh_hash = ?, expires_at = ?, last_activity = ? WHERE row = ?',
  );
  const remove = db.write<[number]>('DELETE FROM user_sessions WHERE row = ?');

  return (tx, { hash, successorHash, ttlMs }, now) => {
    const session = tx.get(current, hash);
    if (session !== undefined) {
      if (now >= session.expires_at) return { kind: 'unknown' };
      // It ends with its successor: until then the answer may be asked for again.
      const expires = now + ttlMs;
      tx.run(spend, { hash, session: session.row, successor: successorHash, now, expires });
      tx.run(forgetOldest, session.row);
      tx.run(renew, successorHash, expires, now, session.row);
      return { kind: 'rotated', ...names(session) };
    }
    const spent = tx.get(bySpent, hash);
    if (spent === undefined || now >= spent.expires_at) return { kind: 'unknown' };
    if (!spent.successor_hash.equals(spent.refresh_hash)) {
      tx.run(remove, spent.row);
      return { kind: 'reused', userId: fromBlob(spent.userId), sessionId: fromBlob(spent.id) };
    }
    // The key that derives successors was changed: only the client that received the first successor can go on.
    if (!spent.successor_hash.equals(successorHash)) return { kind: 'unknown' };
    return { kind: 'repeated', ...names(spent) };
  };
};

const names = (session: SessionOwner) => ({
  userId: fromBlob(session.userId),
  username: session.username,
  sessionId: fromBlob(session.id),
});

/** A lifetime that the operator has made shorter counts for the sessions that are there. Measured from their last activity and not
 *  from now: a clock that is wrong at the start ends nobody's session. */
export const shortenSessions = (db: WriteStatements): ((tx: Tx, ttlMs: number) => void) => {
  const shorten = db.write<{ ttlMs: number }>(
    `UPDATE user_sessions SET expires_at = last_activity + :ttlMs WHERE expires_at > last_activity + :ttlMs`,
  );
  return (tx, ttlMs) => {
    tx.run(shorten, { ttlMs });
  };
};
