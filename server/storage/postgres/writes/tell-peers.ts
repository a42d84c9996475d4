import { deletedUser } from '../../presenting/presenters.ts';
import type { LoggedEvent } from '../../logged-event.ts';
import { KIND } from '../../rules/event-kinds.ts';
import { addSearchJobs } from '../search/search-jobs.ts';
import { statement, type Sql } from '../sql.ts';
import type { LockedLogs } from './locked-users.ts';

/** Somebody who has a conversation with a user; `bucket` and `conversation` are their place among those of that user. */
export interface DeletionPeer {
  readonly bucket: number;
  readonly conversation: number;
  readonly row: number;
  readonly id: string;
}

/** After which of their peers a user is continued with. */
export interface PeerPosition {
  readonly bucket: number;
  readonly conversation: number;
}
export const BEFORE_ALL_PEERS: PeerPosition = { bucket: -1, conversation: 0 };

const PEERS = statement<[bucket: number, conversation: number, row: number, id: string]>(
  'peers_to_tell',
  `SELECT m.bucket, m.conversation, u.row, u.id FROM members m JOIN users u ON u.row = m.peer
   WHERE m.user_row = $1 AND (m.bucket, m.conversation) > ($2::integer, $3::bigint)
   ORDER BY m.bucket, m.conversation LIMIT $4`,
);
const LOG = statement(
  'log_deletion',
  `WITH moved AS (
     UPDATE heads SET cursor = cursor + 1 WHERE user_row = ANY($1::bigint[]) RETURNING user_row, cursor)
   INSERT INTO events (user_row, cursor, kind, at, subject)
   SELECT user_row, cursor, ${String(KIND.userDeleted)}, $2::bigint, $3::bigint FROM moved`,
);
export const peersAfter = async (
  sql: Sql,
  user: number,
  { bucket, conversation }: PeerPosition,
  limit: number,
): Promise<readonly DeletionPeer[]> => {
  const found = await sql.query(PEERS, [user, bucket, conversation, limit]);
  return found.map(([at, of, row, id]) => ({ bucket: at, conversation: of, row, id }));
};

/** Logs for each living one of `peers`, whose heads are locked, that the user is deleted, and returns these events. */
export const tellPeers = async (
  sql: Sql,
  user: { readonly row: number; readonly id: string },
  peers: readonly DeletionPeer[],
  logs: LockedLogs,
  now: number,
): Promise<readonly LoggedEvent[]> => {
  const told = peers.flatMap(({ row, id }) => {
    const log = logs.get(row);
    return log?.isLiving === true ? [{ row, id, before: log.cursor, cursor: log.cursor + 1 }] : [];
  });
  if (told.length === 0) return [];
  await Promise.all([sql.run(LOG, [told.map(({ row }) => row), now, user.row]), addSearchJobs(sql, told)]);
  const payload = { change: 'deleted', user: deletedUser(user) } as const;
  return told.map(({ id, cursor }) => ({
    userId: id,
    event: { cursor, at: now, type: 'user', payload },
  }));
};
