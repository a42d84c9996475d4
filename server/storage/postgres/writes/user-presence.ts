import { nextPresence } from '../../rules/presence.ts';
import type { PresenceState } from '../../writes.ts';
import { bulk } from '../bulk.ts';
import { PARTNERS_OF } from '../queries/users.ts';
import { statement, type Sql } from '../sql.ts';

export interface PresenceUpdate {
  /** Whose head is locked. */
  readonly user: { readonly row: number; readonly id: string };
  /** See `nextPresence`. */
  readonly isOver: boolean;
  readonly tellAnyway: boolean;
}

type Status = PresenceState['status'];

const FIND = statement<[user: number, status: Status, lastSeen: number]>(
  'find_presences',
  'SELECT user_row, status, last_seen FROM user_presence WHERE user_row = ANY ($1::bigint[])',
);
const upsert = bulk<{ readonly row: number; readonly status: Status; readonly at: number }>(
  'upsert_presences',
  [
    ['bigint', ({ row }) => row],
    ['text', ({ status }) => status],
    ['bigint', ({ at }) => at],
  ],
  (rows) => `INSERT INTO user_presence (user_row, status, last_seen) SELECT * FROM ${rows}
    ON CONFLICT (user_row) DO UPDATE SET status = excluded.status, last_seen = excluded.last_seen`,
);
const COUNT = statement<[user: number, all: number, visible: number]>(
  'count_connections',
  `SELECT user_row, count(*), count(*) FILTER (WHERE visible) FROM connections
   WHERE user_row = ANY ($1::bigint[]) GROUP BY user_row`,
);
const DISCONNECT = statement(
  'disconnect_sessions',
  `UPDATE user_sessions s SET connected = false, websocket_id = NULL, last_activity = $2
   WHERE s.user_row = ANY ($1::bigint[]) AND s.connected
     AND NOT EXISTS (SELECT FROM connections c WHERE c.user_row = s.user_row AND c.session = s.row)`,
);

/** Stores what follows from the connections of these users, each named once: the status, and which of the sessions have sockets.
 *  Answers in their order. */
export const updatePresences = async (
  sql: Sql,
  updates: readonly PresenceUpdate[],
  now: number,
): Promise<readonly PresenceState[]> => {
  if (updates.length === 0) return [];
  const rows = updates.map(({ user }) => user.row);
  const [, counts, found] = await Promise.all([
    sql.run(DISCONNECT, [rows, now]),
    sql.query(COUNT, [rows]),
    sql.query(FIND, [rows]),
  ]);
  const counted = new Map(counts.map(([row, all, visible]) => [row, { all, visible }]));
  const stored = new Map(found.map(([row, before, seen]) => [row, { before, seen }]));
  const changes = updates.map(({ user, isOver, tellAnyway }) => {
    const { all, visible } = counted.get(user.row) ?? { all: 0, visible: 0 };
    const { before, seen } = stored.get(user.row) ?? { before: 'offline', seen: null };
    const next = nextPresence({ userId: user.id, before, seen, all, visible, isOver }, now);
    return { ...next, row: user.row, isTold: next.isChanged || tellAnyway };
  });
  const told = changes.filter(({ isTold }) => isTold).map(({ userId }) => userId);
  const [, partners] = await Promise.all([
    upsert(
      sql,
      changes.filter(({ isStored }) => isStored).map(({ row, status }) => ({ row, status, at: now })),
    ),
    told.length === 0 ? [] : sql.query(PARTNERS_OF, [told]),
  ]);
  const observers = new Map<string, string[]>(told.map((userId) => [userId, []]));
  for (const [userId, partner, isBlocked] of partners) if (!isBlocked) observers.get(userId)?.push(partner);
  return changes.map(({ userId, status, lastSeen, isConnected }) => ({
    userId,
    status,
    lastSeen,
    isConnected,
    observers: observers.get(userId) ?? [],
  }));
};
