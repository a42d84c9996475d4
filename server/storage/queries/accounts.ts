import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Connection } from '../open.ts';
import type { Queries } from '../store.ts';
import { fromBlob, toBlob } from '../uuid.ts';
import type { Rows } from './rows.ts';

type AccountQueries = Pick<
  Queries,
  | 'session'
  | 'sessionHead'
  | 'person'
  | 'credentials'
  | 'credentialsById'
  | 'loginFailures'
  | 'signups'
  | 'sessions'
>;

/** Sessions one person can list; login ends older unconnected ones beyond it. [P9] */
export const SESSIONS_MAX = 100;

interface SessionRow {
  id: Buffer;
  created_at: number;
  last_activity: number;
  ip_address: string;
  user_agent: string;
  connected: number;
}

/** Accounts and their sessions (SPEC §3). */
export const accountQueries = (db: Connection, rows: Rows, clock: Clock): AccountQueries => {
  const session = db
    .prepare<[Buffer], [Buffer, string | null, number]>(
      `SELECT u.id, u.username, s.expires_at FROM user_sessions s JOIN users u ON u.row = s.user WHERE s.id = ?`,
    )
    .raw();
  const sessionHead = db
    .prepare<[Buffer], number | null>(
      'SELECT h.cursor FROM user_sessions s LEFT JOIN heads h ON h.user = s.user WHERE s.id = ?',
    )
    .pluck();
  const byName = db
    .prepare<[string], [Buffer, string]>(
      'SELECT u.id, c.password_hash FROM users u JOIN credentials c ON c.user = u.row WHERE u.username = ?',
    )
    .raw();
  const byId = db
    .prepare<[Buffer], [string, string]>(
      'SELECT u.username, c.password_hash FROM users u JOIN credentials c ON c.user = u.row WHERE u.id = ?',
    )
    .raw();
  const failures = db
    .prepare<[string], [number, number]>('SELECT failures, first_at FROM login_failures WHERE key = ?')
    .raw();
  const signups = db
    .prepare<[string], [number, number]>('SELECT count, first_at FROM signups WHERE key = ?')
    .raw();
  const sessions = db.prepare<{ user: number; now: number }, SessionRow>(
    `SELECT id, created_at, last_activity, ip_address, user_agent, connected FROM user_sessions
     WHERE user = @user AND expires_at > @now ORDER BY min(last_activity, @now) DESC, row DESC LIMIT ${String(SESSIONS_MAX)}`,
  );

  return {
    session(sessionId) {
      const found = session.get(toBlob(sessionId));
      if (found === undefined || found[1] === null) return null;
      return { userId: fromBlob(found[0]), username: found[1], expiresAt: found[2] };
    },
    sessionHead(sessionId) {
      const found = sessionHead.get(toBlob(sessionId));
      return found === undefined ? null : (found ?? 0);
    },
    person(userId) {
      const found = rows.person(userId);
      return found === null ? null : { username: found.name ?? '', deleted: found.name === null };
    },
    credentials(username) {
      const found = byName.get(username.toLowerCase());
      return found === undefined ? null : { userId: fromBlob(found[0]), passwordHash: found[1] };
    },
    credentialsById(userId) {
      const found = byId.get(toBlob(userId));
      return found === undefined ? null : { username: found[0], passwordHash: found[1] };
    },
    loginFailures(key) {
      const found = failures.get(key);
      return found === undefined ? null : { failures: found[0], firstAt: found[1] };
    },
    signups(key) {
      const found = signups.get(key);
      return found === undefined ? null : { count: found[0], firstAt: found[1] };
    },
    sessions(userId, currentSessionId) {
      const person = rows.person(userId);
      if (person === null) return [];
      const now = clock.now();
      // Nothing has happened in the future, though a clock that ran ahead may have been stored.
      const past = (at: number): string => rfc3339(Math.min(at, now));
      return sessions.all({ user: person.row, now }).map((row) => {
        const id = fromBlob(row.id);
        return {
          id,
          created_at: past(row.created_at),
          last_activity: past(row.last_activity),
          ip_address: row.ip_address,
          user_agent: row.user_agent,
          connected: row.connected === 1,
          current: id === currentSessionId,
        };
      });
    },
  };
};
