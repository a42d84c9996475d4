import type { Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import { isTemporary, problemCode } from '../net/problem.ts';
import { ASK_AGAIN_MS } from '../sync/refetch-queue.ts';
import type { LateFiles } from './late-files.ts';
import type { Drafts } from '../drafts/drafts.ts';
import { isDeleted, type Model } from '../model/model.ts';
import { signal } from '../model/signal.ts';
import type { Sync } from '../sync/sync.ts';

export interface RehomingDeps {
  readonly api: Api;
  readonly clock: Clock;
  readonly sync: Sync;
  readonly drafts: Drafts;
  readonly files: LateFiles['sender'];
  /** The draft of one conversation has moved to another. */
  readonly onMoved: (from: string, to: string) => void;
}

/** Moves drafts to a new conversation with the same user if a restored server does not have their conversation. That
 *  happens if the conversation was created after the backup. Unsent messages need no help, because they are addressed
 *  to a user. */
export class Rehoming {
  readonly #deps: RehomingDeps;
  /** Conversations whose drafts may still be moved. */
  readonly underWay = signal<ReadonlySet<string>>(new Set());
  /** The peer of each such conversation, by conversation id. */
  readonly #peers = new Map<string, string>();

  constructor(deps: RehomingDeps) {
    this.#deps = deps;
  }

  /** Remembers the peers of conversations with drafts or unsent messages. To be called before the conversations are
   *  dropped. */
  note({ pending, conversations }: Model): void {
    const { drafts, files } = this.#deps;
    const written = pending.map((message) => message.conversationId);
    const picked = files.get()?.draftNames.keys() ?? [];
    for (const conversationId of [...written, ...drafts.texts.get().keys(), ...picked]) {
      const peer = conversations.get(conversationId)?.peer;
      if (peer !== undefined && !isDeleted(peer)) this.#peers.set(conversationId, peer.id);
    }
    this.underWay.set(new Set(this.#peers.keys()));
  }

  /** Moves the drafts once the server's conversations are known. Repeats until the server has answered for all of
   *  them, or until a new connection begins. */
  async settle(): Promise<void> {
    const { clock, sync } = this.#deps;
    const { generation } = sync;
    for (const [from, peerId] of this.#peers)
      if (sync.model.get().conversations.has(from) || (await this.#move(from, peerId)))
        this.#peers.delete(from);
    this.underWay.set(new Set(this.#peers.keys()));
    if (this.#peers.size === 0) return;
    clock.after(ASK_AGAIN_MS, () => {
      if (generation === sync.generation && !sync.isStopped) void this.settle();
    });
  }

  async #move(from: string, peerId: string): Promise<boolean> {
    const { api, sync, drafts, files, onMoved } = this.#deps;
    const { generation } = sync;
    try {
      const conversation = await api.openConversation(peerId);
      sync.learn([conversation], generation);
      await drafts.move(from, conversation.id);
      await files.get()?.move(from, conversation.id);
      onMoved(from, conversation.id);
      return true;
    } catch (error) {
      // A permanent error: the server would answer the same again.
      return !isTemporary(problemCode(error));
    }
  }
}
