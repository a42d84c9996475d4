import { statement } from '../sql.ts';

/** Bytes of one row. */
export const CHUNK_BYTES = 256 * 1024;
/** After this a host that takes in an upload has given it up, or has died. */
const ABANDONED_AFTER_MS = 24 * 3_600_000;
/** Uploads of one step of the sweep. */
export const SWEEP_UPLOADS = 20;

const NOW_MS = `(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

export const BEGIN_UPLOAD = statement(
  'begin-attachment-upload',
  `INSERT INTO attachment_uploads (id, started_at) VALUES ($1, ${NOW_MS})`,
);

export const ADD_CHUNK = statement(
  'add-attachment-chunk',
  'INSERT INTO attachment_chunks (attachment, n, bytes) VALUES ($1, $2, $3)',
);

export const END_UPLOAD = statement('end-attachment-upload', 'DELETE FROM attachment_uploads WHERE id = $1');

export const REMOVE_CHUNKS = statement(
  'remove-attachment-chunks',
  'DELETE FROM attachment_chunks WHERE attachment = ANY($1::uuid[])',
);

export const CHUNK = statement<[Buffer]>(
  'attachment-chunk',
  'SELECT bytes FROM attachment_chunks WHERE attachment = $1 AND n = $2',
);

/** Whose upload it is, and how much of it there is; locked, so that nobody adds to it meanwhile. */
export const KEPT_UPLOAD = statement<
  [userId: string, name: string, type: string, size: number, received: number]
>(
  'kept-attachment-upload',
  `SELECT u.id, k.name, k.type, k.size, k.received FROM attachment_uploads k JOIN users u ON u.row = k.user_row
   WHERE k.id = $1 FOR UPDATE OF k`,
);

export const IS_ATTACHMENT = statement<[boolean]>(
  'is-attachment',
  'SELECT EXISTS (SELECT FROM attachments WHERE id = $1)',
);

export const KEPT_UPLOADS = statement<[number]>(
  'kept-attachment-uploads',
  'SELECT count(*) FROM attachment_uploads WHERE user_row = (SELECT row FROM users WHERE id = $1)',
);

export const BEGIN_KEPT_UPLOAD = statement<[taker: string]>(
  'begin-kept-attachment-upload',
  `INSERT INTO attachment_uploads (id, started_at, user_row, name, type, size, received, taker)
   VALUES ($1, ${NOW_MS}, $2, $3, $4, $5, 0, gen_random_uuid()) RETURNING taker`,
);

/** Nobody but this taker can add to it from now on. */
export const TAKE_UPLOAD = statement<[taker: string]>(
  'take-attachment-upload',
  `UPDATE attachment_uploads SET taker = gen_random_uuid(), started_at = ${NOW_MS} WHERE id = $1 RETURNING taker`,
);

/** Changes nothing if somebody else has taken it. */
export const NOTE_RECEIVED = statement(
  'note-received-attachment',
  `UPDATE attachment_uploads SET received = $3, started_at = ${NOW_MS} WHERE id = $1 AND taker = $2`,
);

/** The last chunk of an upload may be there already, and shorter. */
export const PUT_CHUNK = statement(
  'put-attachment-chunk',
  `INSERT INTO attachment_chunks (attachment, n, bytes) VALUES ($1, $2, $3)
   ON CONFLICT (attachment, n) DO UPDATE SET bytes = excluded.bytes`,
);

/** Hosts that sweep at the same time leave each other's uploads alone. */
export const END_ABANDONED_UPLOADS = statement<[string]>(
  'end-abandoned-attachment-uploads',
  `DELETE FROM attachment_uploads WHERE id IN (
    SELECT id FROM attachment_uploads WHERE started_at < ${NOW_MS} - ${String(ABANDONED_AFTER_MS)}
    ORDER BY started_at LIMIT ${String(SWEEP_UPLOADS)} FOR UPDATE SKIP LOCKED) RETURNING id`,
);
