import { avatarVersion } from '../../avatar-version.ts';
import { nameWordsOf } from '../../search/name-words.ts';
import type { RecordOf } from '../../transfer/export-record.ts';
import { RecordFault } from '../../transfer/transfer-error.ts';
import type { Db } from '../open.ts';
import { toBlob } from '../uuid.ts';
import { ImportedUsers } from './known-rows.ts';

const bytes = (base64url: string): Buffer => Buffer.from(base64url, 'base64url');

/** What users have beside their conversations. */
export class AccountImport {
  readonly #users: ImportedUsers;
  readonly #insert;
  readonly #findName;
  readonly #findSession;
  readonly #findFailures;
  #blocks = { user: 0, number: 0 };

  constructor(db: Db) {
    this.#users = new ImportedUsers(db);
    this.#insert = statements(db);
    this.#findName = db.prepare<[string], number>('SELECT row FROM users WHERE username = ?').pluck();
    this.#findSession = db.prepare<[Buffer], number>('SELECT row FROM user_sessions WHERE id = ?').pluck();
    this.#findFailures = db.prepare<[string], number>('SELECT 1 FROM login_failures WHERE key = ?').pluck();
  }

  user(record: RecordOf<'user'>): void {
    checkUser(record);
    const { id, username, created_at, deleted_at, deleted_name, role, disabled_at, password_hash } = record;
    const isDeleted = deleted_at === null ? 0 : 1;
    const { lastInsertRowid } = this.#insert.user.run(
      ...([toBlob(id), username, created_at, deleted_at, isDeleted, role, disabled_at] as const),
      ...([record.display_name, record.about] as const),
    );
    const row = Number(lastInsertRowid);
    this.#insert.head.run(row, record.cursor);
    if (password_hash !== null) this.#insert.credentials.run(row, password_hash);
    if (record.last_seen !== null) this.#insert.presence.run(row, record.last_seen);
    if (deleted_name !== null) this.#insert.deletedName.run(row, deleted_name);
    for (const word of nameWordsOf(record.display_name)) this.#insert.nameWord.run(row, word);
  }

  avatar({ user_id, media_type, bytes: given }: RecordOf<'avatar'>): void {
    const user = this.#users.findLiving(user_id).row;
    const image = bytes(given);
    this.#insert.avatar.run(user, media_type, image);
    this.#insert.avatarVersion.run(avatarVersion(image), user);
  }

  reservedName({ name }: RecordOf<'reserved_name'>): void {
    if (this.#findName.get(name) !== undefined)
      throw new RecordFault(`the name ${name} is reserved, and a user has it`);
    this.#insert.reservedName.run(name);
  }

  /** After the conversations, where it is noted too. */
  block({ user_id, number, blocked_id, at }: RecordOf<'block'>): void {
    const [user, peer] = [this.#users.findLiving(user_id).row, this.#users.findLiving(blocked_id).row];
    if (user === peer) throw new RecordFault('nobody blocks themselves');
    const next = this.#blocks.user === user ? this.#blocks.number + 1 : 1;
    if (number !== next)
      throw new RecordFault(
        `the number is ${String(number)}, and ${String(next)} is the next one of the user`,
      );
    this.#blocks = { user, number };
    this.#insert.block.run(user, peer, at);
    // Rows have the order of the ids.
    if (user < peer) this.#insert.lowBlocks.run(user, peer);
    else this.#insert.highBlocks.run(peer, user);
  }

  session(record: RecordOf<'session'>): void {
    const user = this.#users.findLiving(record.user_id);
    this.#insert.session.run(
      ...[toBlob(record.id), user.row, bytes(record.refresh_hash), record.created_at, record.expires_at],
      ...[record.last_activity, record.ip_address, record.user_agent],
    );
  }

  spentToken({ hash, session_id, successor_hash, spent_at, expires_at }: RecordOf<'spent_token'>): void {
    const session = this.#findSession.get(toBlob(session_id));
    if (session === undefined) throw new RecordFault(`there is no session ${session_id}`);
    this.#insert.spentToken.run(bytes(hash), session, bytes(successor_hash), spent_at, expires_at);
  }

  loginFailures({ key, failures, first_at, ends_at }: RecordOf<'login_failures'>): void {
    this.#insert.loginFailures.run(key, failures, first_at, ends_at);
  }

  loginFailuresOfUser({ key, user_id, failures }: RecordOf<'login_failures_of_user'>): void {
    if (this.#findFailures.get(key) === undefined)
      throw new RecordFault(`there is no login_failures with the key ${key}`);
    this.#insert.loginFailuresOfUser.run(key, this.#users.findLiving(user_id).row, failures);
  }

  signups({ key, count, first_at }: RecordOf<'signups'>): void {
    this.#insert.signups.run(key, count, first_at);
  }

  invite(record: RecordOf<'invite'>): void {
    this.#insert.invite.run(
      ...[record.number, bytes(record.hash), record.created_at, record.uses_left, record.uses],
      ...[record.used_at, record.expires_at, record.revoked_at],
    );
  }

  passwordReset({ user_id, hash, created_at, expires_at }: RecordOf<'password_reset'>): void {
    this.#insert.passwordReset.run(this.#users.findLiving(user_id).row, bytes(hash), created_at, expires_at);
  }

  auditRecord(record: RecordOf<'audit_record'>): void {
    const { number, at, actor, origin, action, subject_id, target, detail } = record;
    const subject = subject_id === null ? null : this.#users.find(subject_id).row;
    const json = detail === null ? null : JSON.stringify(detail);
    this.#insert.auditRecord.run(number, at, actor, origin, action, subject, target, json);
  }
}

