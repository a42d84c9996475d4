import { DELETED_AT_ONCE } from '../../limits.ts';
import { statement, type Sql } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { recordAction } from './audit.ts';
import { carryOut, deletionsLeft, STAGE } from './deletion-steps.ts';
import { lockLogs } from './locked-users.ts';
import { accountOf, endSessions } from './sessions.ts';
import { BEFORE_ALL_PEERS, peersAfter } from './tell-peers.ts';

const FIND = statement<[row: number]>('find_user_to_delete', 'SELECT row FROM users WHERE id = $1');
const ANONYMISE = statement(
  'anonymise_user',
  `UPDATE users SET username = NULL, password_hash = NULL, deleted_at = $2, deleted_name = username,
     role = 'user', disabled_at = NULL, display_name = NULL, about = NULL, avatar = NULL WHERE row = $1`,
);
const FORGET_NAME = statement('forget_name', 'UPDATE heads SET name = NULL WHERE user_row = $1');
const ERASURES = [
  ...['connections', 'user_presence', 'password_resets', 'login_failures_of_user'],
  ...['user_name_words', 'avatars', 'pending_profiles', 'push_subscriptions'],
].map((table) => statement(`erase_${table}`, `DELETE FROM ${table} WHERE user_row = $1`));
// The next removal of what has expired takes them along; it is at work on those that are locked.
const EXPIRE_UNSENT = statement(
  'expire_unsent_attachments',
  `UPDATE attachments SET at = 0 WHERE id = ANY (ARRAY(
     SELECT id FROM attachments WHERE uploader = $1 AND conversation IS NULL FOR UPDATE SKIP LOCKED))`,
);
// Whoever brings bytes of them now can bring no more.
const EXPIRE_KEPT = statement(
  'expire_kept_uploads',
  'UPDATE attachment_uploads SET started_at = 0, taker = NULL WHERE user_row = $1',
);
const PEND = statement<[row: number]>(
  'pend_deletion',
  'INSERT INTO pending_deletions (user_row) VALUES ($1) RETURNING row',
);

/** Deletes a user [P7] [A5]: removes the name, sessions, presence, password and profile in one transaction, so that every answer shows the
 *  user as deleted from now on. The name stays in `reserved_names`, and the row in `users`, because the peers' histories refer to it.
 *
 *  A conversation begins under the locks of both heads, and only if both have a name. So once this is committed none can begin with
 *  the user, and all their peers are in `members`. The first peers are told here: their heads are locked together with that of the
 *  user, which is why they are read before. Whom that reading has missed, because a conversation began meanwhile, is told by
 *  `continueSteps`, as are all the others. */
export const deleteUser: AccountWrite<'deleteUser'> = async (sql, input, now) => {
  const [found] = await sql.query(FIND, [input.userId]);
  if (found === undefined) return done({ kind: 'not-found' });
  const [row] = found;
  const expected = await peersAfter(sql, row, BEFORE_ALL_PEERS, DELETED_AT_ONCE);
  const logs = await lockLogs(sql, [row, ...expected.map((peer) => peer.row)]);
  if (logs.get(row)?.isLiving !== true) return done({ kind: 'not-found' });
  if ('verifiedHash' in input && (await accountOf(sql, row)).passwordHash !== input.verifiedHash)
    return done({ kind: 'stale' });
  const endedSessionIds = await decide(sql, row, now);
  await recordAction(
    sql,
    'audit' in input ? input.audit : null,
    { action: 'user.delete', subject: row },
    now,
  );
  const peers = await peersAfter(sql, row, BEFORE_ALL_PEERS, DELETED_AT_ONCE);
  const missed = peers.findIndex((peer) => !logs.has(peer.row));
  const told = missed === -1 ? peers : peers.slice(0, missed);
  const areLast = missed === -1 && peers.length < DELETED_AT_ONCE;
  const deletion = { row: await pend(sql, row), user: { row, id: input.userId } };
  const events = await carryOut(
    sql,
    { ...deletion, stage: STAGE.telling, position: BEFORE_ALL_PEERS },
    { peers: told, logs, areLast },
    DELETED_AT_ONCE,
    now,
  );
  return done({ kind: 'deleted', endedSessionIds, left: await deletionsLeft(sql) }, events);
};

/** The row of `users` comes before the failed logins: whoever counts one locks that row, and finds no such name after this. Returns
 *  the sessions that have ended. */
const decide = async (sql: Sql, user: number, now: number): Promise<readonly string[]> => {
  const [, , ended] = await Promise.all([
    sql.run(ANONYMISE, [user, now]),
    sql.run(FORGET_NAME, [user]),
    endSessions(sql, user),
    ...ERASURES.map((erase) => sql.run(erase, [user])),
    sql.run(EXPIRE_UNSENT, [user]),
    sql.run(EXPIRE_KEPT, [user]),
  ]);
  return ended;
};

const pend = async (sql: Sql, user: number): Promise<number> => {
  const [pended] = await sql.query(PEND, [user]);
  if (pended === undefined) throw new Error('an insertion has returned nothing');
  return pended[0];
};
