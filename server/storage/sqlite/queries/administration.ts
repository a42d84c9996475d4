import type { AdminUser, AuditRecord, StoredInvite } from '../../reads.ts';
import type { AuditDetail, Role } from '../../writes.ts';
import { fromBlob, toBlob } from '../uuid.ts';
import { AFTER_ALL } from '../../presenting/bounds.ts';
import { DELETED_NAME } from '../../presenting/presenters.ts';
import { attachmentCount } from './attachment-count.ts';
import { reactionCount } from './reaction-count.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type AdministrationQueries = Pick<
  SnapshotQueries,
  'adminUsers' | 'adminUser' | 'usernames' | 'invites' | 'auditRecords' | 'storeCounts' | 'hosts'
>;

/** Above every row number: the newest page begins below it. */
const ABOVE_ALL = Number.MAX_SAFE_INTEGER;

interface UserRow {
  id: Buffer;
  username: string;
  displayName: string | null;
  about: string | null;
  avatar: string | null;
  role: Role;
  createdAt: number;
  disabledAt: number | null;
  lastSeen: number | null;
  sessions: number;
}
interface AuditRow extends Omit<AuditRecord, 'subject' | 'detail'> {
  subject: Buffer | null;
  name: string | null;
  detail: string | null;
}

/** What operators see. Nothing here is for users: names, sessions and presence are shown whatever their owners allow others. */
export const administrationQueries = (deps: QueryDeps): AdministrationQueries => ({
  ...adminUserQueries(deps),
  ...recordQueries(deps),
});

const adminUserQueries = ({
  db,
  clock,
}: QueryDeps): Pick<AdministrationQueries, 'adminUsers' | 'adminUser' | 'usernames'> => {
  // Not seen in the future, though a clock that ran ahead may have been stored.
  const user = `SELECT u.id, u.username, u.display_name AS displayName, u.about, u.avatar, u.role, u.created_at AS createdAt, u.disabled_at AS disabledAt,
      (SELECT min(p.last_seen, @now) FROM user_presence p WHERE p.user = u.row) AS lastSeen,
      (SELECT count(*) FROM user_sessions s WHERE s.user = u.row AND +s.expires_at > @now) AS sessions
    FROM users u`;
  const byName = db.read<{ name: string; now: number }, UserRow>(`${user} WHERE u.username = @name`);
  const byPrefix = db.read<
    { from: string; below: string; after: string; now: number; limit: number },
    UserRow
  >(
    `${user} WHERE u.username >= @from AND u.username < @below AND u.username > @after
     ORDER BY u.username LIMIT @limit + 0`,
  );
  const nameOf = db.read<[Buffer], { name: string | null }>(
    'SELECT username AS name FROM users WHERE id = ?',
  );
  const toAdminUser = (row: UserRow): AdminUser => ({ ...row, id: fromBlob(row.id) });

  return {
    adminUsers(rx, { after, prefix, limit }) {
      const from = prefix.toLowerCase();
      // A name has at least one character, so that none is below the empty text.
      const page = { from, below: from + AFTER_ALL, after: after?.toLowerCase() ?? '' };
      return rx.all(byPrefix, { ...page, now: clock.now(), limit }).map(toAdminUser);
    },
    adminUser(rx, username) {
      const found = rx.get(byName, { name: username.toLowerCase(), now: clock.now() });
      return found === undefined ? null : toAdminUser(found);
    },
    usernames(rx, userIds) {
      return userIds.flatMap((userId) => {
        const user = rx.get(nameOf, toBlob(userId));
        return user === undefined ? [] : [{ userId, username: user.name ?? DELETED_NAME }];
      });
    },
  };
};

const recordQueries = ({
  db,
  clock,
}: QueryDeps): Pick<AdministrationQueries, 'invites' | 'auditRecords' | 'storeCounts' | 'hosts'> => {
  const invites = db.read<[number, number], StoredInvite>(
    `SELECT row AS id, created_at AS createdAt, uses_left AS usesLeft, uses, used_at AS usedAt,
       expires_at AS expiresAt, revoked_at AS revokedAt
     FROM invites WHERE row < ? ORDER BY row DESC LIMIT ? + 0`,
  );
  const records = db.read<[number, number], AuditRow>(
    `SELECT a.row AS id, a.at, a.actor, a.origin, a.action, a.target, a.detail, u.id AS subject, u.username AS name
     FROM audit_records a LEFT JOIN users u ON u.row = a.subject
     WHERE a.row < ? ORDER BY a.row DESC LIMIT ? + 0`,
  );
  // The numbers of these tables' rows have no gaps, and only retention removes some, the first ones: no need to count.
  const lastRow = (table: string) => db.read<[], number | null>(`SELECT max(row) FROM ${table}`).pluck();
  const [users, conversations] = [lastRow('users'), lastRow('conversations')];
  const messages = db
    .read<[], number>(
      'SELECT coalesce((SELECT max(row) FROM messages), removed_to) - removed_to FROM retention WHERE one = 1',
    )
    .pluck();
  const attachments = attachmentCount(db, clock);
  const reactions = reactionCount(db);

  return {
    invites: (rx, { before, limit }) => rx.all(invites, before ?? ABOVE_ALL, limit),
    auditRecords: (rx, { before, limit }) =>
      rx.all(records, before ?? ABOVE_ALL, limit).map(({ subject, name, detail, ...row }) => ({
        ...row,
        subject: subject === null ? null : { id: fromBlob(subject), username: name ?? DELETED_NAME },
        detail: detail === null ? null : (JSON.parse(detail) as AuditDetail),
      })),
    // The only one is the one that asks.
    hosts: () => [],
    storeCounts(rx) {
      const { count, bytes } = attachments(rx);
      return {
        users: rx.get(users) ?? 0,
        conversations: rx.get(conversations) ?? 0,
        messages: rx.get(messages) ?? 0,
        reactions: reactions(rx),
        attachments: count,
        attachmentBytes: bytes,
      };
    },
  };
};
