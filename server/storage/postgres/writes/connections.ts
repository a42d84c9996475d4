import { SOCKETS_PER_USER } from '../../../protocol/limits.ts';
import { noPresence } from '../../rules/presence.ts';
import { statement, type Sql } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { lockUser } from './locked-users.ts';
import { updatePresence } from './user-presence.ts';

// Nobody forgets the host before this is committed, and it may beat meanwhile.
const LOCK_HOST = statement<[id: string]>(
  'lock_host',
  'SELECT id FROM hosts WHERE id = $1 AND gone_at IS NULL FOR KEY SHARE',
);
// Whoever is ending the session without the user's lock decides first.
const LOCK_SESSION = statement<[row: number]>(
  'lock_session_of_connection',
  'SELECT row FROM user_sessions WHERE id = $1 AND user_row = $2 FOR KEY SHARE',
);
const CURSOR = statement<[cursor: number]>('log_end', 'SELECT cursor FROM heads WHERE user_row = $1');
const INSERT = statement(
  'insert_connection',
  `INSERT INTO connections (socket, host, user_row, session, visible, ip_address, opened_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7)
   ON CONFLICT (socket) DO UPDATE SET host = excluded.host, visible = excluded.visible`,
);
const EVICT = statement<[socketId: string, hostId: string]>(
  'evict_connections',
  `DELETE FROM connections WHERE row IN (
     SELECT row FROM connections WHERE user_row = $1 ORDER BY row DESC OFFSET ${String(SOCKETS_PER_USER)})
   RETURNING socket, host`,
);
const CONNECT = statement(
  'connect_session',
  `UPDATE user_sessions SET connected = true, websocket_id = $2, ip_address = $3, last_activity = $4 WHERE row = $1`,
);
const CLOSE = statement(
  'close_connections',
  'DELETE FROM connections WHERE user_row = $1 AND host = $2 AND socket <> ALL ($3::uuid[])',
);
const SHOW = statement(
  'show_connection',
  'UPDATE connections SET visible = $3 WHERE socket = $2 AND user_row = $1',
);

/** The host is locked before the user, as everywhere. */
export const openConnection: AccountWrite<'openConnection'> = async (
  sql,
  { hostId, userId, sessionId, socketId, visible, ipAddress, tellAnyway },
  now,
) => {
  const [host, user] = await Promise.all([sql.query(LOCK_HOST, [hostId]), lockUser(sql, userId)]);
  if (host.length === 0) return done({ kind: 'gone' });
  if (user === null) return done({ kind: 'ended' });
  const [[session], [[cursor] = [0]]] = await Promise.all([
    sql.query(LOCK_SESSION, [sessionId, user.row]),
    sql.query(CURSOR, [user.row]),
  ]);
  if (session === undefined) return done({ kind: 'ended' });
  const [row] = session;
  const [, evicted] = await Promise.all([
    sql.run(INSERT, [socketId, hostId, user.row, row, visible, ipAddress, now]),
    sql.query(EVICT, [user.row]),
    sql.run(CONNECT, [row, socketId, ipAddress, now]),
  ]);
  const presence = await updatePresence(sql, { user, isOver: false, tellAnyway }, now);
  return done({
    kind: 'opened',
    cursor,
    presence,
    evicted: evicted.map(([socket, at]) => ({ socketId: socket, hostId: at })),
  });
};

type Change = (row: number) => Promise<unknown>;

/** Changes the connections of a user under the lock, and what follows from them. */
const changed = async (
  sql: Sql,
  { userId, tellAnyway }: { readonly userId: string; readonly tellAnyway: boolean },
  isOver: boolean,
  change: Change,
  now: number,
) => {
  const user = await lockUser(sql, userId);
  if (user === null) return done({ presence: noPresence(userId) });
  const [, presence] = await Promise.all([
    change(user.row),
    updatePresence(sql, { user, isOver, tellAnyway }, now),
  ]);
  return done({ presence });
};

export const closeConnections: AccountWrite<'closeConnections'> = (sql, input, now) =>
  changed(sql, input, false, (row) => sql.run(CLOSE, [row, input.hostId, input.keep]), now);

export const showConnection: AccountWrite<'showConnection'> = (sql, input, now) =>
  changed(sql, input, false, (row) => sql.run(SHOW, [row, input.socketId, input.visible]), now);

export const settlePresence: AccountWrite<'settlePresence'> = (sql, input, now) =>
  changed(sql, input, true, () => Promise.resolve(), now);
