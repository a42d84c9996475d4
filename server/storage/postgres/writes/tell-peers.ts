import { deletedUser, type livingUser } from '../../presenting/presenters.ts';
import type { LoggedEvent } from '../../logged-event.ts';
import { KIND, type Kind } from '../../rules/event-kinds.ts';
import { showsPresence } from '../queries/users.ts';
import { addSearchJobs } from '../search/search-jobs.ts';
import { statement, type Sql } from '../sql.ts';
import type { LockedLogs } from './locked-users.ts';

type LivingUser = ReturnType<typeof livingUser>;

/** Somebody who has a conversation with a user; `bucket` and `conversation` are their place among those of that user. */
export interface PeerToTell {
  readonly bucket: number;
  readonly conversation: number;
  readonly row: number;
  readonly id: string;
  /** Whether the user has written to them [S7]. */
  readonly seesPresence: boolean;
}

/** After which of their peers a user is continued with. */
export interface PeerPosition {
  readonly bucket: number;
  readonly conversation: number;
}
export const BEFORE_ALL_PEERS: PeerPosition = { bucket: -1, conversation: 0 };

const PEERS = statement<
  [bucket: number, conversation: number, row: number, id: string, seesPresence: boolean]
>(
  'peers_to_tell',
  `SELECT m.bucket, m.conversation, u.row, u.id, ${showsPresence('m.user_row')}
   FROM members m JOIN conversations c ON c.row = m.conversation JOIN users u ON u.row = m.peer
   WHERE m.user_row = $1 AND (m.bucket, m.conversation) > ($2::integer, $3::bigint)
   ORDER BY m.bucket, m.conversation LIMIT $4`,
);
/** Appends an event about the user $3 to each of the logs $1, whose heads are locked. */
const appendTo = (name: string, kind: Kind) =>
  statement(
    name,
    `WITH moved AS (
       UPDATE heads SET cursor = cursor + 1 WHERE user_row = ANY($1::bigint[]) RETURNING user_row, cursor)
     INSERT INTO events (user_row, cursor, kind, at, subject)
     SELECT user_row, cursor, ${String(kind)}, $2::bigint, $3::bigint FROM moved`,
  );
const LOG_DELETION = appendTo('log_deletion', KIND.userDeleted);
const LOG_PROFILE = appendTo('log_profile', KIND.userUpdated);
const SUPERSEDE = statement(
  'supersede_profile',
  `DELETE FROM events WHERE user_row = ANY($1::bigint[]) AND subject = $2 AND kind = ${String(KIND.userUpdated)}`,
);

/** Of the conversations $2, what the user $1 has set, and blocks between the two. */
const FORGET = statement(
  'forget_settings',
  `UPDATE conversations c SET low_blocks = false, high_blocks = false,
     low_pinned = c.low_pinned AND c.low <> $1, high_pinned = c.high_pinned AND c.high <> $1,
     low_archived = c.low_archived AND c.low <> $1, high_archived = c.high_archived AND c.high <> $1,
     low_muted_until = CASE WHEN c.low = $1 THEN 0 ELSE c.low_muted_until END,
     high_muted_until = CASE WHEN c.high = $1 THEN 0 ELSE c.high_muted_until END,
     low_settings_event = CASE WHEN c.low = $1 THEN 0 ELSE c.low_settings_event END,
     high_settings_event = CASE WHEN c.high = $1 THEN 0 ELSE c.high_settings_event END
   WHERE c.row = ANY($2::bigint[]) AND (c.low_blocks OR c.high_blocks
     OR (c.low = $1 AND (c.low_pinned OR c.low_archived OR c.low_muted_until > 0))
     OR (c.high = $1 AND (c.high_pinned OR c.high_archived OR c.high_muted_until > 0)))`,
);

/** The attachments in the conversations $2 that nobody can see any more, now that the user $1 is deleted. */
const RELEASE = statement(
  'release_attachments_of_deleted',
  `INSERT INTO pending_attachments (conversation)
   SELECT c.row FROM conversations c JOIN users p ON p.row = c.low + c.high - $1::bigint
   WHERE c.row = ANY($2::bigint[]) AND EXISTS (
     SELECT FROM attachments a WHERE a.conversation = c.row AND a.seq <= CASE
       WHEN p.deleted_at IS NOT NULL THEN c.last_seq WHEN c.low = p.row THEN c.low_cleared ELSE c.high_cleared END)`,
);

export const peersAfter = async (
  sql: Sql,
  user: number,
  { bucket, conversation }: PeerPosition,
  limit: number,
): Promise<readonly PeerToTell[]> => {
  const found = await sql.query(PEERS, [user, bucket, conversation, limit]);
  return found.map(([at, of, row, id, seesPresence]) => ({
    bucket: at,
    conversation: of,
    row,
    id,
    seesPresence,
  }));
};

/** Who of these, whose heads are locked, is told: not those who are deleted. */
const toTell = <P extends { readonly row: number }>(peers: readonly P[], logs: LockedLogs) =>
  peers.flatMap((peer) => {
    const log = logs.get(peer.row);
    return log?.isLiving === true ? [{ ...peer, before: log.cursor, cursor: log.cursor + 1 }] : [];
  });

/** Logs for each living one of `peers`, whose heads are locked, that the user is deleted, and returns these events. What the user has set for
 *  their conversations is reset, and the attachments there that nobody can see any more are let go of. */
export const tellDeletion = async (
  sql: Sql,
  user: { readonly row: number; readonly id: string },
  peers: readonly PeerToTell[],
  logs: LockedLogs,
  now: number,
): Promise<readonly LoggedEvent[]> => {
  const conversations = peers.map(({ conversation }) => conversation);
  if (peers.length > 0)
    await Promise.all([
      sql.run(FORGET, [user.row, conversations]),
      sql.run(RELEASE, [user.row, conversations]),
    ]);
  const told = toTell(peers, logs);
  if (told.length === 0) return [];
  await Promise.all([
    sql.run(LOG_DELETION, [told.map(({ row }) => row), now, user.row]),
    addSearchJobs(sql, told),
  ]);
  const payload = { change: 'deleted', user: deletedUser(user) } as const;
  return told.map(({ id, cursor }) => ({
    userId: id,
    event: { cursor, at: now, type: 'user', payload },
  }));
};

/** Logs for each living one of `peers`, whose heads are locked, how a user is now, as they may see them, in the place of an earlier such
 *  event, and returns these events. `seen`: the user with their presence. */
export const tellProfile = async (
  sql: Sql,
  user: { readonly row: number; readonly seen: LivingUser },
  peers: readonly Omit<PeerToTell, keyof PeerPosition>[],
  logs: LockedLogs,
  now: number,
): Promise<readonly LoggedEvent[]> => {
  const told = toTell(peers, logs);
  if (told.length === 0) return [];
  const rows = told.map(({ row }) => row);
  await Promise.all([
    sql.run(SUPERSEDE, [rows, user.row]),
    sql.run(LOG_PROFILE, [rows, now, user.row]),
    addSearchJobs(sql, told),
  ]);
  const unseen = { ...user.seen, status: null, last_seen: null };
  return told.map(({ id, cursor, seesPresence }) => {
    const payload = { change: 'updated', user: seesPresence ? user.seen : unseen } as const;
    return { userId: id, event: { cursor, at: now, type: 'user', payload } };
  });
};
