import type { Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { ASK_AGAIN_MS } from './refetch-queue.ts';
import type { Drafts } from './drafts.ts';
import { isDeleted, type Model } from './model.ts';
import { signal } from './signal.ts';
import type { Sync } from './sync.ts';

export interface RehomingDeps {
  readonly api: Api;
  readonly clock: Clock;
  readonly sync: Sync;
  readonly drafts: Drafts;
  /** What was in one conversation is in another now. */
  readonly onMoved: (from: string, to: string) => void;
}

/** The server has answered, and would answer so again. */
const FINAL: ReadonlySet<ProblemCode> = new Set(['not_found', 'conflict', 'forbidden', 'bad_request']);

/** A draft in a conversation that the server's history does not have (it was made after the backup from which the server was
 *  restored) goes to a new conversation with the same person. What waits to be sent finds its way by itself: it is addressed
 *  to the person. */
export class Rehoming {
  readonly #deps: RehomingDeps;
  /** The conversations whose drafts may still find a new place. */
  readonly underWay = signal<ReadonlySet<string>>(new Set());
  /** By conversation, with whom it was. */
  readonly #peers = new Map<string, string>();

  constructor(deps: RehomingDeps) {
    this.#deps = deps;
  }

  /** Before the conversations are dropped: remembers with whom those were in which something was written. */
  note({ pending, chats }: Model): void {
    const drafts = this.#deps.drafts.texts.get();
    for (const chatId of [...pending.map((message) => message.chatId), ...drafts.keys()]) {
      const peer = chats.get(chatId)?.peer;
      if (peer !== undefined && !isDeleted(peer)) this.#peers.set(chatId, peer.id);
    }
    this.underWay.set(new Set(this.#peers.keys()));
  }

  /** Once the server's conversations are known; again and again until it has answered, or they are asked for anew. */
  async settle(): Promise<void> {
    const { clock, sync } = this.#deps;
    const { era } = sync;
    for (const [from, peerId] of this.#peers)
      if (sync.model.get().chats.has(from) || (await this.#move(from, peerId))) this.#peers.delete(from);
    this.underWay.set(new Set(this.#peers.keys()));
    if (this.#peers.size === 0) return;
    clock.after(ASK_AGAIN_MS, () => {
      if (era === sync.era && !sync.isStopped) void this.settle();
    });
  }

  async #move(from: string, peerId: string): Promise<boolean> {
    const { api, sync, drafts, onMoved } = this.#deps;
    const { era } = sync;
    try {
      const conversation = await api.openConversation(peerId);
      sync.learn([conversation], era);
      await drafts.move(from, conversation.id);
      onMoved(from, conversation.id);
      return true;
    } catch (error) {
      return FINAL.has(problemCode(error));
    }
  }
}
