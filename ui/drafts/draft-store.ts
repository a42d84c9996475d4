import type { DraftVersion } from './draft-versions.ts';

export interface Draft {
  readonly chatId: string;
  /** `text` and `id` are the version written last. `others` are versions that other tabs wrote without knowing of it:
   *  see `draft-versions.ts`. */
  readonly text: string;
  readonly id?: string;
  readonly others?: readonly DraftVersion[];
}

export interface DraftStore {
  all(): Promise<readonly Draft[]>;
  /** An empty text removes the draft. */
  put(draft: Draft): Promise<void>;
  /** Reads and writes a draft in one transaction. */
  edit(chatId: string, change: (held: Draft | undefined) => Draft): Promise<void>;
}
