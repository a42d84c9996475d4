import { SOCKETS_PER_USER } from '../../../protocol/limits.ts';
import { noPresence } from '../../rules/presence.ts';
import { toBlob } from '../uuid.ts';
import type { MakeWrite } from './context.ts';
import { presenceUpdater } from './user-presence.ts';

export const openConnection: MakeWrite<'openConnection'> = (context) => {
  const { db, users, log } = context;
  const update = presenceUpdater(context);
  const host = db.read<[string], number>('SELECT 1 FROM hosts WHERE id = ? AND gone_at IS NULL').pluck();
  const session = db
    .read<[Buffer, number], number>('SELECT row FROM user_sessions WHERE id = ? AND user = ?')
    .pluck();
  const insert = db.write<[string, string, number, number, number]>(
    `INSERT INTO connections (socket, host, user, session, visible) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (socket) DO UPDATE SET host = excluded.host, visible = excluded.visible`,
  );
  const evict = db.write<[number, number], { socketId: string; hostId: string }>(
    `DELETE FROM connections WHERE row IN (SELECT row FROM connections WHERE user = ? ORDER BY row DESC LIMIT -1 OFFSET ? + 0)
     RETURNING socket AS socketId, host AS hostId`,
  );
  const connect = db.write<[string, string, number, number]>(
    'UPDATE user_sessions SET connected = 1, websocket_id = ?, ip_address = ?, last_activity = ? WHERE row = ?',
  );
  return (tx, { hostId, userId, sessionId, socketId, visible, ipAddress, tellAnyway }, now) => {
    if (tx.get(host, hostId) === undefined) return { kind: 'gone' };
    const user = users.findLiving(tx, userId);
    const row = user === null ? undefined : tx.get(session, toBlob(sessionId), user.row);
    if (user === null || row === undefined) return { kind: 'ended' };
    tx.run(insert, socketId, hostId, user.row, row, visible ? 1 : 0);
    const evicted = tx.returned(evict, user.row, SOCKETS_PER_USER);
    tx.run(connect, socketId, ipAddress, now, row);
    const presence = update(tx, { user: { row: user.row, id: userId }, isOver: false, tellAnyway }, now);
    return { kind: 'opened', cursor: log.nextCursor(tx, user.row) - 1, presence, evicted };
  };
};

export const closeConnections: MakeWrite<'closeConnections'> = (context) => {
  const { db, users } = context;
  const update = presenceUpdater(context);
  const close = db.write<[number, string, string]>(
    `DELETE FROM connections WHERE user = ? AND host = ? AND socket NOT IN (SELECT value FROM json_each(?))`,
  );
  return (tx, { hostId, userId, keep, tellAnyway }, now) => {
    const user = users.findLiving(tx, userId);
    if (user === null) return { presence: noPresence(userId) };
    tx.run(close, user.row, hostId, JSON.stringify(keep));
    return { presence: update(tx, { user: { row: user.row, id: userId }, isOver: false, tellAnyway }, now) };
  };
};

export const showConnection: MakeWrite<'showConnection'> = (context) => {
  const { db, users } = context;
  const update = presenceUpdater(context);
  const show = db.write<[number, string, number]>(
    'UPDATE connections SET visible = ? WHERE socket = ? AND user = ?',
  );
  return (tx, { userId, socketId, visible, tellAnyway }, now) => {
    const user = users.findLiving(tx, userId);
    if (user === null) return { presence: noPresence(userId) };
    tx.run(show, visible ? 1 : 0, socketId, user.row);
    return { presence: update(tx, { user: { row: user.row, id: userId }, isOver: false, tellAnyway }, now) };
  };
};

export const settlePresence: MakeWrite<'settlePresence'> = (context) => {
  const update = presenceUpdater(context);
  return (tx, { userId, tellAnyway }, now) => {
    const user = context.users.findLiving(tx, userId);
    if (user === null) return { presence: noPresence(userId) };
    return { presence: update(tx, { user: { row: user.row, id: userId }, isOver: true, tellAnyway }, now) };
  };
};
