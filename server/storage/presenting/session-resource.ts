import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { SessionResource } from '../../protocol/resources/session.ts';

/** Sessions that one user can list; a login ends older unconnected ones beyond it. [P9] */
export const SESSIONS_MAX = 100;

export interface SessionRow {
  readonly id: string;
  readonly createdAt: number;
  readonly lastActivity: number;
  readonly ipAddress: string;
  readonly userAgent: string;
  readonly connected: boolean;
}

/** Nothing has happened in the future, though a clock that ran ahead may have been stored. */
export const sessionResource = (row: SessionRow, now: number, currentSessionId: string): SessionResource => ({
  id: row.id,
  created_at: rfc3339(Math.min(row.createdAt, now)),
  last_activity: rfc3339(Math.min(row.lastActivity, now)),
  ip_address: row.ipAddress,
  user_agent: row.userAgent,
  connected: row.connected,
  current: row.id === currentSessionId,
});
