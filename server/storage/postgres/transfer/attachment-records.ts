import { AttachmentParts } from '../../transfer/attachment-parts.ts';
import type { ExportRecord, RecordOf } from '../../transfer/export-record.ts';
import { TransferError } from '../../transfer/transfer-error.ts';
import { unnest } from '../bulk.ts';
import { statement, type Sql } from '../sql.ts';
import { rowsOf, type RecordQuery } from './record-query.ts';

/** Rows of 256 KiB that are in memory at a time. */
const CHUNKS = 4;

/** Of an attachment `a` that a user has: those that a deletion, retention, or the end of a conversation still removes are left
 *  out. */
const KEPT = `attachments a JOIN users u ON u.row = a.uploader LEFT JOIN conversations c ON c.row = a.conversation
  LEFT JOIN users low ON low.row = c.low LEFT JOIN users high ON high.row = c.high
  WHERE CASE WHEN a.conversation IS NULL THEN u.deleted_at IS NULL
    ELSE a.seq > c.low_removed + c.high_removed
      AND (low.deleted_at IS NULL AND a.seq > c.low_cleared OR high.deleted_at IS NULL AND a.seq > c.high_cleared) END`;

type RawAttachment = [
  ...[id: string, user: string, name: string, type: string, size: number, sha256: Buffer, at: number],
  ...[conversation: string | null, seq: number | null, position: number | null],
];

export const ATTACHMENTS: RecordQuery<RawAttachment> = {
  select: `SELECT a.id, u.id, a.name, a.type, a.size, a.sha256, a.at, c.id, a.seq, a.position FROM ${KEPT} ORDER BY a.id`,
  record: ([id, user, name, type, size, sha256, at, conversation, seq, position]) => ({
    type: 'attachment',
    id,
    user_id: user,
    name,
    media_type: type,
    size,
    sha256: sha256.toString('hex'),
    at,
    conversation_id: conversation,
    seq,
    position,
  }),
};

type RawChunk = [id: string, name: string, size: number, sha256: Buffer, bytes: Buffer | null];

/** Several attachments may have the same bytes; those of the first one stand for all. */
const BYTES = {
  select: `SELECT f.id, f.name, f.size, f.sha256, k.bytes
    FROM (SELECT DISTINCT ON (a.sha256) a.id, a.name, a.size, a.sha256 FROM ${KEPT} ORDER BY a.sha256, a.id) f
    LEFT JOIN attachment_chunks k ON k.attachment = f.id ORDER BY f.sha256, k.n`,
  page: CHUNKS,
};

/** The bytes of all attachments. @throws TransferError `damaged` if some are missing, or have another hash */
export async function* readBytes(sql: Sql): AsyncGenerator<ExportRecord, void, void> {
  let last = null as { readonly id: string; readonly parts: AttachmentParts } | null;
  for await (const [id, name, size, hash, bytes] of rowsOf<RawChunk>(sql, BYTES)) {
    if (last?.id !== id) {
      last?.parts.end();
      last = { id, parts: new AttachmentParts({ id, name, size, sha256: hash.toString('hex') }, damaged) };
    }
    // Without any row there is none of an empty file, and nothing of another one.
    yield last.parts.add(bytes ?? Buffer.alloc(0));
  }
  last?.parts.end();
}

const damaged = (what: string): TransferError =>
  new TransferError('damaged', `What the database holds is damaged: ${what}.`);

const from = (columns: string, types: string): string => `${unnest(types.split(' '))} AS t(${columns})`;

/** See `insertsOf`. */
export const ATTACHMENT_INSERTS = {
  attachment: {
    statement: statement(
      '',
      `INSERT INTO attachments (id, uploader, name, type, size, sha256, at, conversation, seq, position)
       SELECT t.id, u.row, t.name, t.type, t.size, t.sha256, t.at, c.row, t.seq, t.position
       FROM ${from(
         'id, user_id, name, type, size, sha256, at, conversation_id, seq, position',
         'uuid uuid text text bigint bytea bigint uuid integer integer',
       )} JOIN users u ON u.id = t.user_id LEFT JOIN conversations c ON c.id = t.conversation_id`,
    ),
    values: (record: RecordOf<'attachment'>) => [
      ...[record.id, record.user_id, record.name, record.media_type, record.size],
      ...[Buffer.from(record.sha256, 'hex'), record.at],
      ...[record.conversation_id, record.seq, record.position],
    ],
  },
  // Each attachment has rows of its own, also where another one has the same bytes.
  attachment_bytes: {
    statement: statement(
      '',
      `WITH t AS (SELECT * FROM ${from('sha256, part, bytes', 'bytea integer bytea')}),
         stored AS (INSERT INTO attachment_chunks (attachment, n, bytes)
           SELECT a.id, t.part - 1, t.bytes FROM t JOIN attachments a ON a.sha256 = t.sha256 WHERE length(t.bytes) > 0)
       SELECT FROM t WHERE EXISTS (SELECT FROM attachments a WHERE a.sha256 = t.sha256)`,
    ),
    values: ({ sha256, part, bytes }: RecordOf<'attachment_bytes'>) => [
      ...[Buffer.from(sha256, 'hex'), part, Buffer.from(bytes, 'base64url')],
    ],
  },
};

/** For as long as bytes are stored, which find their attachments by it. */
export const HASH_INDEX = {
  make: statement('', 'CREATE INDEX attachments_of_import ON attachments (sha256)'),
  drop: statement('', 'DROP INDEX IF EXISTS attachments_of_import'),
};
