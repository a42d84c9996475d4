import { PRESENCE_GRACE_MS } from '../../../protocol/limits.ts';
import { HOST_KEPT_MS, HOST_SILENT_MS } from '../../limits.ts';
import { POSTGRES_SCHEMA_VERSION } from '../migrate.ts';
import { statement } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { LOCK_FREE_HEADS } from './locked-users.ts';
import { updatePresences } from './user-presence.ts';

const REGISTER = statement(
  'register_host',
  `INSERT INTO hosts (id, name, version, started_at, heartbeat_at, knows_schema) VALUES ($1, $2, $3, $4, $4, $5)
   ON CONFLICT (id) DO NOTHING`,
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
// Scalar subqueries: EXISTS would be planned as a hash of all connections while a table seems to be empty.
const hasConnection = (condition: string): string =>
  `coalesce((SELECT true FROM connections c WHERE ${condition} LIMIT 1), false)`;
/** Online, without a connection since `from` to `to`. */
const leftBetween = (from: string, to: string): string =>
  `FROM user_presence p WHERE p.status = 'online' AND p.last_seen BETWEEN ${from} AND ${to}
     AND NOT ${hasConnection('c.user_row = p.user_row')} ORDER BY p.last_seen`;
/** A dead host with connections, or with users who left one there so late that it cannot settle them any more. Parameters: for how long
 *  before its last heartbeat, for how long after it was given up, and before when the grace time had to begin. */
const IS_ABANDONED = `h.gone_at IS NOT NULL AND (${hasConnection('c.host = h.id')} OR coalesce((
    SELECT true ${leftBetween('h.heartbeat_at - $1::bigint', 'least(h.gone_at + $2::bigint, $3::bigint)')} LIMIT 1), false))`;
// Every heartbeat asks. Nothing but the few hosts is read as long as all of them live.
const ANY_ABANDONED = statement<[boolean]>(
  'any_abandoned_host',
  `SELECT EXISTS (SELECT FROM hosts h WHERE ${IS_ABANDONED})`,
);
// All living hosts want to settle it at the same moment, and would only wait for each other.
const LOCK_ABANDONED = statement<[id: string, leftFrom: number, leftTo: number]>(
  'lock_abandoned_host',
  `SELECT h.id, h.heartbeat_at - $1::bigint, least(h.gone_at + $2::bigint, $3::bigint) FROM hosts h
   WHERE ${IS_ABANDONED} LIMIT 1 FOR UPDATE SKIP LOCKED`,
);
const CONNECTED = statement<[user: number]>(
  'users_of_dead_host',
  'SELECT user_row FROM connections WHERE host = $1 LIMIT $2',
);
const LEFT = statement<[user: number]>(
  'users_who_left_dead_host',
  `SELECT p.user_row ${leftBetween('$1', '$2')} LIMIT $3`,
);
const REMOVE = statement(
  'remove_abandoned_connections',
  `DELETE FROM connections WHERE user_row = ANY ($1::bigint[])
     AND host IN (SELECT id FROM hosts WHERE gone_at IS NOT NULL)`,
);

const leftAt = (now: number): readonly number[] => [HOST_KEPT_MS, HOST_SILENT_MS, now - PRESENCE_GRACE_MS];

export const heartbeat: AccountWrite<'heartbeat'> = async (sql, { hostId, registers }, now) => {
  const [, beats, , , others, [[abandoned] = [false]]] = await Promise.all([
    registers === null
      ? 0
      : sql.run(REGISTER, [hostId, registers.name, registers.version, now, POSTGRES_SCHEMA_VERSION]),
    sql.run(BEAT, [hostId, now]),
    sql.run(BURY, [now, now - HOST_SILENT_MS]),
    sql.run(FORGET, [now - HOST_KEPT_MS]),
    sql.query(OTHERS, [hostId]),
    sql.query(ANY_ABANDONED, leftAt(now)),
  ]);
  return done({ kind: beats > 0 ? 'alive' : 'gone', others: others.map(([id]) => id), abandoned });
};

/** Of one dead host. What somebody else has locked, a user or the host, is left to the next heartbeat, which finds it again. */
export const settleAbandoned: AccountWrite<'settleAbandoned'> = async (sql, { limit }, now) => {
  const [dead] = await sql.query(LOCK_ABANDONED, leftAt(now));
  if (dead === undefined) return done({ presences: [], more: false });
  const [hostId, leftFrom, leftTo] = dead;
  const connected = await sql.query(CONNECTED, [hostId, limit]);
  const room = limit - connected.length;
  const left = room > 0 ? await sql.query(LEFT, [leftFrom, leftTo, room]) : [];
  const found = [...connected, ...left];
  const locked = await sql.query(LOCK_FREE_HEADS, [[...new Set(found.map(([row]) => row))]]);
  await sql.run(REMOVE, [locked.map(([row]) => row)]);
  const presences = await updatePresences(
    sql,
    locked.flatMap(([row, id, , name]) =>
      name === null ? [] : [{ user: { row, id }, isOver: true, tellAnyway: false }],
    ),
    now,
  );
  return done({ presences, more: found.length >= limit && locked.length > 0 });
};
