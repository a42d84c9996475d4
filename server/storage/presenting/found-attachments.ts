import type { StoredAttachment } from '../attachments/stored-attachment.ts';
import type { AttachmentsTo, ShownMessage } from './presented-rows.ts';

/** An attachment that was found for a message. */
export type FoundAttachment = readonly [conversation: number, seq: number, attachment: StoredAttachment];

const NONE: readonly StoredAttachment[] = [];
export const NO_ATTACHMENTS: AttachmentsTo = () => NONE;

/** Attachments by their messages. */
export class FoundAttachments {
  readonly #byMessage = new Map<string, StoredAttachment[]>();

  /** `found`: those of each message in their order. */
  add(found: readonly FoundAttachment[]): this {
    for (const [conversation, seq, attachment] of found) {
      const key = keyOf({ conversation, seq });
      const known = this.#byMessage.get(key);
      if (known === undefined) this.#byMessage.set(key, [attachment]);
      else known.push(attachment);
    }
    return this;
  }

  readonly to: AttachmentsTo = (message) => this.#byMessage.get(keyOf(message)) ?? NONE;
}

const keyOf = ({ conversation, seq }: Pick<ShownMessage, 'conversation' | 'seq'>): string =>
  `${String(conversation)}:${String(seq)}`;
