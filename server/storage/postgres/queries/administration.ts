import type { AdminUser, Queries } from '../../reads.ts';
import { AFTER_ALL } from '../../presenting/bounds.ts';
import { DELETED_NAME } from '../../presenting/presenters.ts';
import type { AuditDetail, Role } from '../../writes.ts';
import { statement } from '../sql.ts';
import { attachmentCount } from './attachment-count.ts';
import { isStorable, type PostgresQueryDeps } from './query-deps.ts';
import { reactionCount } from './reaction-count.ts';

type AdministrationQueries = Pick<
  Queries,
  'adminUsers' | 'adminUser' | 'usernames' | 'invites' | 'auditRecords' | 'storeCounts' | 'hosts'
>;

/** Above every row number: the newest page begins below it. */
const ABOVE_ALL = Number.MAX_SAFE_INTEGER;

type AdminUserTuple = [
  id: string,
  username: string,
  displayName: string | null,
  about: string | null,
  avatar: string | null,
  role: Role,
  createdAt: number,
  disabledAt: number | null,
  lastSeen: number | null,
  sessions: number,
];
// Not seen in the future, though a clock that ran ahead may have been stored.
const ADMIN_USER = `SELECT u.id, u.username, u.display_name, u.about, u.avatar, u.role, u.created_at, u.disabled_at,
    (SELECT least(p.last_seen, $1::bigint) FROM user_presence p WHERE p.user_row = u.row),
    (SELECT count(*) FROM user_sessions s WHERE s.user_row = u.row AND s.expires_at > $1)
  FROM users u`;
const BY_NAME = statement<AdminUserTuple>('admin_user', `${ADMIN_USER} WHERE u.username = $2`);
const BY_PREFIX = statement<AdminUserTuple>(
  'admin_users',
  `${ADMIN_USER} WHERE u.username >= $2 AND u.username < $3 AND u.username > $4 ORDER BY u.username LIMIT $5`,
);
const USERNAMES = statement<[id: string, username: string | null]>(
  'usernames',
  'SELECT id, username FROM users WHERE id = ANY($1::uuid[])',
);
const INVITES = statement<
  [
    id: number,
    createdAt: number,
    usesLeft: number,
    uses: number,
    usedAt: number | null,
    expiresAt: number | null,
    revokedAt: number | null,
  ]
>(
  'invites',
  `SELECT row, created_at, uses_left, uses, used_at, expires_at, revoked_at
   FROM invites WHERE row < $1 ORDER BY row DESC LIMIT $2`,
);
const AUDIT_RECORDS = statement<
  [
    id: number,
    at: number,
    actor: string,
    origin: string,
    action: string,
    target: string | null,
    detail: string | null,
    subject: string | null,
    name: string | null,
  ]
>(
  'audit_records',
  `SELECT a.row, a.at, a.actor, a.origin, a.action, a.target, a.detail, u.id, u.username
   FROM audit_records a LEFT JOIN users u ON u.row = a.subject
   WHERE a.row < $1 ORDER BY a.row DESC LIMIT $2`,
);
/** Users and conversations are never removed. Rows of identity columns have gaps, so they are counted; messages are numbered without
 *  a gap in each conversation, and retention removes the first ones. Reads all conversations: for operators who ask, not for a schedule. */
const COUNTS = statement<[users: number, conversations: number, messages: number]>(
  'store_counts',
  `SELECT (SELECT count(*) FROM users), count(*), coalesce(sum(last_seq - low_removed - high_removed), 0)::bigint FROM conversations`,
);

const HOSTS = statement<
  [id: string, name: string, version: string, startedAt: number, heartbeatAt: number, connections: number]
>(
  'hosts',
  `SELECT h.id, h.name, h.version, h.started_at, h.heartbeat_at,
     (SELECT count(*) FROM connections WHERE host = h.id)
   FROM hosts h WHERE h.gone_at IS NULL ORDER BY h.started_at, h.id`,
);

/** What operators see. Nothing here is for users: names, sessions and presence are shown whatever their owners allow others. */
export const administrationQueries = ({ database, clock }: PostgresQueryDeps): AdministrationQueries => ({
  ...recordQueries({ database, clock }),
  async adminUsers({ after, prefix, limit }) {
    if (!isStorable(prefix) || !isStorable(after ?? '')) return [];
    const from = prefix.toLowerCase();
    // A name has at least one character, so that none is below the empty text.
    const values = [clock.now(), from, from + AFTER_ALL, after?.toLowerCase() ?? '', limit];
    return (await database.query(BY_PREFIX, values)).map(toAdminUser);
  },
  async adminUser(username) {
    if (!isStorable(username)) return null;
    const [found] = await database.query(BY_NAME, [clock.now(), username.toLowerCase()]);
    return found === undefined ? null : toAdminUser(found);
  },
  async usernames(userIds) {
    const names = new Map(await database.query(USERNAMES, [userIds]));
    return userIds.flatMap((userId) => {
      const username = names.get(userId);
      return username === undefined ? [] : [{ userId, username: username ?? DELETED_NAME }];
    });
  },
});

const recordQueries = ({
  database,
  clock,
}: PostgresQueryDeps): Pick<AdministrationQueries, 'invites' | 'auditRecords' | 'storeCounts' | 'hosts'> => {
  const reactions = reactionCount(database, clock);
  const attachments = attachmentCount(database, clock);
  return {
    async invites({ before, limit }) {
      const found = await database.query(INVITES, [before ?? ABOVE_ALL, limit]);
      return found.map(([id, createdAt, usesLeft, uses, usedAt, expiresAt, revokedAt]) => ({
        ...{ id, createdAt, usesLeft, uses, usedAt, expiresAt, revokedAt },
      }));
    },
    async auditRecords({ before, limit }) {
      const found = await database.query(AUDIT_RECORDS, [before ?? ABOVE_ALL, limit]);
      return found.map(([id, at, actor, origin, action, target, detail, subject, name]) => ({
        ...{ id, at, actor, origin, action, target },
        subject: subject === null ? null : { id: subject, username: name ?? DELETED_NAME },
        detail: detail === null ? null : (JSON.parse(detail) as AuditDetail),
      }));
    },
    async storeCounts() {
      const [[counts], attached, reacted] = await Promise.all([
        database.query(COUNTS),
        attachments(),
        reactions(),
      ]);
      const [users, conversations, messages] = counts ?? [0, 0, 0];
      const { count, bytes } = attached;
      return {
        ...{ users, conversations, messages, reactions: reacted },
        ...{ attachments: count, attachmentBytes: bytes },
      };
    },
    async hosts() {
      const found = await database.query(HOSTS);
      return found.map(([id, name, version, startedAt, heartbeatAt, connections]) => ({
        ...{ id, name, version, startedAt, heartbeatAt, connections },
      }));
    },
  };
};

const toAdminUser = ([
  id,
  username,
  displayName,
  about,
  avatar,
  role,
  createdAt,
  disabledAt,
  lastSeen,
  sessions,
]: AdminUserTuple): AdminUser => ({
  ...{ id, username, displayName, about, avatar, role },
  ...{ createdAt, disabledAt, lastSeen, sessions },
});
