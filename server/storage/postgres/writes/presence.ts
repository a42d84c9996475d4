import { statement } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { lockUser } from './locked-users.ts';

const FIND = statement<[status: 'online' | 'offline', lastSeen: number]>(
  'find_presence',
  'SELECT status, last_seen FROM user_presence WHERE user_row = $1',
);
const UPSERT = statement(
  'upsert_presence',
  `INSERT INTO user_presence (user_row, status, last_seen) VALUES ($1, $2, $3)
   ON CONFLICT (user_row) DO UPDATE SET status = excluded.status, last_seen = excluded.last_seen`,
);
const DISCONNECT = statement(
  'disconnect_sessions',
  `UPDATE user_sessions SET connected = false, websocket_id = NULL, last_activity = $2
   WHERE user_row = $1 AND connected AND id <> ALL ($3::uuid[])`,
);
const CONNECT = statement(
  'connect_sessions',
  `UPDATE user_sessions s SET connected = true, websocket_id = c.socket, ip_address = c.address, last_activity = $2
   FROM unnest($3::uuid[], $4::text[], $5::text[]) AS c (session, socket, address)
   WHERE s.user_row = $1 AND s.id = c.session`,
);

/** Stores a user's presence, and which of the user's sessions have sockets; the others have none. A session counts as active
 *  while it has one. `lastSeen` becomes now if the user was or is online, so that a value from a clock that was ahead is
 *  replaced with the next change; it stays for a user who is invisible throughout. Stores nothing for a deleted or unknown user. */
export const setPresence: AccountWrite<'setPresence'> = async (sql, { userId, status, connections }, now) => {
  const user = await lockUser(sql, userId);
  if (user === null) return done({ kind: 'set', lastSeen: null, changed: false });
  // The last of each session.
  const here = [...new Map(connections.map((each) => [each.sessionId, each])).values()];
  const sessionIds = here.map(({ sessionId }) => sessionId);
  const sockets = here.map(({ websocketId }) => websocketId);
  const addresses = here.map(({ ipAddress }) => ipAddress);
  const [found] = await Promise.all([
    sql.query(FIND, [user.row]),
    sql.run(DISCONNECT, [user.row, now, sessionIds]),
    here.length === 0 ? 0 : sql.run(CONNECT, [user.row, now, sessionIds, sockets, addresses]),
  ]);
  const [before = 'offline', seen = null] = found[0] ?? [];
  if (before === 'offline' && status === 'offline')
    return done({ kind: 'set', lastSeen: seen, changed: false });
  await sql.run(UPSERT, [user.row, status, now]);
  return done({ kind: 'set', lastSeen: now, changed: before !== status });
};
