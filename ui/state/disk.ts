import { newestFirst } from './activity.ts';
import type { DraftVersion } from './draft-versions.ts';
import type { Chat, Model, Timeline, Witness } from './model.ts';
import type { OutboxStore } from './outbox.ts';
import type { Signal } from './signal.ts';

export interface Draft {
  readonly chatId: string;
  /** The version written last, and what was written in other tabs without knowing of it: see `draft-versions.ts`. */
  readonly text: string;
  readonly id?: string;
  readonly others?: readonly DraftVersion[];
}

export interface DraftStore {
  all(): Promise<readonly Draft[]>;
  /** An empty text removes the draft. */
  put(draft: Draft): Promise<void>;
  /** The same with what is stored now in view, in one transaction. */
  edit(chatId: string, change: (held: Draft | undefined) => Draft): Promise<void>;
}

/** What was on screen last: read before the network answers, and alone when it never does. */
export interface Saved {
  readonly cursor: number | null;
  readonly history: string | null;
  readonly witness: Witness | null;
  readonly chats: readonly Chat[];
  readonly timelines: readonly (readonly [string, Timeline])[];
}

/** What becomes of what is written here. `full`: there is no room for it. `foreign`: another build's database is in its place.
 *  `memory`: for any other reason it is gone with the window. */
export type DiskCondition = 'kept' | 'full' | 'foreign' | 'memory';

/** One person's place on this device. Outbox and drafts belong to the person; the cache can be thrown away. */
export interface Disk {
  readonly condition: Signal.State<DiskCondition>;
  readonly outbox: OutboxStore;
  readonly drafts: DraftStore;
  /** `call` runs when a disk that was away is there again: it may have rows that nobody has read. */
  whenBack(call: () => void): void;
  load(): Promise<Saved | null>;
  /** One transaction: rows and cursor never disagree. */
  save(model: Model): Promise<void>;
  /** Forgets what the server can tell again, and is not used any more. */
  clearCache(): Promise<void>;
  /** Forgets everything, what was not sent included. */
  destroy(): Promise<void>;
  /** Is not used any more; what is there stays. */
  close(): void;
}

const CHATS_KEPT = 40;
const MESSAGES_KEPT = 60;

/** The part of the model worth keeping: the newest messages of the conversations used last. */
export const keepable = (model: Model): Saved => {
  const chats = [...model.chats.values()];
  // Of a thousand conversations few are loaded: only those are put in order, for this is done after each message.
  const loaded = [...model.timelines.keys()].flatMap((id) => model.chats.get(id) ?? []).sort(newestFirst);
  const timelines = loaded.slice(0, CHATS_KEPT).flatMap((chat): [string, Timeline][] => {
    const timeline = model.timelines.get(chat.id);
    if (timeline === undefined) return [];
    const messages = timeline.messages.slice(-MESSAGES_KEPT);
    return [
      [
        chat.id,
        { messages, older: timeline.older || messages.length < timeline.messages.length, newer: false },
      ],
    ];
  });
  const { cursor, history, witness } = model;
  return { cursor, history, witness, chats, timelines };
};
