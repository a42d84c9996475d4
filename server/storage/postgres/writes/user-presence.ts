import { nextPresence } from '../../rules/presence.ts';
import type { PresenceState } from '../../writes.ts';
import { PARTNERS } from '../queries/users.ts';
import { statement, type Sql } from '../sql.ts';

interface PresenceUpdate {
  /** Whose head is locked. */
  readonly user: { readonly row: number; readonly id: string };
  /** See `nextPresence`. */
  readonly isOver: boolean;
  readonly tellAnyway: boolean;
}

const FIND = statement<[status: 'online' | 'offline', lastSeen: number]>(
  'find_presence',
  'SELECT status, last_seen FROM user_presence WHERE user_row = $1',
);
const UPSERT = statement(
  'upsert_presence',
  `INSERT INTO user_presence (user_row, status, last_seen) VALUES ($1, $2, $3)
   ON CONFLICT (user_row) DO UPDATE SET status = excluded.status, last_seen = excluded.last_seen`,
);
const COUNT = statement<[all: number, visible: number]>(
  'count_connections',
  'SELECT count(*), count(*) FILTER (WHERE visible) FROM connections WHERE user_row = $1',
);
const DISCONNECT = statement(
  'disconnect_sessions',
  `UPDATE user_sessions SET connected = false, websocket_id = NULL, last_activity = $2
   WHERE user_row = $1 AND connected AND row NOT IN (SELECT session FROM connections WHERE user_row = $1)`,
);

const NEVER_SEEN: readonly ['offline', null] = ['offline', null];

/** Stores what follows from a user's connections: the status, and which of the sessions have sockets. */
export const updatePresence = async (
  sql: Sql,
  { user, isOver, tellAnyway }: PresenceUpdate,
  now: number,
): Promise<PresenceState> => {
  const [, [[all, visible] = [0, 0]], [[before, seen] = NEVER_SEEN]] = await Promise.all([
    sql.run(DISCONNECT, [user.row, now]),
    sql.query(COUNT, [user.row]),
    sql.query(FIND, [user.row]),
  ]);
  const known = { userId: user.id, before, seen, all, visible, isOver };
  const { isStored, isChanged, ...next } = nextPresence(known, now);
  const [, observers] = await Promise.all([
    isStored ? sql.run(UPSERT, [user.row, next.status, now]) : 0,
    isChanged || tellAnyway ? sql.query(PARTNERS, [user.id]) : [],
  ]);
  return { ...next, observers: observers.map(([observer]) => observer) };
};
