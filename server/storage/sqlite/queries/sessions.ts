import type { SessionResource } from '../../../protocol/resources/session.ts';
import { sessionResource, SESSIONS_MAX } from '../../presenting/session-resource.ts';
import type { SessionRow } from '../../presenting/session-resource.ts';
import type { Role } from '../../writes.ts';
import type { Rx } from '../transactions.ts';
import { fromBlob, toBlob } from '../uuid.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type SessionQueries = Pick<
  SnapshotQueries,
  'session' | 'sessionHead' | 'sessionHeads' | 'sessions' | 'adminSessions'
>;

interface SessionColumns extends Omit<SessionRow, 'id' | 'connected'> {
  readonly id: Buffer;
  readonly connected: number;
}

/** The login sessions of users. */
export const sessionQueries = ({ db, clock, rows: rowsIn }: QueryDeps): SessionQueries => {
  const session = db
    .read<[Buffer], [Buffer, string | null, number, Role]>(
      `SELECT u.id, u.username, s.expires_at, u.role FROM user_sessions s JOIN users u ON u.row = s.user WHERE s.id = ?`,
    )
    .raw();
  const sessionHead = db
    .read<[Buffer], number | null>(
      'SELECT h.cursor FROM user_sessions s LEFT JOIN heads h ON h.user = s.user WHERE s.id = ?',
    )
    .pluck();
  const sessions = db.read<{ user: number; now: number }, SessionColumns>(
    `SELECT id, created_at AS createdAt, last_activity AS lastActivity, ip_address AS ipAddress,
       user_agent AS userAgent, connected
     FROM user_sessions
     WHERE user = @user AND expires_at > @now ORDER BY min(last_activity, @now) DESC, row DESC LIMIT ${String(SESSIONS_MAX)}`,
  );

  const sessionsOf = (rx: Rx, userId: string, currentSessionId: string): readonly SessionResource[] => {
    const user = rowsIn(rx).user(userId);
    if (user === null) return [];
    const now = clock.now();
    return rx
      .all(sessions, { user: user.row, now })
      .map((row) => ({ ...row, id: fromBlob(row.id), connected: row.connected === 1 }))
      .map((row) => sessionResource(row, now, currentSessionId));
  };

  const headOf = (rx: Rx, sessionId: string): number | null => {
    const found = rx.get(sessionHead, toBlob(sessionId));
    return found === undefined ? null : (found ?? 0);
  };

  return {
    session(rx, sessionId) {
      const found = rx.get(session, toBlob(sessionId));
      if (found === undefined || found[1] === null) return null;
      return { userId: fromBlob(found[0]), username: found[1], role: found[3], expiresAt: found[2] };
    },
    sessionHead: headOf,
    sessionHeads: (rx, sessionIds) => sessionIds.map((id) => headOf(rx, id)),
    sessions: sessionsOf,
    // An operator looks from outside: none of them is the current one.
    adminSessions: (rx, userId) => sessionsOf(rx, userId, ''),
  };
};
