import { statement, type Database } from './sql.ts';

const RESET_PRESENCE = statement(
  'reset_presence',
  `UPDATE user_presence SET status = 'offline' WHERE status = 'online'`,
);
const RESET_SESSIONS = statement(
  'reset_sessions',
  'UPDATE user_sessions SET connected = false, websocket_id = NULL WHERE connected',
);
const FORGET_CONNECTIONS = statement('forget_connections', 'DELETE FROM connections');
const FORGET_HOSTS = statement('forget_all_hosts', 'DELETE FROM hosts');

/** After an unclean stop nobody is left online [S6]. Only right while one host uses the database. */
export const resetPresence = (database: Pick<Database, 'transaction'>): Promise<void> =>
  database.transaction(async (sql) => {
    await Promise.all([
      sql.run(FORGET_CONNECTIONS),
      sql.run(FORGET_HOSTS),
      sql.run(RESET_PRESENCE),
      sql.run(RESET_SESSIONS),
    ]);
  });

const SHORTEN_SESSIONS = statement(
  'shorten_sessions',
  'UPDATE user_sessions SET expires_at = last_activity + $1 WHERE expires_at > last_activity + $1',
);

/** A lifetime that the operator has made shorter counts for the sessions that are there. Measured from their last activity and not
 *  from now: a clock that is wrong at the start ends nobody's session. */
export const shortenSessions = (database: Pick<Database, 'transaction'>, ttlMs: number): Promise<number> =>
  database.transaction((sql) => sql.run(SHORTEN_SESSIONS, [ttlMs]));
