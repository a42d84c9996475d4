import { avatarVersion } from '../../avatar-version.ts';
import { nameWordsOf } from '../../search/name-words.ts';
import { eventKindOf, KINDS_ABOUT_USERS } from '../../transfer/event-names.ts';
import type { ExportRecord, RecordOf, RecordType } from '../../transfer/export-record.ts';
import { unnest } from '../bulk.ts';
import { statement, type Sql, type Statement } from '../sql.ts';
import { ATTACHMENT_INSERTS } from './attachment-records.ts';

/** Records of one type that are stored with one statement. It reports a row for each: fewer mean that something is not there to which a
 *  record refers. */
export interface BulkInsert<T extends RecordType> {
  readonly statement: Statement<never[]>;
  /** The values of a record, in the order of the statement's arrays. */
  readonly values: (record: RecordOf<T>) => readonly unknown[];
}

const bytes = (base64url: string): Buffer => Buffer.from(base64url, 'base64url');

/** `types`: of the columns of `t`, in the order of `columns`. */
const from = (columns: string, types: string): string => `${unnest(types.split(' '))} AS t(${columns})`;

type Inserts = { readonly [T in RecordType]: BulkInsert<T> };

/** Numbers the messages of each sender in a conversation, from the first that is there. They come conversation by conversation. */
class Ordinals {
  #conversation = '';
  readonly #sent = new Map<string, number>();

