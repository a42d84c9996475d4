import {
  auditRecord,
  avatarRecord,
  blockRecord,
  inviteRecord,
  loginFailuresRecord,
  passwordResetRecord,
  sessionRecord,
  signupsRecord,
  spentTokenRecord,
  type AuditColumns,
  type InviteColumns,
  type LoginFailuresColumns,
  type PasswordResetColumns,
  type SessionColumns,
  type SignupsColumns,
  type SpentTokenColumns,
} from '../../transfer/account-records.ts';
import type { AvatarType } from '../../../protocol/avatar-type.ts';
import type { ExportRecord, RecordOf } from '../../transfer/export-record.ts';
import type { Db } from '../open.ts';
import { fromBlob } from '../uuid.ts';
import { Pages } from './pages.ts';

const NOTHING = Buffer.alloc(0);
const idOrNull = (id: Buffer | null): string | null => (id === null ? null : fromBlob(id));

type RawUser = [
  id: Buffer,
  row: number,
  username: string | null,
  createdAt: number,
  deletedAt: number | null,
  role: RecordOf<'user'>['role'],
  disabledAt: number | null,
  passwordHash: string | null,
  lastSeen: number | null,
  cursor: number,
  pendingName: string | null,
  hasSent: number,
  displayName: string | null,
  about: string | null,
];

/** Users and the names that nobody may take. */
export function* readAccounts(db: Db): Generator<ExportRecord, void, void> {
  const names = deletedNames(db);
  const users = new Pages<RawUser, [Buffer]>(
    db,
    `SELECT u.id, u.row, u.username, u.created_at, u.deleted_at, u.role, u.disabled_at, c.password_hash,
       CASE WHEN u.is_anonymized = 0 THEN p.last_seen END,
       coalesce(h.cursor, 0), d.name,
       u.is_anonymized AND EXISTS (SELECT 1 FROM members m JOIN conversations c ON c.row = m.conversation
         WHERE m.user = u.row AND CASE WHEN c.low = u.row THEN c.low_sent ELSE c.high_sent END > 0),
       u.display_name, u.about
     FROM users u LEFT JOIN credentials c ON c.user = u.row LEFT JOIN user_presence p ON p.user = u.row
     LEFT JOIN heads h ON h.user = u.row LEFT JOIN pending_deletions d ON d.user = u.row
     WHERE u.id > ? ORDER BY u.id`,
  );
  for (const [id, row, username, ...rest] of users.rows([NOTHING], ([at]) => [at])) {
    const [created, deleted, role, disabled, passwordHash, lastSeen, cursor, ...more] = rest;
    const [pendingName, hasSent, displayName, about] = more;
    yield {
      type: 'user',
      id: fromBlob(id),
      username,
      created_at: created,
      deleted_at: deleted,
      deleted_name: hasSent === 1 ? (pendingName ?? names.get(row) ?? null) : null,
      role,
      disabled_at: disabled,
      password_hash: passwordHash,
      last_seen: lastSeen,
      cursor,
      display_name: displayName,
      about,
    };
  }
  yield* readAvatars(db);
  const reserved = new Pages<[string], [string]>(
    db,
    'SELECT name FROM reserved_names WHERE name > ? ORDER BY name',
  );
  for (const [name] of reserved.rows([''], ([at]) => [at])) yield { type: 'reserved_name', name };
}

/** Avatars that are in memory at a time. */
const AVATARS = 16;

function* readAvatars(db: Db): Generator<ExportRecord, void, void> {
  const avatars = new Pages<[user: Buffer, type: AvatarType, bytes: Buffer], [Buffer]>(
    db,
    'SELECT u.id, a.type, a.bytes FROM avatars a JOIN users u ON u.row = a.user WHERE u.id > ? ORDER BY u.id',
    AVATARS,
  );
  for (const [user, type, bytes] of avatars.rows([NOTHING], ([at]) => [at]))
    yield avatarRecord([fromBlob(user), type, bytes]);
}

/** Whom users block, in the order in which they did so. What a deletion still erases is left out. */
export function* readBlocks(db: Db): Generator<ExportRecord, void, void> {
  const blocks = new Pages<[user: Buffer, row: number, blocked: Buffer, at: number], [Buffer, number]>(
    db,
    `SELECT u.id, b.row, p.id, b.at FROM blocks b JOIN users u ON u.row = b.user JOIN users p ON p.row = b.peer
     WHERE (u.id, b.row) > (?, ?) AND u.is_anonymized = 0 AND p.is_anonymized = 0 ORDER BY u.id, b.row`,
  );
  let [last, number] = ['', 0];
  for (const [user, , blocked, at] of blocks.rows([NOTHING, 0], ([id, row]) => [id, row])) {
    const userId = fromBlob(user);
    [last, number] = [userId, userId === last ? number + 1 : 1];
    yield blockRecord([userId, number, fromBlob(blocked), at]);
  }
}

