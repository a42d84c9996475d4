import { fromBlob, toBlob } from '../uuid.ts';
import type { MakeWrite } from './context.ts';

/** Stores a user's presence, and which of the user's sessions have sockets; the others have none. A session counts as active
 *  while it has one. `lastSeen` becomes now if the user was or is online, so that a value from a clock that was ahead is
 *  replaced with the next change; it stays for a user who is invisible throughout. Stores nothing for a deleted or unknown user. */
export const setPresence: MakeWrite<'setPresence'> = ({ db, users }) => {
  const find = db
    .read<[number], ['online' | 'offline', number]>(
      'SELECT status, last_seen FROM user_presence WHERE user = ?',
    )
    .raw();
  const upsert = db.write<[number, string, number]>(
    `INSERT INTO user_presence VALUES (?, ?, ?) ON CONFLICT (user) DO UPDATE
     SET status = excluded.status, last_seen = excluded.last_seen`,
  );
  // The unary + keeps SQLite from using the index of all connected users: this query is about one user.
  const connected = db
    .read<[number], Buffer>('SELECT id FROM user_sessions WHERE user = ? AND +connected = 1')
    .pluck();
  const disconnect = db.write<[number, Buffer]>(
    'UPDATE user_sessions SET connected = 0, websocket_id = NULL, last_activity = ? WHERE id = ?',
  );
  const connect = db.write<[string, string, number, Buffer, number]>(
    `UPDATE user_sessions SET connected = 1, websocket_id = ?, ip_address = ?, last_activity = ?
     WHERE id = ? AND user = ?`,
  );
  return (tx, { userId, status, connections }, now) => {
    const user = users.findLiving(tx, userId);
    if (user === null) return { kind: 'set', lastSeen: null, changed: false };
    const here = new Set(connections.map(({ sessionId }) => sessionId));
    for (const id of tx.all(connected, user.row)) if (!here.has(fromBlob(id))) tx.run(disconnect, now, id);
    for (const { sessionId, websocketId, ipAddress } of connections) {
      tx.run(connect, websocketId, ipAddress, now, toBlob(sessionId), user.row);
    }
    const [before = 'offline', seen = null] = tx.get(find, user.row) ?? [];
    if (before === 'offline' && status === 'offline') return { kind: 'set', lastSeen: seen, changed: false };
    tx.run(upsert, user.row, status, now);
    return { kind: 'set', lastSeen: now, changed: before !== status };
  };
};
