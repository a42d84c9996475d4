import type { Api } from '../net/api.ts';
import type { Drafts } from './drafts.ts';
import { isDeleted, type Model } from './model.ts';
import type { Outbox } from './outbox.ts';
import type { Sync } from './sync.ts';

export interface RehomingParts {
  readonly api: Api;
  readonly sync: Sync;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  /** What was in one conversation is in another now. */
  readonly onMoved: (from: string, to: string) => void;
}

/** What was written in a conversation that the server's history does not have (it was made after the backup that the server
 *  was restored from) goes to a new conversation with the same person. */
export class Rehoming {
  readonly #parts: RehomingParts;
  /** By conversation, with whom it was. */
  readonly #peers = new Map<string, string>();

  constructor(parts: RehomingParts) {
    this.#parts = parts;
  }

  /** Before the conversations are dropped: remembers with whom those were in which something waits. */
  note({ pending, chats }: Model): void {
    const { texts } = this.#parts.drafts;
    for (const chatId of [...pending.map((message) => message.chatId), ...texts.get().keys()]) {
      const peer = chats.get(chatId)?.peer;
      if (peer !== undefined && !isDeleted(peer)) this.#peers.set(chatId, peer.id);
    }
  }

  /** Once the server's conversations are known. What can't be moved now is tried again after the next list. */
  async settle(): Promise<void> {
    const { api, sync, outbox, drafts, onMoved } = this.#parts;
    for (const [from, peerId] of this.#peers) {
      if (!sync.model.get().chats.has(from)) {
        const conversation = await api.openConversation(peerId).catch(() => null);
        if (conversation === null) continue;
        sync.learn([conversation]);
        await outbox.move(from, conversation.id);
        drafts.move(from, conversation.id);
        sync.change((model) => ({
          ...model,
          pending: model.pending.map((message) =>
            message.chatId === from ? { ...message, chatId: conversation.id } : message,
          ),
        }));
        onMoved(from, conversation.id);
      }
      this.#peers.delete(from);
    }
  }
}
