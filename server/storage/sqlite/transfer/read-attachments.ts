import { closeSync, openSync, readSync } from 'node:fs';
import { filePath } from '../attachments/attachment-folder.ts';
import { AttachmentParts, type NamedBytes } from '../../transfer/attachment-parts.ts';
import { PART_BYTES, type ExportRecord } from '../../transfer/export-record.ts';
import { TransferError } from '../../transfer/transfer-error.ts';
import type { Db } from '../open.ts';
import { fromBlob } from '../uuid.ts';
import { Pages } from './pages.ts';

/** Of an attachment `a` that a user has: those that a deletion, retention, or the end of a conversation still removes are left
 *  out. */
const IS_KEPT = `CASE WHEN a.conversation IS NULL THEN u.is_anonymized = 0
  ELSE a.seq > c.low_removed + c.high_removed
    AND (low.is_anonymized = 0 AND a.seq > c.low_cleared OR high.is_anonymized = 0 AND a.seq > c.high_cleared) END`;
const FROM = `FROM attachments a JOIN users u ON u.row = a.uploader LEFT JOIN conversations c ON c.row = a.conversation
  LEFT JOIN users low ON low.row = c.low LEFT JOIN users high ON high.row = c.high`;

type RawAttachment = [
  ...[id: Buffer, user: Buffer, name: string, type: string, size: number, sha256: Buffer, at: number],
  ...[conversation: Buffer | null, seq: number | null, position: number | null],
];

/** The attachments that a database names, and the bytes of each, from the files in `dataDir`. Holds a page and a part.
 *  @throws TransferError `damaged` if a file is missing, or is not what its name says */
export function* readAttachments(db: Db, dataDir: string): Generator<ExportRecord, void, void> {
  const attachments = new Pages<RawAttachment, [Buffer]>(
    db,
    `SELECT a.id, u.id, a.name, a.type, a.size, a.sha256, a.at, c.id, a.seq, a.position ${FROM}
     WHERE a.id > ? AND ${IS_KEPT} ORDER BY a.id`,
  );
  for (const [id, user, name, type, size, sha256, at, conversation, seq, position] of attachments.rows(
    [Buffer.alloc(0)],
    ([last]) => [last],
  ))
    yield {
      type: 'attachment',
      id: fromBlob(id),
      user_id: fromBlob(user),
      name,
      media_type: type,
      size,
      sha256: sha256.toString('hex'),
      at,
      conversation_id: conversation === null ? null : fromBlob(conversation),
      seq,
      position,
    };
  for (const file of attachmentFiles(db)) yield* partsIn(dataDir, file);
}

/** The files of these attachments, each once, in the order of their hashes. */
function* attachmentFiles(db: Db): Generator<NamedBytes, void, void> {
  const files = new Pages<[sha256: Buffer, id: Buffer, name: string, size: number], [Buffer]>(
    db,
    // With min(), SQLite takes the other columns from the row that has it.
    `SELECT a.sha256, min(a.id), a.name, a.size ${FROM} WHERE a.sha256 > ? AND ${IS_KEPT}
     GROUP BY a.sha256 ORDER BY a.sha256`,
  );
  for (const [sha256, id, name, size] of files.rows([Buffer.alloc(0)], ([last]) => [last]))
    yield { id: fromBlob(id), name, size, sha256: sha256.toString('hex') };
}

function* partsIn(dataDir: string, attachment: NamedBytes): Generator<ExportRecord, void, void> {
  const parts = new AttachmentParts(attachment, damaged);
  const file = opened(dataDir, attachment);
  try {
    const buffer = Buffer.allocUnsafe(PART_BYTES);
    while (!parts.isWhole) yield parts.add(buffer.subarray(0, readFull(file, buffer)));
    if (readSync(file, buffer) > 0) parts.add(buffer);
  } finally {
    closeSync(file);
  }
}

const readFull = (file: number, buffer: Buffer): number => {
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read)
    read = readSync(file, buffer, length, buffer.length - length, null);
  return length;
};

const opened = (dataDir: string, attachment: NamedBytes): number => {
  const path = filePath(dataDir, attachment.sha256);
  try {
    return openSync(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw damaged(
      `the file ${path} of the attachment ${attachment.id} (${JSON.stringify(attachment.name)}) can’t be read (${code})`,
    );
  }
};

const damaged = (what: string): TransferError =>
  new TransferError(
    'damaged',
    `What the store holds is damaged: ${what}. Take that file from a backup: docs/backup.md says how.`,
  );
