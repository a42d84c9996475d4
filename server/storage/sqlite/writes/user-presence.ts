import { nextPresence } from '../../rules/presence.ts';
import type { PresenceState } from '../../writes.ts';
import type { Tx } from '../transactions.ts';
import type { StatementContext } from './context.ts';

interface PresenceUpdate {
  readonly user: { readonly row: number; readonly id: string };
  /** See `nextPresence`. */
  readonly isOver: boolean;
  readonly tellAnyway: boolean;
}

/** Stores what follows from a user's connections: the status, and which of the sessions have sockets. */
export const presenceUpdater = (
  context: StatementContext,
): ((tx: Tx, update: PresenceUpdate, now: number) => PresenceState) => {
  const { db, queries } = context;
  const find = db
    .read<[number], ['online' | 'offline', number]>(
      'SELECT status, last_seen FROM user_presence WHERE user = ?',
    )
    .raw();
  const upsert = db.write<[number, string, number]>(
    `INSERT INTO user_presence VALUES (?, ?, ?) ON CONFLICT (user) DO UPDATE
     SET status = excluded.status, last_seen = excluded.last_seen`,
  );
  const count = db
    .read<[number], [number, number]>(
      'SELECT count(*), coalesce(sum(visible), 0) FROM connections WHERE user = ?',
    )
    .raw();
  // The unary + keeps SQLite from using the index of all connected users: this query is about one user.
  const disconnect = db.write<{ user: number; now: number }>(
    `UPDATE user_sessions SET connected = 0, websocket_id = NULL, last_activity = @now
     WHERE user = @user AND +connected = 1 AND row NOT IN (SELECT session FROM connections WHERE user = @user)`,
  );
  return (tx, { user, isOver, tellAnyway }, now) => {
    tx.run(disconnect, { user: user.row, now });
    const [all, visible] = tx.get(count, user.row) ?? [0, 0];
    const [before = 'offline', seen = null] = tx.get(find, user.row) ?? [];
    const known = { userId: user.id, before, seen, all, visible, isOver };
    const { isStored, isChanged, ...next } = nextPresence(known, now);
    if (isStored) tx.run(upsert, user.row, next.status, now);
    if (!isChanged && !tellAnyway) return { ...next, observers: [] };
    context.flush(tx);
    return { ...next, observers: queries.partners(tx, user.id) };
  };
};
