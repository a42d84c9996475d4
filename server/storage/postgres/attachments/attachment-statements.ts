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

/** Hosts that sweep at the same time leave each other's uploads alone. */
export const END_ABANDONED_UPLOADS = statement<[string]>(
  'end-abandoned-attachment-uploads',
  `DELETE FROM attachment_uploads WHERE id IN (
    SELECT id FROM attachment_uploads WHERE started_at < ${NOW_MS} - ${String(ABANDONED_AFTER_MS)}
    ORDER BY started_at LIMIT ${String(SWEEP_UPLOADS)} FOR UPDATE SKIP LOCKED) RETURNING id`,
);
