import { SPENT_MAX } from '../../limits.ts';
import { statement, type Sql } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';

type SessionTuple = readonly [
  row: number,
  id: string,
  userId: string,
  username: string,
  refreshHash: Buffer,
  expiresAt: number,
];

// By its row, which never changes: while this waits for another use of the token, the token becomes a spent one.
const LOCK = statement<SessionTuple>(
  'lock_session_of_token',
  `SELECT s.row, s.id, u.id, u.username, s.refresh_hash, s.expires_at
   FROM user_sessions s JOIN users u ON u.row = s.user_row
   WHERE s.row = coalesce(
     (SELECT row FROM user_sessions WHERE refresh_hash = $1),
     (SELECT session FROM spent_refresh_tokens WHERE hash = $1))
   FOR UPDATE OF s`,
);
const SPENT = statement<[session: number, successorHash: Buffer, expiresAt: number]>(
  'find_spent_token',
  'SELECT session, successor_hash, expires_at FROM spent_refresh_tokens WHERE hash = $1',
);
// Later than the previous one, whatever the clock says: the oldest by this time are forgotten, which must never be the predecessor.
const SPEND = statement(
  'spend_token',
  `INSERT INTO spent_refresh_tokens (hash, session, successor_hash, spent_at, expires_at)
   SELECT $1::bytea, $2::bigint, $3::bytea, greatest($4::bigint, coalesce(max(spent_at) + 1, 0)), $5::bigint
   FROM spent_refresh_tokens WHERE session = $2::bigint`,
);
const FORGET_OLDEST = statement(
  'forget_oldest_spent_tokens',
  `DELETE FROM spent_refresh_tokens WHERE hash IN (
     SELECT hash FROM spent_refresh_tokens WHERE session = $1
     ORDER BY spent_at DESC LIMIT 8 OFFSET ${String(SPENT_MAX)})`,
);
const RENEW = statement(
  'renew_session',
  'UPDATE user_sessions SET refresh_hash = $2, expires_at = $3, last_activity = $4 WHERE row = $1',
);
const END = statement('end_session_at', 'DELETE FROM user_sessions WHERE row = $1');

/** Rotates a refresh token. If the answer is lost, the client has only the old token. Therefore the old token gets the same
 *  successor until the successor is used, be it a minute later or a month. Any other use of a spent token means that two parties
 *  have it, and ends the session [S2] [S3] [S4]. The lock is the session's row: of two uses at the same moment the second one
 *  is a repetition. */
export const rotateRefresh: AccountWrite<'rotateRefresh'> = async (
  sql,
  { hash, successorHash, ttlMs },
  now,
) => {
  // The second statement sees what was committed while the first one waited.
  const [[session], [spent]] = await Promise.all([sql.query(LOCK, [hash]), sql.query(SPENT, [hash])]);
  if (session === undefined) return done({ kind: 'unknown' });
  const [row, sessionId, userId, username, refreshHash, expiresAt] = session;
  if (refreshHash.equals(hash)) {
    if (now >= expiresAt) return done({ kind: 'unknown' });
    await rotate(sql, row, { hash, successorHash, expiresAt: now + ttlMs }, now);
    return done({ kind: 'rotated', userId, username, sessionId });
  }
  if (spent === undefined) return done({ kind: 'unknown' });
  const [spentOf, givenHash, spentExpiresAt] = spent;
  if (spentOf !== row || now >= spentExpiresAt) return done({ kind: 'unknown' });
  if (!givenHash.equals(refreshHash)) {
    await sql.run(END, [row]);
    return done({ kind: 'reused', userId, sessionId });
  }
  // The key that derives successors was changed: only the client that received the first successor can go on.
  if (!givenHash.equals(successorHash)) return done({ kind: 'unknown' });
  return done({ kind: 'repeated', userId, username, sessionId });
};

/** `expiresAt`: the spent token ends with its successor: until then the answer may be asked for again. */
const rotate = async (
  sql: Sql,
  row: number,
  { hash, successorHash, expiresAt }: { hash: Uint8Array; successorHash: Uint8Array; expiresAt: number },
  now: number,
): Promise<void> => {
  await Promise.all([
    sql.run(SPEND, [hash, row, successorHash, now, expiresAt]),
    sql.run(FORGET_OLDEST, [row]),
    sql.run(RENEW, [row, successorHash, expiresAt, now]),
  ]);
};
