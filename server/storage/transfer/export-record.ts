import * as z from 'zod';
import { AVATAR_TYPES } from '../../protocol/avatar-type.ts';
import { AVATAR_MAX_BYTES, CONTENT_MAX_CODE_POINTS } from '../../protocol/limits.ts';

/** The records of an export, in the order in which they stand in it. docs/export-format.md describes them for other programs, and a
 *  test compares. Keys stand in the order of these schemas. Times are milliseconds since the epoch. */

/** The newest version, in which exports are written. */
export const EXPORT_VERSION = 5;

const CODE_UNITS_MAX = 100_000;
/** Wider than on the wire, as all bounds here. */
const SHORT_UNITS_MAX = 1_000;
const ATTACHMENTS_MAX = 100;
const BASE64_MAX = Math.ceil((AVATAR_MAX_BYTES * 4) / 3);
/** Bytes of each part of an attachment but the last, and the characters that these take. A part is a row of PostgreSQL. */
export const PART_BYTES = 256 * 1024;
const PART_MAX = Math.ceil((PART_BYTES * 4) / 3);
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const BASE64URL = /^[\w-]*$/;

/** PostgreSQL stores no NUL, and UTF-8 has no half of a surrogate pair. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

const text = z
  .string()
  .max(CODE_UNITS_MAX)
  .refine(isStorable, 'must hold no NUL and no half of a surrogate pair');
const content = text.refine(
  (value) => value.length <= CONTENT_MAX_CODE_POINTS || [...value].length <= CONTENT_MAX_CODE_POINTS,
  `must hold at most ${String(CONTENT_MAX_CODE_POINTS)} code points`,
);
const uuid = z.string().regex(UUID, 'must be a UUID in lower case');
const base64url = (lengthMax: number) =>
  z
    .string()
    .max(lengthMax)
    .refine(
      (value) => BASE64URL.test(value) && Buffer.from(value, 'base64url').toString('base64url') === value,
      'must be base64url without padding',
    );
const bytes = (lengthMax: number) => base64url(lengthMax).min(1);
const hash = bytes(1_000);
const sha256 = z.string().regex(/^[\da-f]{64}$/, 'must be a SHA-256 in lower-case hex');
/** Versions 1 and 2 have no profiles. */
const profileText = text.max(SHORT_UNITS_MAX).nullable().default(null);
const count = z.int().min(0);
const position = z.int().min(0).max(2_147_483_647);
const time = z.int();
const seq = position.min(1);
const cursor = z.int().min(1);
/** Wider than on the wire: a later version of Unicode has more of them. None holds a space or a colon. */
const emoji = text
  .min(1)
  .max(64)
  .regex(/^[^\s:]+$/u, 'must be an emoji');
const detail = z.record(z.string(), z.union([text, z.number(), z.boolean(), z.null()]));

const side = z.strictObject({
  user_id: uuid,
  delivered: position,
  read: position,
  cleared: position,
  hidden: z.boolean(),
  // Versions 1 to 3 have no settings.
  pinned: z.boolean().default(false),
  archived: z.boolean().default(false),
  muted_until: time.min(1).nullable().default(null),
});

