import type { StoredAttachment } from '../../attachments/stored-attachment.ts';
import type { ConversationRecord } from '../../rules/conversation-record.ts';
import type { AttachmentRecords } from '../../rules/records.ts';

/** An attachment that a batch has loaded under lock: its uploader, who has not sent it. */
export interface UnsentAttachment {
  readonly uploader: number;
  readonly attachment: StoredAttachment;
}

interface BoundAttachment {
  readonly id: string;
  readonly conversation: number;
  readonly seq: number;
  readonly position: number;
}

/** Attachments as the rules of one batch see them, and what these change. */
export class BatchAttachments implements AttachmentRecords<null> {
  readonly #unsent: ReadonlyMap<string, UnsentAttachment>;
  readonly #sent = new Set<string>();
  readonly bound: BoundAttachment[] = [];
  /** Up to which `seq` of which conversation. */
  readonly released: { readonly conversation: number; readonly seq: number }[] = [];

  constructor(unsent: readonly UnsentAttachment[]) {
    this.#unsent = new Map(unsent.map((each) => [each.attachment.id, each]));
  }

  unsent(_tx: null, id: string, uploader: number): StoredAttachment | null {
    const found = this.#unsent.get(id);
    return found?.uploader === uploader && !this.#sent.has(id) ? found.attachment : null;
  }

  bind(_tx: null, ids: readonly string[], { row: conversation }: ConversationRecord, seq: number): void {
    for (const [position, id] of ids.entries()) {
      this.#sent.add(id);
      this.bound.push({ id, conversation, seq, position });
    }
  }

  release(_tx: null, { row: conversation }: ConversationRecord, seq: number): void {
    this.released.push({ conversation, seq });
  }
}
