import type { StoredAttachment } from '../../attachments/stored-attachment.ts';
import type { ConversationRecord } from '../../rules/conversation-record.ts';
import type { AttachmentRecords } from '../../rules/records.ts';
import { ATTACHMENT_COLUMNS, toAttachment, type RawAttachment } from '../queries/attachment-columns.ts';
import type { Tx, WriteStatements } from '../transactions.ts';
import { toBlob } from '../uuid.ts';

/** The attachments as the rules of writes see them. */
export class UploadedAttachments implements AttachmentRecords<Tx> {
  readonly #unsent;
  readonly #bind;
  readonly #release;

  constructor(db: WriteStatements) {
    this.#unsent = db
      .read<[Buffer, number], RawAttachment>(
        `SELECT ${ATTACHMENT_COLUMNS} FROM attachments a WHERE a.id = ? AND a.uploader = ? AND a.conversation IS NULL`,
      )
      .raw();
    this.#bind = db.write<[number, number, number, Buffer]>(
      'UPDATE attachments SET conversation = ?, seq = ?, position = ? WHERE id = ?',
    );
    this.#release = db.write<[number, number, number]>(
      `INSERT OR IGNORE INTO pending_attachments (conversation)
       SELECT ? WHERE EXISTS (SELECT 1 FROM attachments WHERE conversation = ? AND seq <= ?)`,
    );
  }

  unsent(tx: Tx, id: string, uploader: number): StoredAttachment | null {
    const found = tx.get(this.#unsent, toBlob(id), uploader);
    return found === undefined ? null : toAttachment(found);
  }

  bind(tx: Tx, ids: readonly string[], { row }: ConversationRecord, seq: number): void {
    for (const [position, id] of ids.entries()) tx.run(this.#bind, row, seq, position, toBlob(id));
  }

  release(tx: Tx, { row }: ConversationRecord, seq: number): void {
    tx.run(this.#release, row, row, seq);
  }
}
