import { TOLD_AT_ONCE } from '../../limits.ts';
import type { LoggedEvent } from '../../logged-event.ts';
import { livingUser } from '../../presenting/presenters.ts';
import { LoadedRows, userColumns, type UserTuple } from '../queries/loaded-rows.ts';
import { statement, type Sql } from '../sql.ts';
import { lockLogs, type LockedLogs } from './locked-users.ts';
import {
  BEFORE_ALL_PEERS,
  peersAfter,
  tellProfile,
  type PeerPosition,
  type PeerToTell,
} from './tell-peers.ts';

/** Changes of profiles reach the logs of partners in steps [U3]. A row of `pending_profiles` is read and changed only by who holds the head of
 *  its user; a change of a user whose former one is not told to all begins anew: nobody needs both. */

const SEEN = statement<UserTuple>(
  'changed_profile',
  `SELECT ${userColumns('u', 'p')} FROM users u LEFT JOIN user_presence p ON p.user_row = u.row WHERE u.row = $1`,
);
const NEXT = statement<[user: number, id: string, bucket: number, conversation: number]>(
  'next_pending_profile',
  `SELECT p.user_row, u.id, p.bucket, p.conversation FROM pending_profiles p JOIN users u ON u.row = p.user_row
   ORDER BY p.row LIMIT 1`,
);
const POSITION = statement<[bucket: number, conversation: number]>(
  'pending_profile',
  'SELECT bucket, conversation FROM pending_profiles WHERE user_row = $1',
);
const IS_PENDING = statement<[boolean]>('profiles_pending', 'SELECT EXISTS (SELECT FROM pending_profiles)');
const PEND = statement(
  'pend_profile',
  `INSERT INTO pending_profiles (user_row, bucket, conversation) VALUES ($1, $2, $3)
   ON CONFLICT (user_row) DO UPDATE SET bucket = excluded.bucket, conversation = excluded.conversation`,
);
const FINISH = statement('finish_profile', 'DELETE FROM pending_profiles WHERE user_row = $1');

interface ChangedUser {
  readonly row: number;
  readonly id: string;
}

export const areProfilesPending = async (sql: Sql): Promise<boolean> =>
  (await sql.query(IS_PENDING))[0]?.[0] === true;

/** Locks a user and the first of their partners. Whom the reading of these has missed, because a conversation began meanwhile, is told
 *  later. */
export const lockToTell = async (sql: Sql, row: number): Promise<LockedLogs> => {
  const expected = await peersAfter(sql, row, BEFORE_ALL_PEERS, TOLD_AT_ONCE);
  return lockLogs(sql, [row, ...expected.map((peer) => peer.row)]);
};

/** Tells a user of the change that this transaction has made, and those of the first partners who are locked; notes the others. */
export const beginTelling = async (
  sql: Sql,
  user: ChangedUser,
  logs: LockedLogs,
  now: number,
): Promise<{ readonly events: readonly LoggedEvent[]; readonly left: 'none' | 'telling' }> => {
  const peers = await peersAfter(sql, user.row, BEFORE_ALL_PEERS, TOLD_AT_ONCE);
  const missed = peers.findIndex((peer) => !logs.has(peer.row));
  const told = missed === -1 ? peers : peers.slice(0, missed);
  const areLast = missed === -1 && peers.length < TOLD_AT_ONCE;
  const own = { row: user.row, id: user.id, seesPresence: true };
  const events = await tell(sql, user, [own, ...told], logs, now);
  await note(sql, user, told.at(-1) ?? BEFORE_ALL_PEERS, areLast);
  return { events, left: areLast ? 'none' : 'telling' };
};

/** Tells at most `rows` partners of one change. Does nothing if another host has just done so. */
export const tellNextProfile = async (
  sql: Sql,
  rows: number,
  now: number,
): Promise<readonly LoggedEvent[]> => {
  const [next] = await sql.query(NEXT);
  if (next === undefined) return [];
  const [row, id, bucket, conversation] = next;
  const peers = await peersAfter(sql, row, { bucket, conversation }, rows);
  const logs = await lockLogs(sql, [row, ...peers.map((peer) => peer.row)]);
  const [position] = await sql.query(POSITION, [row]);
  if (position?.[0] !== bucket || position[1] !== conversation) return [];
  const user = { row, id };
  const events = await tell(sql, user, peers, logs, now);
  await note(sql, user, peers.at(-1) ?? BEFORE_ALL_PEERS, peers.length < rows);
  return events;
};

const tell = async (
  sql: Sql,
  { row, id }: ChangedUser,
  peers: readonly Omit<PeerToTell, keyof PeerPosition>[],
  logs: LockedLogs,
  now: number,
): Promise<readonly LoggedEvent[]> => {
  const [raw] = await sql.query(SEEN, [row]);
  if (raw === undefined) throw new Error(`no user ${id}`);
  const rows = new LoadedRows(now);
  const seen = livingUser(rows.addUser(raw), rows.presence(row));
  return tellProfile(sql, { row, seen }, peers, logs, now);
};

const note = async (
  sql: Sql,
  { row }: ChangedUser,
  { bucket, conversation }: PeerPosition,
  areLast: boolean,
): Promise<void> => {
  if (areLast) await sql.run(FINISH, [row]);
  else await sql.run(PEND, [row, bucket, conversation]);
};
