import type { Connection } from '../open.ts';
import { SESSIONS_MAX } from '../queries/accounts.ts';
import type { NewSession } from '../store.ts';
import { fromBlob, toBlob } from '../uuid.ts';
import type { MakeWrite } from './context.ts';

type AddSession = (user: number, session: NewSession, now: number) => void;

/** Adds a session; beyond the limit the longest unused ones without a socket end. [P9] */
export const sessionInserter = (db: Connection): AddSession => {
  const insert = db.prepare<[Buffer, number, Uint8Array, number, number, number, string, string]>(
    // A row that has been used is not used again while spent tokens of that session are kept: they would become this one's.
    `INSERT INTO user_sessions
       (row, id, user, refresh_hash, created_at, expires_at, last_activity, ip_address, user_agent)
     VALUES (
       1 + max(coalesce((SELECT max(row) FROM user_sessions), 0),
               coalesce((SELECT max(session) FROM spent_refresh_tokens), 0)),
       ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const count = db.prepare<[number], number>('SELECT count(*) FROM user_sessions WHERE user = ?').pluck();
  // What a clock that ran ahead has stored counts as of now.
  const endOldest = db.prepare<{ user: number; now: number; over: number }>(
    `DELETE FROM user_sessions WHERE row IN (
       SELECT row FROM user_sessions WHERE user = @user AND connected = 0
       ORDER BY min(last_activity, @now), row LIMIT @over + 0)`,
  );
  return (user, session, now) => {
    const over = (count.get(user) ?? 0) + 1 - SESSIONS_MAX;
    if (over > 0) endOldest.run({ user, now, over });
    insert.run(
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

export const openSession: MakeWrite<'openSession'> = ({ db, people }) => {
  const rehashed = db.prepare<[string, number]>('UPDATE credentials SET password_hash = ? WHERE user = ?');
  const addSession = sessionInserter(db);
  return ({ userId, session, rehash }, now) => {
    const person = people.findLiving(userId);
    if (person === null) return { kind: 'not-found' };
    if (rehash !== null) rehashed.run(rehash, person.row);
    addSession(person.row, session, now);
    return { kind: 'opened' };
  };
};

export const endSession: MakeWrite<'endSession'> = ({ db, people }) => {
  const remove = db.prepare<[Buffer, number]>('DELETE FROM user_sessions WHERE id = ? AND user = ?');
  return ({ userId, sessionId }) => {
    const person = people.find(userId);
    const ended = person !== null && remove.run(toBlob(sessionId), person.row).changes > 0;
    return { kind: ended ? 'ended' : 'not-found' };
  };
};

export const changePassword: MakeWrite<'changePassword'> = ({ db, people }) => {
  const update = db.prepare<[string, number]>('UPDATE credentials SET password_hash = ? WHERE user = ?');
  const removeOthers = db
    .prepare<[number, Buffer], Buffer>('DELETE FROM user_sessions WHERE user = ? AND id <> ? RETURNING id')
    .pluck();
  return ({ userId, passwordHash, keepSessionId }) => {
    const person = people.findLiving(userId);
    if (person === null) return { kind: 'not-found' };
    update.run(passwordHash, person.row);
    return {
      kind: 'changed',
      endedSessionIds: removeOthers.all(person.row, toBlob(keepSessionId)).map(fromBlob),
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

/** Spent refresh tokens that are known of one session: a month of renewals once an hour. An older one is simply not valid. [P9] */
export const SPENT_MAX = 1_024;

/** Rotation of a refresh token. The answer to a rotation may be lost, and whoever was not answered has nothing but the old token. So
 *  this is given the same successor until somebody has used that: a minute later or a month. Any other use of a spent token means
 *  that two hold it, and ends the session. [S2] [S3] [S4] */
export const rotateRefresh: MakeWrite<'rotateRefresh'> = ({ db }) => {
  const owner = `SELECT s.row, s.id, u.id AS userId, u.username, s.refresh_hash, s.expires_at
    FROM user_sessions s JOIN users u ON u.row = s.user`;
  const current = db.prepare<[Uint8Array], SessionOwner>(`${owner} WHERE s.refresh_hash = ?`);
  const bySpent = db.prepare<[Uint8Array], SessionOwner & { successor_hash: Buffer }>(
    `SELECT o.*, t.successor_hash FROM spent_refresh_tokens t JOIN (${owner}) o ON o.row = t.session
     WHERE t.hash = ?`,
  );
  // Later than the last one, whatever the clock says: by this time the oldest are forgotten, and never the predecessor.
  const spend = db.prepare<{
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
  const forgetOldest = db.prepare<[number]>(
    `DELETE FROM spent_refresh_tokens WHERE hash IN (
       SELECT hash FROM spent_refresh_tokens WHERE session = ?
       ORDER BY spent_at DESC LIMIT 8 OFFSET ${String(SPENT_MAX)})`,
  );
  const renew = db.prepare<[Uint8Array, number, number, number]>(
    'UPDATE user_sessions SET refresh_hash = ?, expires_at = ?, last_activity = ? WHERE row = ?',
  );
  const remove = db.prepare<[number]>('DELETE FROM user_sessions WHERE row = ?');

  return ({ hash, successorHash, ttlMs }, now) => {
    const session = current.get(hash);
    if (session !== undefined) {
      if (now >= session.expires_at) return { kind: 'unknown' };
      // It ends with its successor: until then the answer may be asked for again.
      const expires = now + ttlMs;
      spend.run({ hash, session: session.row, successor: successorHash, now, expires });
      forgetOldest.run(session.row);
      renew.run(successorHash, expires, now, session.row);
      return { kind: 'rotated', ...names(session) };
    }
    const spent = bySpent.get(hash);
    if (spent === undefined || now >= spent.expires_at) return { kind: 'unknown' };
    if (!spent.successor_hash.equals(spent.refresh_hash)) {
      remove.run(spent.row);
      return { kind: 'reused', userId: fromBlob(spent.userId), sessionId: fromBlob(spent.id) };
    }
    // The key that derives successors is another one since: whoever has the first successor goes on, and nobody else can.
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
export const shortenSessions = (db: Connection, ttlMs: number): void => {
  db.prepare<{ ttlMs: number }>(
    `UPDATE user_sessions SET expires_at = last_activity + :ttlMs WHERE expires_at > last_activity + :ttlMs`,
  ).run({ ttlMs });
};