  next({ conversation_id, sender_id }: RecordOf<'message'>): number {
    if (conversation_id !== this.#conversation) {
      this.#conversation = conversation_id;
      this.#sent.clear();
    }
    const ordinal = (this.#sent.get(sender_id) ?? 0) + 1;
    this.#sent.set(sender_id, ordinal);
    return ordinal;
  }
}

/** Users get rows in the order of their ids, so that `low` is the first side of each conversation. Numbers that operators know stay. */
export const insertsOf = (): Inserts => {
  const ordinals = new Ordinals();
  return {
    ...CHAT,
    message: {
      ...CHAT.message,
      values: (record) => [...CHAT.message.values(record), ordinals.next(record)],
    },
    ...ATTACHMENT_INSERTS,
    ...ACCOUNTS,
  };
};

/** Of one side of a conversation, without the user. */
const sideNames = (side: 'low' | 'high'): string =>
  ['delivered', 'read', 'cleared', 'hidden', 'pinned', 'archived', 'muted_until']
    .map((column) => `${side}_${column}`)
    .join(', ');
const SIDE_TYPES = 'integer integer integer boolean boolean boolean bigint';

const CHAT = {
  user: {
    statement: statement(
      '',
      `WITH t AS (SELECT * FROM ${from(
        'id, username, created_at, deleted_at, deleted_name, role, disabled_at, password_hash, last_seen, cursor, ' +
          'display_name, about, words',
        'uuid text bigint bigint text text bigint text bigint bigint text text text',
      )}),
      u AS (INSERT INTO users (id, username, created_at, deleted_at, deleted_name, role, disabled_at, password_hash,
          display_name, about)
        SELECT id, username, created_at, deleted_at, deleted_name, role, disabled_at, password_hash, display_name, about
        FROM t ORDER BY id
        RETURNING row, id, username),
      n AS (INSERT INTO reserved_names SELECT username FROM u WHERE username IS NOT NULL),
      w AS (INSERT INTO user_name_words SELECT u.row, unnest(string_to_array(t.words, ' ')) FROM u JOIN t ON t.id = u.id),
      p AS (INSERT INTO user_presence SELECT u.row, 'offline', t.last_seen FROM u JOIN t ON t.id = u.id
        WHERE t.last_seen IS NOT NULL)
      INSERT INTO heads (user_row, cursor, name) SELECT u.row, t.cursor, u.username FROM u JOIN t ON t.id = u.id`,
    ),
    values: (record: RecordOf<'user'>) => [
      ...[record.id, record.username, record.created_at, record.deleted_at, record.deleted_name],
      ...[record.role, record.disabled_at, record.password_hash, record.last_seen, record.cursor],
      // No word holds a space.
      ...[record.display_name, record.about, nameWordsOf(record.display_name).join(' ')],
    ],
  },
  avatar: {
    statement: statement(
      '',
      `WITH t AS (SELECT u.row, t.type, t.bytes, t.version
           FROM ${from('user_id, type, bytes, version', 'uuid text bytea text')} JOIN users u ON u.id = t.user_id),
         v AS (UPDATE users u SET avatar = t.version FROM t WHERE u.row = t.row)
       INSERT INTO avatars (user_row, type, bytes) SELECT row, type, bytes FROM t`,
    ),
    values: ({ user_id, media_type, bytes: given }: RecordOf<'avatar'>) => {
      const image = bytes(given);
      return [user_id, media_type, image, avatarVersion(image)];
    },
  },
  reserved_name: {
    statement: statement('', `INSERT INTO reserved_names SELECT name FROM ${from('name', 'text')}`),
    values: ({ name }: RecordOf<'reserved_name'>) => [name],
  },
  conversation: {
    statement: statement(
      '',
      `INSERT INTO conversations (id, created_at, low, high, ${sideNames('low')}, ${sideNames('high')})
       SELECT t.id, t.created_at, low.row, high.row, ${sideNames('low')}, ${sideNames('high')}
       FROM ${from(
         `id, created_at, low_id, ${sideNames('low')}, high_id, ${sideNames('high')}`,
         `uuid bigint uuid ${SIDE_TYPES} uuid ${SIDE_TYPES}`,
       )} JOIN users low ON low.id = t.low_id JOIN users high ON high.id = t.high_id`,
    ),
    values: ({ id, created_at, sides }: RecordOf<'conversation'>) => [
      ...[id, created_at],
      ...sides.flatMap((side) => [
        ...[side.user_id, side.delivered, side.read, side.cleared],
        ...[side.hidden, side.pinned, side.archived, side.muted_until ?? 0],
      ]),
    ],
  },
  // After the conversations, where it is noted too. Rows have the order of the ids.
  block: {
    statement: statement(
      '',
      `WITH t AS (SELECT u.row AS user_row, p.row AS peer, t.user_id, t.number, t.at
           FROM ${from('user_id, number, blocked_id, at', 'uuid integer uuid bigint')}
           JOIN users u ON u.id = t.user_id JOIN users p ON p.id = t.blocked_id),
         noted AS (UPDATE conversations c SET low_blocks = c.low_blocks OR n.low, high_blocks = c.high_blocks OR n.high
           FROM (SELECT least(user_row, peer) AS one, greatest(user_row, peer) AS other,
             bool_or(user_row < peer) AS low, bool_or(user_row > peer) AS high FROM t GROUP BY 1, 2) n
           WHERE c.low = n.one AND c.high = n.other)
       INSERT INTO blocks (user_row, peer, at) SELECT user_row, peer, at FROM t ORDER BY user_id, number`,
    ),
    values: ({ user_id, number, blocked_id, at }: RecordOf<'block'>) => [user_id, number, blocked_id, at],
  },
  removed_message: {
    statement: statement(
      '',
      `WITH t AS (SELECT c.row AS conversation, s.row AS sender, s.row = c.low AS is_low, t.seq, t.id, t.sender_cursor,
           t.recipient_cursor, t.sent_at, t.content_hash
         FROM ${from(
           'conversation_id, seq, id, sender_id, sender_cursor, recipient_cursor, sent_at, content_hash',
           'uuid integer uuid uuid bigint bigint bigint bytea',
         )} JOIN conversations c ON c.id = t.conversation_id JOIN users s ON s.id = t.sender_id),
       counted AS (UPDATE conversations c SET low_removed = c.low_removed + n.low, high_removed = c.high_removed + n.high,
           removed_until = greatest(c.removed_until, n.until)
         FROM (SELECT conversation, count(*) FILTER (WHERE is_low) AS low, count(*) FILTER (WHERE NOT is_low) AS high,
           max(sent_at) AS until FROM t GROUP BY conversation) n WHERE c.row = n.conversation)
       INSERT INTO removed_messages (conversation, seq, id, sender, sender_cursor, recipient_cursor, sent_at, content_hash)
       SELECT conversation, seq, id, sender, sender_cursor, recipient_cursor, sent_at, content_hash FROM t`,
    ),
    values: (record: RecordOf<'removed_message'>) => [
      ...[record.conversation_id, record.seq, record.id, record.sender_id, record.sender_cursor],
      ...[record.recipient_cursor, record.sent_at, bytes(record.content_hash)],
    ],
  },
  message: {
    statement: statement(
      '',
      `INSERT INTO messages (conversation, seq, id, ordinal, sender, recipient, sender_cursor, recipient_cursor, sent_at, content,
         reply_to, reply_seq, attachments)
       SELECT c.row, t.seq, t.id, t.ordinal + CASE WHEN c.low = s.row THEN c.low_removed ELSE c.high_removed END, s.row, CASE WHEN c.low = s.row THEN c.high ELSE c.low END,
         t.sender_cursor, t.recipient_cursor, t.sent_at, t.content, t.reply_to, t.reply_seq,
         string_to_array(t.attachments, ' ')::uuid[]
       FROM ${from(
         'conversation_id, seq, id, sender_id, sender_cursor, recipient_cursor, sent_at, content, reply_to, reply_seq, attachments, ordinal',
         'uuid integer uuid uuid bigint bigint bigint text uuid integer text integer',
       )} JOIN conversations c ON c.id = t.conversation_id JOIN users s ON s.id = t.sender_id`,
    ),
    values: (record: RecordOf<'message'>) => [
      ...[record.conversation_id, record.seq, record.id, record.sender_id, record.sender_cursor],
      ...[record.recipient_cursor, record.sent_at, record.content],
      ...[record.reply_to?.message_id ?? null, record.reply_to?.seq ?? null],
      record.attachments.length === 0 ? null : record.attachments.join(' '),
    ],
  },
  event: {
    statement: statement(
      '',
      `INSERT INTO events (user_row, cursor, kind, at, subject, seq)
       SELECT u.row, t.cursor, t.kind, t.at, coalesce(c.row, about.row), t.seq
       FROM ${from('user_id, cursor, kind, at, subject_id, seq', 'uuid bigint smallint bigint uuid integer')}
       JOIN users u ON u.id = t.user_id
       LEFT JOIN conversations c ON t.kind NOT IN (${KINDS_ABOUT_USERS}) AND c.id = t.subject_id
       LEFT JOIN users about ON t.kind IN (${KINDS_ABOUT_USERS}) AND about.id = t.subject_id`,
    ),
    values: ({ user_id, cursor, kind, at, subject_id, seq }: RecordOf<'event'>) => [
      ...[user_id, cursor, eventKindOf(kind), at, subject_id, seq ?? 0],
    ],
  },
  // Their events follow at the end.
  reaction: {
    statement: statement(
      '',
      `INSERT INTO reactions (conversation, seq, user_row, emoji, at, cursor, peer_cursor, is_current)
       SELECT c.row, t.seq, u.row, t.emoji, t.at, t.cursor, t.peer_cursor, false
       FROM ${from(
         'conversation_id, seq, number, user_id, emoji, at, cursor, peer_cursor',
         'uuid integer integer uuid text bigint bigint bigint',
       )} JOIN conversations c ON c.id = t.conversation_id JOIN users u ON u.id = t.user_id
       ORDER BY t.conversation_id, t.seq, t.number`,
    ),
    values: (record: RecordOf<'reaction'>) => [
      ...[record.conversation_id, record.seq, record.number, record.user_id, record.emoji],
      ...[record.at, record.cursor, record.peer_cursor ?? 0],
    ],
  },
};

const ACCOUNTS = {
  session: {
    statement: statement(
      '',
      `INSERT INTO user_sessions (id, user_row, refresh_hash, created_at, expires_at, last_activity, ip_address, user_agent)
       SELECT t.id, u.row, t.refresh_hash, t.created_at, t.expires_at, t.last_activity, t.ip_address, t.user_agent
       FROM ${from(
         'id, user_id, refresh_hash, created_at, expires_at, last_activity, ip_address, user_agent',
         'uuid uuid bytea bigint bigint bigint text text',
       )} JOIN users u ON u.id = t.user_id`,
    ),
    values: (record: RecordOf<'session'>) => [
      ...[record.id, record.user_id, bytes(record.refresh_hash), record.created_at, record.expires_at],
      ...[record.last_activity, record.ip_address, record.user_agent],
    ],
  },
  spent_token: {
    statement: statement(
      '',
      `INSERT INTO spent_refresh_tokens (hash, session, successor_hash, spent_at, expires_at)
       SELECT t.hash, s.row, t.successor_hash, t.spent_at, t.expires_at
       FROM ${from('hash, session_id, successor_hash, spent_at, expires_at', 'bytea uuid bytea bigint bigint')}
       JOIN user_sessions s ON s.id = t.session_id`,
    ),
    values: ({ hash, session_id, successor_hash, spent_at, expires_at }: RecordOf<'spent_token'>) => [
      ...[bytes(hash), session_id, bytes(successor_hash), spent_at, expires_at],
    ],
  },
  login_failures: {
    statement: statement(
      '',
      `INSERT INTO login_failures (key, failures, first_at, ends_at)
       SELECT * FROM ${from('key, failures, first_at, ends_at', 'text integer bigint bigint')}`,
    ),
    values: ({ key, failures, first_at, ends_at }: RecordOf<'login_failures'>) => [
      ...[key, failures, first_at, ends_at],
    ],
  },
  login_failures_of_user: {
    statement: statement(
      '',
      `INSERT INTO login_failures_of_user (key, user_row, failures)
       SELECT t.key, u.row, t.failures FROM ${from('key, user_id, failures', 'text uuid integer')}
       JOIN users u ON u.id = t.user_id`,
    ),
    values: ({ key, user_id, failures }: RecordOf<'login_failures_of_user'>) => [key, user_id, failures],
  },
  signups: {
    statement: statement(
      '',
      `INSERT INTO signups (key, count, first_at) SELECT * FROM ${from('key, count, first_at', 'text integer bigint')}`,
    ),
    values: ({ key, count, first_at }: RecordOf<'signups'>) => [key, count, first_at],
  },
  invite: {
    statement: statement(
      '',
      `INSERT INTO invites (row, hash, created_at, uses_left, uses, used_at, expires_at, revoked_at)
       SELECT * FROM ${from(
         'row, hash, created_at, uses_left, uses, used_at, expires_at, revoked_at',
         'bigint bytea bigint integer integer bigint bigint bigint',
       )}`,
    ),
    values: (record: RecordOf<'invite'>) => [
      ...[record.number, bytes(record.hash), record.created_at, record.uses_left, record.uses],
      ...[record.used_at, record.expires_at, record.revoked_at],
    ],
  },
  password_reset: {
    statement: statement(
      '',
      `INSERT INTO password_resets (user_row, hash, created_at, expires_at)
       SELECT u.row, t.hash, t.created_at, t.expires_at
       FROM ${from('user_id, hash, created_at, expires_at', 'uuid bytea bigint bigint')} JOIN users u ON u.id = t.user_id`,
    ),
    values: ({ user_id, hash, created_at, expires_at }: RecordOf<'password_reset'>) => [
      ...[user_id, bytes(hash), created_at, expires_at],
    ],
  },
  audit_record: {
    statement: statement(
      '',
      `INSERT INTO audit_records (row, at, actor, origin, action, subject, target, detail)
       SELECT t.row, t.at, t.actor, t.origin, t.action, u.row, t.target, t.detail
       FROM ${from(
         'row, at, actor, origin, action, subject_id, target, detail',
         'bigint bigint text text text uuid text text',
       )} LEFT JOIN users u ON u.id = t.subject_id`,
    ),
    values: ({ number, at, actor, origin, action, subject_id, target, detail }: RecordOf<'audit_record'>) => [
      ...[number, at, actor, origin, action, subject_id, target],
      detail === null ? null : JSON.stringify(detail),
    ],
  },
};

/** Stores records of one type. @throws Error if what one refers to is not there */
export const insertAll = async <T extends RecordType>(
  sql: Sql,
  insert: BulkInsert<T>,
  records: readonly ExportRecord[],
): Promise<void> => {
  const rows = records.map((record) => insert.values(record as RecordOf<T>));
  const columns = (rows[0] ?? []).map((_, at) => rows.map((row) => row[at]));
  const stored = await sql.run(insert.statement, columns);
  if (stored !== records.length)
    throw new Error(
      `${String(stored)} of ${String(records.length)} records of the type ${records[0]?.type ?? ''} were stored`,
    );
};
