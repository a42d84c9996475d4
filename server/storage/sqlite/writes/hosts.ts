import { PRESENCE_GRACE_MS } from '../../../protocol/limits.ts';
import { HOST_KEPT_MS, HOST_SILENT_MS } from '../../limits.ts';
import { fromBlob } from '../uuid.ts';
import type { MakeWrite } from './context.ts';
import { presenceUpdater } from './user-presence.ts';

/** Users with connections at dead hosts, once for each, and those who left one in the grace time before it died: it cannot settle them any
 *  more. A limit ends the search: it reads no more rows than it returns. */
const ABANDONED = `SELECT c.user FROM hosts h JOIN connections c ON c.host = h.id WHERE h.gone_at IS NOT NULL
   UNION ALL SELECT p.user FROM hosts h JOIN user_presence p
     ON p.status = 'online' AND p.last_seen BETWEEN h.heartbeat_at - ? AND ?
   WHERE h.gone_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.user = p.user)`;

/** There is one host at a time, whose record goes with a writer that is restarted: it registers anew, as with a store that other hosts
 *  share. */
export const heartbeat: MakeWrite<'heartbeat'> = ({ db }) => {
  const register = db.write<[string, number]>('INSERT INTO hosts VALUES (?, ?, NULL) ON CONFLICT DO NOTHING');
  const beat = db.write<[number, string]>(
    'UPDATE hosts SET heartbeat_at = ? WHERE id = ? AND gone_at IS NULL',
  );
  const bury = db.write<[number, number]>(
    'UPDATE hosts SET gone_at = ? WHERE gone_at IS NULL AND heartbeat_at < ?',
  );
  const forget = db.write<[number]>(
    'DELETE FROM hosts WHERE gone_at < ? AND NOT EXISTS (SELECT 1 FROM connections WHERE host = hosts.id)',
  );
  const others = db.read<[string], string>('SELECT id FROM hosts WHERE gone_at IS NULL AND id <> ?').pluck();
  const abandoned = db.read<[number, number], number>(`SELECT 1 FROM (${ABANDONED}) LIMIT 1`).pluck();
  return (tx, { hostId, registers }, now) => {
    if (registers !== null) tx.run(register, hostId, now);
    const isAlive = tx.run(beat, now, hostId).changes > 0;
    tx.run(bury, now, now - HOST_SILENT_MS);
    tx.run(forget, now - HOST_KEPT_MS);
    return {
      kind: isAlive ? 'alive' : 'gone',
      others: tx.all(others, hostId),
      abandoned: tx.get(abandoned, HOST_KEPT_MS, now - PRESENCE_GRACE_MS) !== undefined,
    };
  };
};

export const settleAbandoned: MakeWrite<'settleAbandoned'> = (context) => {
  const { db } = context;
  const update = presenceUpdater(context);
  const find = db
    .read<[number, number, number], [number, Buffer, number]>(
      `SELECT u.row, u.id, u.username IS NOT NULL FROM (${ABANDONED}) a JOIN users u ON u.row = a.user
       LIMIT ? + 0`,
    )
    .raw();
  const remove = db.write<[number]>(
    'DELETE FROM connections WHERE user = ? AND host IN (SELECT id FROM hosts WHERE gone_at IS NOT NULL)',
  );
  return (tx, { limit }, now) => {
    const found = tx.all(find, HOST_KEPT_MS, now - PRESENCE_GRACE_MS, limit);
    const users = new Map(found.map(([row, id, isLiving]) => [row, { row, id: fromBlob(id), isLiving }]));
    const presences = [...users.values()].flatMap(({ isLiving, ...user }) => {
      tx.run(remove, user.row);
      return isLiving === 1 ? [update(tx, { user, isOver: true, tellAnyway: false }, now)] : [];
    });
    return { presences, more: found.length >= limit };
  };
};
