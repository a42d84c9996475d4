import { PRESENCE_GRACE_MS } from '../../../protocol/limits.ts';
import { HOST_KEPT_MS, HOST_SILENT_MS } from '../../limits.ts';
import { statement } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { LOCK_HEADS } from './locked-users.ts';
import { updatePresence } from './user-presence.ts';

const REGISTER = statement(
  'register_host',
  `INSERT INTO hosts (id, name, version, started_at, heartbeat_at) VALUES ($1, $2, $3, $4, $4) ON CONFLICT (id) DO NOTHING`,
);
const BEAT = statement('beat', 'UPDATE hosts SET heartbeat_at = $2 WHERE id = $1 AND gone_at IS NULL');
// Those that nobody else is burying.
const BURY = statement(
  'bury_hosts',
  `UPDATE hosts SET gone_at = $1 WHERE id IN (
     SELECT id FROM hosts WHERE gone_at IS NULL AND heartbeat_at < $2 FOR UPDATE SKIP LOCKED)`,
);
// Long after the last connection could have been registered by a transaction that found the host alive.
const FORGET = statement(
  'forget_hosts',
  `DELETE FROM hosts WHERE id IN (
     SELECT id FROM hosts h WHERE gone_at < $1 AND NOT EXISTS (SELECT FROM connections WHERE host = h.id)
     FOR UPDATE SKIP LOCKED)`,
);
const OTHERS = statement<[id: string]>(
  'other_hosts',
  'SELECT id FROM hosts WHERE gone_at IS NULL AND id <> $1',
);
// Users with connections at dead hosts, and those who left one in the grace time before it died: it cannot settle them any more.
const ABANDONED = `SELECT c.user_row FROM hosts h JOIN connections c ON c.host = h.id WHERE h.gone_at IS NOT NULL
   UNION SELECT p.user_row FROM hosts h JOIN user_presence p
     ON p.last_seen BETWEEN h.heartbeat_at - $1::bigint AND $2::bigint AND p.status = 'online'
   WHERE h.gone_at IS NOT NULL AND NOT EXISTS (SELECT FROM connections c WHERE c.user_row = p.user_row)`;
const ANY_ABANDONED = statement<[boolean]>('any_abandoned_user', `SELECT EXISTS (${ABANDONED})`);
const FIND = statement<[user: number]>('abandoned_users', `${ABANDONED} LIMIT $3`);
const REMOVE = statement(
  'remove_abandoned_connections',
  `DELETE FROM connections WHERE user_row = ANY ($1::bigint[])
     AND host IN (SELECT id FROM hosts WHERE gone_at IS NOT NULL)`,
);

export const heartbeat: AccountWrite<'heartbeat'> = async (sql, { hostId, registers }, now) => {
  const [, beats, , , others, [[abandoned] = [false]]] = await Promise.all([
    registers === null ? 0 : sql.run(REGISTER, [hostId, registers.name, registers.version, now]),
    sql.run(BEAT, [hostId, now]),
    sql.run(BURY, [now, now - HOST_SILENT_MS]),
    sql.run(FORGET, [now - HOST_KEPT_MS]),
    sql.query(OTHERS, [hostId]),
    sql.query(ANY_ABANDONED, [HOST_KEPT_MS, now - PRESENCE_GRACE_MS]),
  ]);
  return done({ kind: beats > 0 ? 'alive' : 'gone', others: others.map(([id]) => id), abandoned });
};

/** Two hosts may be at it: the second finds nothing left of a user whose lock it has waited for. */
export const settleAbandoned: AccountWrite<'settleAbandoned'> = async (sql, { limit }, now) => {
  const rows = (await sql.query(FIND, [HOST_KEPT_MS, now - PRESENCE_GRACE_MS, limit])).map(([row]) => row);
  if (rows.length === 0) return done({ presences: [], more: false });
  const heads = await sql.query(LOCK_HEADS, [rows]);
  await sql.run(REMOVE, [rows]);
  const living = heads.filter(([, , , name]) => name !== null);
  const presences = await Promise.all(
    living.map(([row, id]) =>
      updatePresence(sql, { user: { row, id }, isOver: true, tellAnyway: false }, now),
    ),
  );
  return done({ presences, more: rows.length >= limit });
};
