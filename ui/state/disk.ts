import { newestFirst } from './activity.ts';
import type { Chat, Model, Timeline, Witness } from './model.ts';
import type { OutboxStore } from './outbox.ts';

export interface Draft {
  readonly chatId: string;
  readonly text: string;
}

export interface DraftStore {
  all(): Promise<readonly Draft[]>;
  /** An empty text removes the draft. */
  put(draft: Draft): Promise<void>;
}

/** What was on screen last: read before the network answers, and alone when it never does. */
export interface Saved {
  readonly cursor: number | null;
  readonly history: string | null;
  readonly witness: Witness | null;
  readonly chats: readonly Chat[];
  readonly timelines: readonly (readonly [string, Timeline])[];
}

/** One person's place on this device. Outbox and drafts belong to the person; the cache can be thrown away. */
export interface Disk {
  readonly outbox: OutboxStore;
  readonly drafts: DraftStore;
  load(): Promise<Saved | null>;
  /** One transaction: rows and cursor never disagree. */
  save(model: Model): Promise<void>;
  /** Forgets what the server can tell again. */
  clearCache(): Promise<void>;
  /** Forgets everything, what was not sent included. */
  destroy(): Promise<void>;
}

const CHATS_KEPT = 40;
const MESSAGES_KEPT = 60;

/** The part of the model worth keeping: the newest messages of the conversations used last. */
export const keepable = (model: Model): Saved => {
  const chats = [...model.chats.values()].sort(newestFirst);
  const timelines = chats.slice(0, CHATS_KEPT).flatMap((chat): [string, Timeline][] => {
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
