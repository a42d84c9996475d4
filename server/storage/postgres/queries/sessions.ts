import { sessionResource, SESSIONS_MAX } from '../../presenting/session-resource.ts';
import { statement } from '../sql.ts';
import type { Queries } from '../../reads.ts';
import type { Role } from '../../writes.ts';
import type { PostgresQueryDeps } from './query-deps.ts';

type SessionQueries = Pick<
  Queries,
  'session' | 'sessionHead' | 'sessionHeads' | 'sessions' | 'adminSessions'
>;

const SESSION = statement<[userId: string, name: string | null, expiresAt: number, role: Role]>(
  'session',
  `SELECT u.id, u.username, s.expires_at, u.role FROM user_sessions s JOIN users u ON u.row = s.user_row
   WHERE s.id = $1`,
);
// Asked at each opening, so it has a plan that is kept. A plan for any number of ids is made anew for a single one.
const HEAD = statement<[cursor: number]>(
  'session_head',
  `SELECT coalesce(h.cursor, 0) FROM user_sessions s LEFT JOIN heads h ON h.user_row = s.user_row WHERE s.id = $1`,
);
const HEADS = statement<[id: string, cursor: number]>(
  'session_heads',
  `SELECT s.id, coalesce(h.cursor, 0) FROM user_sessions s LEFT JOIN heads h ON h.user_row = s.user_row
   WHERE s.id = ANY($1::uuid[])`,
);
const SESSIONS = statement<
  [
    id: string,
    createdAt: number,
    lastActivity: number,
    ipAddress: string,
    userAgent: string,
    connected: boolean,
  ]
>(
  'sessions',
  `SELECT s.id, s.created_at, s.last_activity, s.ip_address, s.user_agent, s.connected
   FROM users u JOIN user_sessions s ON s.user_row = u.row
   WHERE u.id = $1 AND s.expires_at > $2
   ORDER BY least(s.last_activity, $2) DESC, s.row DESC LIMIT ${String(SESSIONS_MAX)}`,
);

/** The login sessions of users. */
export const sessionQueries = ({ database, clock }: PostgresQueryDeps): SessionQueries => {
  const sessionsOf: SessionQueries['sessions'] = async (userId, currentSessionId) => {
    const now = clock.now();
    const found = await database.query(SESSIONS, [userId, now]);
    return found.map(([id, createdAt, lastActivity, ipAddress, userAgent, connected]) => {
      const row = { id, createdAt, lastActivity, ipAddress, userAgent, connected };
      return sessionResource(row, now, currentSessionId);
    });
  };
  return {
    async session(sessionId) {
      const [found] = await database.query(SESSION, [sessionId]);
      if (found === undefined || found[1] === null) return null;
      return { userId: found[0], username: found[1], role: found[3], expiresAt: found[2] };
    },
    async sessionHead(sessionId) {
      const [[cursor] = [null]] = await database.query(HEAD, [sessionId]);
      return cursor;
    },
    async sessionHeads(sessionIds) {
      const cursors = new Map(await database.query(HEADS, [sessionIds]));
      return sessionIds.map((id) => cursors.get(id) ?? null);
    },
    sessions: sessionsOf,
    // An operator looks from outside: none of them is the current one.
    adminSessions: (userId) => sessionsOf(userId, ''),
  };
};
