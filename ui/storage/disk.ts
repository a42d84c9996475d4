import { newestFirst } from '../model/activity.ts';
import type { FileStore } from '../attachments/file-store.ts';
import type { DraftStore } from '../drafts/draft-store.ts';
import type { Conversation, HeldWitness, Model, PendingReaction, Timeline } from '../model/model.ts';
import type { OutboxStore } from '../outbox/outbox.ts';
import type { Signal } from '../model/signal.ts';

/** What was on screen last. It is read before the network answers, and is all there is if the network never does. */
export interface Saved {
  readonly cursor: number | null;
  readonly history: string | null;
  readonly witness: HeldWitness | null;
  readonly chats: readonly Conversation[];
  readonly timelines: readonly (readonly [string, Timeline])[];
  readonly own: Model['own'];
  readonly blocked: Model['blocked'];
  /** By message: the reactions that the server has not stored yet. */
  readonly reactions: readonly (readonly [string, PendingReaction])[];
}

/** What happens to what is written here. `kept`: it is stored. `full`: the disk has no room for it. `foreign`:
 *  another build's database is in its place. `memory`: for any other reason, it is lost when the window closes. */
export type DiskCondition = 'kept' | 'full' | 'foreign' | 'memory';

/** One user's storage on this device. Outbox, drafts and files belong to the user; the cache can be discarded. */
export interface Disk {
  readonly condition: Signal.State<DiskCondition>;
  readonly outbox: OutboxStore;
  readonly drafts: DraftStore;
  /** Files that were picked and whose messages the server does not have yet. */
  readonly files: FileStore;
  /** Calls `call` when the disk is available again. It may have rows that were not read yet. */
  whenBack(call: () => void): void;
  load(): Promise<Saved | null>;
  /** Saves in one transaction, so that rows and cursor always match. */
  save(model: Model): Promise<void>;
  /** Deletes what the server can send again. The disk must not be used afterwards. */
  clearCache(): Promise<void>;
  /** Deletes everything, including unsent messages. */
  destroy(): Promise<void>;
  /** Closes the disk and leaves its data. It must not be used afterwards. */
  close(): void;
}

const CHATS_KEPT = 40;
const MESSAGES_KEPT = 60;

/** The part of the model that is worth storing: the newest messages of the conversations used last. */
export const keepable = (model: Model): Saved => {
  const chats = [...model.conversations.values()];
  // Of a thousand conversations only a few are loaded. Only those are sorted, because this runs after each message.
  const loaded = [...model.timelines.keys()]
    .flatMap((id) => model.conversations.get(id) ?? [])
    .sort(newestFirst);
  const timelines = loaded.slice(0, CHATS_KEPT).flatMap((chat): [string, Timeline][] => {
    const timeline = model.timelines.get(chat.id);
    if (timeline === undefined) return [];
    const messages = timeline.messages.slice(-MESSAGES_KEPT);
    return [
      [
        chat.id,
        {
          ...timeline,
          messages,
          older: timeline.older || messages.length < timeline.messages.length,
          newer: false,
        },
      ],
    ];
  });
  const { cursor, history, witness, own, blocked, pendingReactions } = model;
  return { cursor, history, witness, own, blocked, chats, timelines, reactions: [...pendingReactions] };
};
