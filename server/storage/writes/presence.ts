import { fromBlob, toBlob } from '../uuid.ts';
import type { MakeWrite } from './context.ts';

/** A person's presence and which of their sessions have sockets; the others of theirs have none. A session was active as long as
 *  it had one. `lastSeen` is now where the person was or is online: a clock that ran ahead is forgotten with the next change, and whoever
 *  stays invisible is not seen. A deleted or unknown person has no presence: nothing is stored. */
export const setPresence: MakeWrite<'setPresence'> = ({ db, people }) => {
  const find = db
    .prepare<[number], ['online' | 'offline', number]>(
      'SELECT status, last_seen FROM user_presence WHERE user = ?',
    )
    .raw();
  const upsert = db.prepare<[number, string, number]>(
    `INSERT INTO user_presence VALUES (?, ?, ?) ON CONFLICT (user) DO UPDATE
     SET status = excluded.status, last_seen = excluded.last_seen`,
  );
  // The sign keeps SQLite from the index of everybody who is connected: this is about one person.
  const connected = db
    .prepare<[number], Buffer>('SELECT id FROM user_sessions WHERE user = ? AND +connected = 1')
    .pluck();
  const disconnect = db.prepare<[number, Buffer]>(
    'UPDATE user_sessions SET connected = 0, websocket_id = NULL, last_activity = ? WHERE id = ?',
  );
  const connect = db.prepare<[string, string, number, Buffer, number]>(
    `UPDATE user_sessions SET connected = 1, websocket_id = ?, ip_address = ?, last_activity = ?
     WHERE id = ? AND user = ?`,
  );
  return ({ userId, status, connections }, now) => {
    const person = people.findLiving(userId);
    if (person === null) return { kind: 'set', lastSeen: null, changed: false };
    const here = new Set(connections.map(({ sessionId }) => sessionId));
    for (const id of connected.all(person.row)) if (!here.has(fromBlob(id))) disconnect.run(now, id);
    for (const { sessionId, websocketId, ipAddress } of connections) {
      connect.run(websocketId, ipAddress, now, toBlob(sessionId), person.row);
    }
    const [before = 'offline', seen = null] = find.get(person.row) ?? [];
    if (before === 'offline' && status === 'offline') return { kind: 'set', lastSeen: seen, changed: false };
    upsert.run(person.row, status, now);
    return { kind: 'set', lastSeen: now, changed: before !== status };
  };
};
