import type { MessageReference } from '../model/model.ts';
import type { DraftVersion } from './draft-versions.ts';

export interface Draft {
  readonly chatId: string;
  /** `text`, `id` and `replyTo` are the version written last. `others` are versions that other tabs wrote without knowing of it:
   *  see `draft-versions.ts`. */
  readonly text: string;
  readonly id?: string;
  readonly replyTo?: MessageReference;
  readonly others?: readonly DraftVersion[];
}

/** Whether there is nothing to store: neither a text nor a message that it replies to. */
export const isEmptyDraft = ({ text, replyTo }: Draft): boolean => text === '' && replyTo === undefined;

export interface DraftStore {
  all(): Promise<readonly Draft[]>;
  /** An empty draft is removed. */
  put(draft: Draft): Promise<void>;
  /** Reads and writes a draft in one transaction. */
  edit(chatId: string, change: (held: Draft | undefined) => Draft): Promise<void>;
}
