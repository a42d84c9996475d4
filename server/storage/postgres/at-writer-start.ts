import { HOST_SILENT_MS } from '../limits.ts';
import { statement, type Database, type Sql } from './sql.ts';

// Nobody registers meanwhile, and a connection can only be registered at a host that is.
const LOCK_HOSTS = statement('lock_hosts_table', 'LOCK TABLE hosts IN SHARE ROW EXCLUSIVE MODE');
const ANY_LIVING = statement<[boolean]>(
  'any_living_host',
  'SELECT EXISTS (SELECT FROM hosts WHERE gone_at IS NULL AND heartbeat_at >= $1)',
);
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

/** After an unclean stop nobody is left online [S6]. Only right while no host lives. */
export const resetPresence = (database: Pick<Database, 'transaction'>): Promise<void> =>
  database.transaction(resetIn);

/** `resetPresence`, unless a host has given a sign of life lately, which may be this one in an earlier life: then `settleAbandoned`
 *  does the same once its silence has lasted. */
export const resetPresenceIfAlone = (database: Pick<Database, 'transaction'>, now: number): Promise<void> =>
  database.transaction(async (sql) => {
    await sql.run(LOCK_HOSTS);
    const [[isAnyLiving] = [false]] = await sql.query(ANY_LIVING, [now - HOST_SILENT_MS]);
    if (!isAnyLiving) await resetIn(sql);
  });

const resetIn = async (sql: Sql): Promise<void> => {
  await Promise.all([
    sql.run(FORGET_CONNECTIONS),
    sql.run(FORGET_HOSTS),
    sql.run(RESET_PRESENCE),
    sql.run(RESET_SESSIONS),
  ]);
};

const SHORTEN_SESSIONS = statement(
  'shorten_sessions',
  'UPDATE user_sessions SET expires_at = last_activity + $1 WHERE expires_at > last_activity + $1',
);

/** A lifetime that the operator has made shorter counts for the sessions that are there. Measured from their last activity and not
 *  from now: a clock that is wrong at the start ends nobody's session. */
export const shortenSessions = (database: Pick<Database, 'transaction'>, ttlMs: number): Promise<number> =>
  database.transaction((sql) => sql.run(SHORTEN_SESSIONS, [ttlMs]));