export const RECORDS = {
  user: z.strictObject({
    type: z.literal('user'),
    id: uuid,
    username: text.nullable(),
    created_at: time,
    deleted_at: time.nullable(),
    deleted_name: text.nullable(),
    role: z.enum(['user', 'admin']),
    disabled_at: time.nullable(),
    password_hash: text.nullable(),
    last_seen: time.nullable(),
    cursor: count,
    display_name: profileText,
    about: profileText,
  }),
  avatar: z.strictObject({
    type: z.literal('avatar'),
    user_id: uuid,
    media_type: z.enum(AVATAR_TYPES),
    bytes: bytes(BASE64_MAX),
  }),
  reserved_name: z.strictObject({ type: z.literal('reserved_name'), name: text }),
  conversation: z.strictObject({
    type: z.literal('conversation'),
    id: uuid,
    created_at: time,
    sides: z.tuple([side, side]),
  }),
  block: z.strictObject({
    type: z.literal('block'),
    user_id: uuid,
    number: position.min(1),
    blocked_id: uuid,
    at: time,
  }),
  removed_message: z.strictObject({
    type: z.literal('removed_message'),
    id: uuid,
    conversation_id: uuid,
    seq,
    sender_id: uuid,
    sender_cursor: cursor,
    recipient_cursor: cursor,
    sent_at: time,
    content_hash: hash,
  }),
  message: z.strictObject({
    type: z.literal('message'),
    id: uuid,
    conversation_id: uuid,
    seq,
    sender_id: uuid,
    sender_cursor: cursor,
    recipient_cursor: cursor,
    sent_at: time,
    content,
    // Version 1 has none.
    reply_to: z.strictObject({ message_id: uuid, seq }).nullable().default(null),
    // Versions 1 to 4 have none.
    attachments: z.array(uuid).max(ATTACHMENTS_MAX).default([]),
  }),
  event: z.strictObject({
    type: z.literal('event'),
    user_id: uuid,
    cursor,
    kind: z.enum([
      ...(['delivered', 'read', 'conversation_created', 'conversation_deleted'] as const),
      ...(['user_deleted', 'user_updated', 'conversation_updated'] as const),
      ...(['user_blocked', 'user_unblocked'] as const),
    ]),
    at: time,
    subject_id: uuid,
    seq: seq.nullable(),
  }),
  reaction: z.strictObject({
    type: z.literal('reaction'),
    conversation_id: uuid,
    seq,
    number: position.min(1),
    user_id: uuid,
    emoji: emoji.nullable(),
    at: time,
    cursor,
    peer_cursor: cursor.nullable(),
  }),
  attachment: z.strictObject({
    type: z.literal('attachment'),
    id: uuid,
    user_id: uuid,
    name: text.min(1).max(SHORT_UNITS_MAX),
    media_type: text.min(1).max(SHORT_UNITS_MAX),
    size: count,
    sha256,
    at: time,
    conversation_id: uuid.nullable(),
    seq: seq.nullable(),
    position: z
      .int()
      .min(0)
      .max(ATTACHMENTS_MAX - 1)
      .nullable(),
  }),
  attachment_bytes: z.strictObject({
    type: z.literal('attachment_bytes'),
    sha256,
    part: position.min(1),
    bytes: base64url(PART_MAX),
  }),
  session: z.strictObject({
    type: z.literal('session'),
    id: uuid,
    user_id: uuid,
    refresh_hash: hash,
    created_at: time,
    expires_at: time,
    last_activity: time,
    ip_address: text,
    user_agent: text,
  }),
  spent_token: z.strictObject({
    type: z.literal('spent_token'),
    hash,
    session_id: uuid,
    successor_hash: hash,
    spent_at: time,
    expires_at: time,
  }),
  login_failures: z.strictObject({
    type: z.literal('login_failures'),
    key: text,
    failures: position,
    first_at: time,
    ends_at: time,
  }),
  login_failures_of_user: z.strictObject({
    type: z.literal('login_failures_of_user'),
    key: text,
    user_id: uuid,
    failures: position,
  }),
  signups: z.strictObject({ type: z.literal('signups'), key: text, count: position, first_at: time }),
  invite: z.strictObject({
    type: z.literal('invite'),
    number: cursor,
    hash,
    created_at: time,
    uses_left: position,
    uses: position,
    used_at: time.nullable(),
    expires_at: time.nullable(),
    revoked_at: time.nullable(),
  }),
  password_reset: z.strictObject({
    type: z.literal('password_reset'),
    user_id: uuid,
    hash,
    created_at: time,
    expires_at: time,
  }),
  audit_record: z.strictObject({
    type: z.literal('audit_record'),
    number: cursor,
    at: time,
    actor: text,
    origin: text,
    action: text,
    subject_id: uuid.nullable(),
    target: text.nullable(),
    detail: detail.nullable(),
  }),
} as const;

export type RecordType = keyof typeof RECORDS;
/** The record of one type. */
export type RecordOf<T extends RecordType> = z.output<(typeof RECORDS)[T]>;
export type ExportRecord = { [T in RecordType]: RecordOf<T> }[RecordType];
/** All records of a store, in the order of an export. */
export type ExportRecords = AsyncIterable<ExportRecord> | Iterable<ExportRecord>;

export const RECORD_TYPES = Object.keys(RECORDS) as readonly RecordType[];

export const HEADER = `{"type":"parley-export","version":${String(EXPORT_VERSION)}}`;
export const header = z.strictObject({ type: z.literal('parley-export'), version: z.int() });
export const end = z.strictObject({
  type: z.literal('end'),
  lines: count,
  sha256,
});

/** By what the records of one type are sorted: texts by their bytes in UTF-8, numbers by value. No two have the same. */
const SORTED_BY: { readonly [T in RecordType]: (record: RecordOf<T>) => readonly (string | number)[] } = {
  user: ({ id }) => [id],
  avatar: ({ user_id }) => [user_id],
  reserved_name: ({ name }) => [name],
  conversation: ({ id }) => [id],
  block: ({ user_id, number }) => [user_id, number],
  removed_message: ({ conversation_id, seq: at }) => [conversation_id, at],
  message: ({ conversation_id, seq: at }) => [conversation_id, at],
  event: ({ user_id, cursor: at }) => [user_id, at],
  reaction: ({ conversation_id, seq: at, number }) => [conversation_id, at, number],
  attachment: ({ id }) => [id],
  attachment_bytes: ({ sha256: file, part }) => [file, part],
  session: ({ id }) => [id],
  spent_token: ({ hash: token }) => [Buffer.from(token, 'base64url').toString('hex')],
  login_failures: ({ key }) => [key],
  login_failures_of_user: ({ key, user_id }) => [key, user_id],
  signups: ({ key }) => [key],
  invite: ({ number }) => [number],
  password_reset: ({ user_id }) => [user_id],
  audit_record: ({ number }) => [number],
};

export type SortKey = readonly (string | number)[];
export const sortKeyOf = (record: ExportRecord): SortKey => SORTED_BY[record.type](record as never);

/** Below zero: `a` comes first. */
export const compareKeys = (a: SortKey, b: SortKey): number => {
  for (const [at, left] of a.entries()) {
    const right = b[at] ?? 0;
    const difference =
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : compareTexts(String(left), String(right));
    if (difference !== 0) return difference;
  }
  return 0;
};

const ASCII = /^[\0-\x7f]*$/;

const compareTexts = (a: string, b: string): number => {
  if (a === b) return 0;
  if (ASCII.test(a) && ASCII.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
};

/** One line of an export, without its end. The keys of a record that was read or parsed here have the order of its schema. */
export const lineOf = (record: ExportRecord): string => JSON.stringify(record);