/** By users' rows. A name stands with each message of its user; there is no index of senders, so all messages are read. */
const deletedNames = (db: Db): ReadonlyMap<number, string> =>
  new Map(
    db
      .prepare<[], [number, string]>(
        'SELECT sender, max(deleted_user_name) FROM messages WHERE deleted_user_name IS NOT NULL GROUP BY sender',
      )
      .raw()
      .all(),
  );

/** What comes after the logs. */
export function* readAfterwards(db: Db): Generator<ExportRecord, void, void> {
  yield* readSessions(db);
  yield* readLimits(db);
  yield* readInvites(db);
  yield* readResets(db);
  yield* readAudit(db);
}

function* readSessions(db: Db): Generator<ExportRecord, void, void> {
  const sessions = new Pages<SessionColumns<Buffer>, [Buffer]>(
    db,
    `SELECT s.id, u.id, s.refresh_hash, s.created_at, s.expires_at, s.last_activity, s.ip_address, s.user_agent
     FROM user_sessions s JOIN users u ON u.row = s.user WHERE s.id > ? ORDER BY s.id`,
  );
  for (const [id, user, ...rest] of sessions.rows([NOTHING], ([at]) => [at]))
    yield sessionRecord([fromBlob(id), fromBlob(user), ...rest]);
  // Those of sessions that have ended prove nothing any more.
  const spent = new Pages<SpentTokenColumns<Buffer>, [Buffer]>(
    db,
    `SELECT t.hash, s.id, t.successor_hash, t.spent_at, t.expires_at
     FROM spent_refresh_tokens t JOIN user_sessions s ON s.row = t.session WHERE t.hash > ? ORDER BY t.hash`,
  );
  for (const [hash, session, ...rest] of spent.rows([NOTHING], ([at]) => [at]))
    yield spentTokenRecord([hash, fromBlob(session), ...rest]);
}

function* readLimits(db: Db): Generator<ExportRecord, void, void> {
  const failures = new Pages<LoginFailuresColumns, [string]>(
    db,
    'SELECT key, failures, first_at, ends_at FROM login_failures WHERE key > ? ORDER BY key',
  );
  for (const row of failures.rows([''], ([at]) => [at])) yield loginFailuresRecord(row);
  const ofUsers = new Pages<[string, Buffer, number], [string, Buffer]>(
    db,
    `SELECT f.key, u.id, f.failures FROM login_failures_of_user f JOIN users u ON u.row = f.user
     WHERE (f.key, u.id) > (?, ?) ORDER BY f.key, u.id`,
  );
  for (const [key, user, count] of ofUsers.rows(['', NOTHING], ([at, id]) => [at, id]))
    yield { type: 'login_failures_of_user', key, user_id: fromBlob(user), failures: count };
  const signups = new Pages<SignupsColumns, [string]>(
    db,
    'SELECT key, count, first_at FROM signups WHERE key > ? ORDER BY key',
  );
  for (const row of signups.rows([''], ([at]) => [at])) yield signupsRecord(row);
}

function* readInvites(db: Db): Generator<ExportRecord, void, void> {
  const invites = new Pages<InviteColumns, [number]>(
    db,
    `SELECT row, hash, created_at, uses_left, uses, used_at, expires_at, revoked_at FROM invites
     WHERE row > ? ORDER BY row`,
  );
  for (const row of invites.rows([0], ([at]) => [at])) yield inviteRecord(row);
}

function* readResets(db: Db): Generator<ExportRecord, void, void> {
  const resets = new Pages<PasswordResetColumns<Buffer>, [Buffer]>(
    db,
    `SELECT u.id, r.hash, r.created_at, r.expires_at FROM password_resets r JOIN users u ON u.row = r.user
     WHERE u.id > ? ORDER BY u.id`,
  );
  for (const [user, ...rest] of resets.rows([NOTHING], ([at]) => [at]))
    yield passwordResetRecord([fromBlob(user), ...rest]);
}

function* readAudit(db: Db): Generator<ExportRecord, void, void> {
  const records = new Pages<AuditColumns<Buffer>, [number]>(
    db,
    `SELECT a.row, a.at, a.actor, a.origin, a.action, u.id, a.target, a.detail
     FROM audit_records a LEFT JOIN users u ON u.row = a.subject WHERE a.row > ? ORDER BY a.row`,
  );
  for (const [number, at, actor, origin, action, subject, target, detail] of records.rows([0], ([last]) => [
    last,
  ])) {
    // What an operator named may hold what PostgreSQL does not store; it puts this character in its place too.
    const storable = target?.replaceAll('\0', '\u{FFFD}') ?? null;
    yield auditRecord([number, at, actor, origin, action, idOrNull(subject), storable, detail]);
  }
}
