import type { RecordOf } from '../../transfer/export-record.ts';
import { AttachmentParts, nameOfAttachment } from '../../transfer/attachment-parts.ts';
import { RecordFault } from '../../transfer/transfer-error.ts';
import type { Db } from '../open.ts';
import { fromBlob, fromBlobs, toBlob } from '../uuid.ts';
import { ImportedUsers } from './known-rows.ts';
import { NewAttachmentFiles } from './new-attachment-files.ts';

type Sender = [conversation: number, sender: number, attachments: Buffer | null];
type RawFile = [id: Buffer, name: string, size: number];

const fault = (what: string): RecordFault => new RecordFault(what);

/** The attachments of an export, once all messages have their rows, and then their bytes, which become files. */
export class AttachmentImport {
  readonly #users: ImportedUsers;
  readonly #statements;
  readonly #files: NewAttachmentFiles;
  #current: { readonly sha256: string; readonly parts: AttachmentParts } | null = null;

  /** `dataDir`: see `RecordImport`. */
  constructor(db: Db, dataDir: string) {
    this.#users = new ImportedUsers(db);
    this.#statements = statements(db);
    this.#files = new NewAttachmentFiles(dataDir);
  }

  attachment(record: RecordOf<'attachment'>): void {
    const { id, user_id, name, media_type, size, at } = record;
    const sha256 = Buffer.from(record.sha256, 'hex');
    const known = this.#statements.sizeOf.get(sha256);
    if (known !== undefined && known !== size)
      throw new RecordFault(`an attachment before has the same sha256 and ${String(known)} bytes`);
    if (known === undefined) this.#statements.expect.run(sha256);
    const sent = this.#sentWith(record);
    const user = sent === null ? this.#users.findLiving(user_id) : this.#users.find(user_id);
    if (sent !== null && sent.sender !== user.row)
      throw new RecordFault('it was not uploaded by the sender of its message');
    this.#statements.insert.run(
      ...([toBlob(id), user.row, name, media_type, size, sha256, at] as const),
      ...([sent?.conversation ?? null, record.seq, record.position] as const),
    );
  }

  /** The row of its conversation and of the sender of its message; null: it is not sent. */
  #sentWith(
    record: RecordOf<'attachment'>,
  ): { readonly conversation: number; readonly sender: number } | null {
    const { id, conversation_id: conversationId, seq, position } = record;
    if (conversationId === null && seq === null && position === null) return null;
    if (conversationId === null || seq === null || position === null)
      throw new RecordFault('conversation_id, seq and position are null together');
    const message = this.#statements.message.get(seq, toBlob(conversationId));
    if (message === undefined)
      throw new RecordFault(`the conversation ${conversationId} has no message ${String(seq)}`);
    const [conversation, sender, attachments] = message;
    if (fromBlobs(attachments)[position] !== id)
      throw new RecordFault(
        `the message ${String(seq)} of the conversation ${conversationId} does not name it at the position ${String(position)}`,
      );
    if (this.#statements.isSeen.get({ seq, conversation }) === undefined)
      throw new RecordFault(
        `the message ${String(seq)} of the conversation ${conversationId} is seen by nobody`,
      );
    return { conversation, sender };
  }

  bytes(record: RecordOf<'attachment_bytes'>): void {
    const { sha256, part, bytes } = record;
    if (part === 1) this.#begin(sha256);
    const current = this.#current;
    if (current?.sha256 !== sha256) throw new RecordFault('the parts before it are missing');
    const decoded = Buffer.from(bytes, 'base64url');
    if (current.parts.add(decoded).part !== part) throw new RecordFault(`the part before it is missing`);
    this.#files.write(decoded);
    if (!current.parts.isWhole) return;
    this.#files.end(sha256);
    this.#statements.arrive.run(Buffer.from(sha256, 'hex'));
  }

  #begin(sha256: string): void {
    this.#current?.parts.end();
    const [id, name, size] = this.#statements.firstWith.get(Buffer.from(sha256, 'hex')) ?? [];
    if (id === undefined || name === undefined || size === undefined)
      throw new RecordFault('no attachment has this sha256');
    this.#current = { sha256, parts: new AttachmentParts({ id: fromBlob(id), name, size, sha256 }, fault) };
    this.#files.begin();
  }

  /** After the last one: makes the files durable. @throws RecordFault unless the bytes of every attachment have come */
  finish(): void {
    this.#current?.parts.end();
    const missing = this.#statements.missing.get();
    if (missing !== undefined)
      throw new RecordFault(
        `the bytes of ${nameOfAttachment({ id: fromBlob(missing[0]), name: missing[1] })} are missing`,
      );
    this.#files.finish();
  }

  close(): void {
    this.#files.close();
  }
}

const statements = (db: Db) => ({
  sizeOf: db.prepare<[Buffer], number>('SELECT size FROM attachments WHERE sha256 = ? LIMIT 1').pluck(),
  expect: db.prepare<[Buffer]>('INSERT INTO staging.awaited VALUES (?)'),
  arrive: db.prepare<[Buffer]>('DELETE FROM staging.awaited WHERE sha256 = ?'),
  insert: db.prepare<
    [
      ...[id: Buffer, uploader: number, name: string, type: string, size: number, sha256: Buffer, at: number],
      ...[conversation: number | null, seq: number | null, position: number | null],
    ]
  >(
    `INSERT INTO attachments (id, uploader, name, type, size, sha256, at, conversation, seq, position)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
  message: db
    .prepare<[seq: number, conversation: Buffer], Sender>(
      `SELECT c.row, m.sender, m.attachments FROM conversations c JOIN staging.starts s ON s.conversation = c.row
       JOIN staging.placed p ON p.number = s.number + ? - 1 JOIN messages m ON m.row = p.row
       WHERE c.id = ? AND m.conversation = c.row`,
    )
    .raw(),
  isSeen: db.prepare<{ seq: number; conversation: number }>(
    `SELECT 1 FROM conversations c JOIN users low ON low.row = c.low JOIN users high ON high.row = c.high
     WHERE (low.is_anonymized = 0 AND @seq > c.low_cleared OR high.is_anonymized = 0 AND @seq > c.high_cleared) AND c.row = @conversation`,
  ),
  firstWith: db
    .prepare<[Buffer], RawFile>('SELECT id, name, size FROM attachments WHERE sha256 = ? ORDER BY id LIMIT 1')
    .raw(),
  missing: db
    .prepare<[], [Buffer, string]>(
      'SELECT a.id, a.name FROM staging.awaited w JOIN attachments a ON a.sha256 = w.sha256 ORDER BY a.id LIMIT 1',
    )
    .raw(),
});