const checkUser = ({
  username,
  deleted_at,
  deleted_name,
  disabled_at,
  role,
  password_hash,
  last_seen,
  display_name,
  about,
}: RecordOf<'user'>): void => {
  const isDeleted = deleted_at !== null;
  if (isDeleted !== (username === null))
    throw new RecordFault('a user has either a username or a deleted_at');
  if (isDeleted !== (password_hash === null))
    throw new RecordFault('a user has a password_hash, and a deleted one has none');
  if (!isDeleted && deleted_name !== null) throw new RecordFault('only a deleted user has a deleted_name');
  if (isDeleted && (role !== 'user' || disabled_at !== null || last_seen !== null))
    throw new RecordFault('a deleted user has the role "user", no disabled_at and no last_seen');
  if (isDeleted && (display_name !== null || about !== null))
    throw new RecordFault('a deleted user has no display_name and no about');
};

type Null<T> = T | null;

const statements = (db: Db) => ({
  user: db.prepare<
    [
      ...[Buffer, Null<string>, number, Null<number>, number, string, Null<number>],
      ...[Null<string>, Null<string>],
    ]
  >(
    `INSERT INTO users (id, username, created_at, deleted_at, is_anonymized, role, disabled_at, display_name, about)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
  block: db.prepare<[number, number, number]>('INSERT INTO blocks (user, peer, at) VALUES (?, ?, ?)'),
  lowBlocks: db.prepare<[number, number]>(
    'UPDATE conversations SET low_blocks = 1 WHERE low = ? AND high = ?',
  ),
  highBlocks: db.prepare<[number, number]>(
    'UPDATE conversations SET high_blocks = 1 WHERE low = ? AND high = ?',
  ),
  nameWord: db.prepare<[number, string]>('INSERT INTO user_name_words (user, word) VALUES (?, ?)'),
  avatar: db.prepare<[number, string, Buffer]>('INSERT INTO avatars (user, type, bytes) VALUES (?, ?, ?)'),
  avatarVersion: db.prepare<[string, number]>('UPDATE users SET avatar = ? WHERE row = ?'),
  head: db.prepare<[number, number]>('INSERT INTO heads (user, cursor) VALUES (?, ?)'),
  credentials: db.prepare<[number, string]>('INSERT INTO credentials VALUES (?, ?)'),
  presence: db.prepare<[number, number]>(`INSERT INTO user_presence VALUES (?, 'offline', ?)`),
  deletedName: db.prepare<[number, string]>('INSERT INTO staging.names VALUES (?, ?)'),
  reservedName: db.prepare<[string]>('INSERT INTO reserved_names VALUES (?)'),
  session: db.prepare<[Buffer, number, Buffer, number, number, number, string, string]>(
    `INSERT INTO user_sessions (id, user, refresh_hash, created_at, expires_at, last_activity, ip_address, user_agent)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
  spentToken: db.prepare<[Buffer, number, Buffer, number, number]>(
    'INSERT INTO spent_refresh_tokens VALUES (?, ?, ?, ?, ?)',
  ),
  loginFailures: db.prepare<[string, number, number, number]>(
    'INSERT INTO login_failures VALUES (?, ?, ?, ?)',
  ),
  loginFailuresOfUser: db.prepare<[string, number, number]>(
    'INSERT INTO login_failures_of_user VALUES (?, ?, ?)',
  ),
  signups: db.prepare<[string, number, number]>('INSERT INTO signups VALUES (?, ?, ?)'),
  invite: db.prepare<[number, Buffer, number, number, number, Null<number>, Null<number>, Null<number>]>(
    `INSERT INTO invites (row, hash, created_at, uses_left, uses, used_at, expires_at, revoked_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
  passwordReset: db.prepare<[number, Buffer, number, number]>(
    'INSERT INTO password_resets VALUES (?, ?, ?, ?)',
  ),
  auditRecord: db.prepare<[number, number, string, string, string, Null<number>, Null<string>, Null<string>]>(
    'INSERT INTO audit_records VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  ),
});
