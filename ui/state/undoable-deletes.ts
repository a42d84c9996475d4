import type { Api } from '../net/api.ts';
import type { Clock, Timer } from '../net/clock.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { signal } from './signal.ts';
import type { Sync } from './sync.ts';

export const UNDO_MS = 7_000;
const SETTLE_MS = 1_500;

/** Why a conversation that was to be deleted is still there: a message came meanwhile, or the server refused. */
export interface KeptConversation {
  readonly chatId: string;
  readonly why: 'newMessage' | ProblemCode;
}

interface Pending {
  /** Null: the time is over, and the connection is waited for. */
  readonly timer: Timer | null;
  /** The newest message that the person saw when they deleted. */
  readonly lastSeq: number;
}

/** Deleting a conversation, with time to think again: it is hidden at once and deleted when the time is over or the window
 *  closes. A message that comes meanwhile was not meant, so it calls the deletion off. */
export class UndoableDeletes {
  readonly hidden = signal<ReadonlySet<string>>(new Set());
  /** To be said once. */
  readonly kept = signal<KeptConversation | null>(null);
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #sync: Sync;
  readonly #pending = new Map<string, Pending>();

  constructor(api: Api, clock: Clock, sync: Sync) {
    this.#api = api;
    this.#clock = clock;
    this.#sync = sync;
  }

  remove(chatId: string): void {
    this.#hide(chatId, true);
    this.kept.set(null);
    const timer = this.#clock.after(UNDO_MS, () => {
      void this.#commit(chatId, false);
    });
    this.#pending.set(chatId, { timer, lastSeq: this.#lastSeq(chatId) });
  }

  undo(chatId: string): void {
    this.#take(chatId);
    this.#hide(chatId, false);
  }

  /** A message came. */
  received(chatId: string): void {
    if (this.#pending.has(chatId)) this.#keep(chatId, 'newMessage');
  }

  /** Now, without waiting for Undo. Rejects with ApiProblem, and the conversation is there again then. */
  async finish(chatId: string): Promise<void> {
    this.#take(chatId);
    try {
      await this.#api.deleteConversation(chatId, false);
    } finally {
      this.#hide(chatId, false);
    }
  }

  /** The connection is back: what had to wait for it is done. */
  connected(): void {
    for (const [chatId, { timer }] of [...this.#pending])
      if (timer === null) void this.#commit(chatId, false);
  }

  /** The window closes: what was asked for is done. */
  async flush(): Promise<void> {
    await Promise.all([...this.#pending.keys()].map((chatId) => this.#commit(chatId, true)));
  }

  /** Nothing is deleted any more. */
  stop(): void {
    for (const { timer } of this.#pending.values()) timer?.cancel();
    this.#pending.clear();
  }

  async #commit(chatId: string, closing: boolean): Promise<void> {
    const pending = this.#take(chatId);
    if (pending === undefined) return;
    // Written in another window, or missed while the connection was away.
    if (this.#lastSeq(chatId) > pending.lastSeq) {
      this.#keep(chatId, 'newMessage');
      return;
    }
    const { mark } = this.#sync.tombstones;
    try {
      await this.#api.deleteConversation(chatId, closing);
    } catch (error) {
      const code = problemCode(error);
      if (code === 'offline' && !closing) {
        this.#pending.set(chatId, { ...pending, timer: null });
        return;
      }
      if (code !== 'not_found') {
        this.#keep(chatId, code);
        return;
      }
    }
    // The event that takes it out of the list may come after the answer.
    this.#clock.after(SETTLE_MS, () => {
      this.#sync.deleted(chatId, mark);
      this.#hide(chatId, false);
    });
  }

  #keep(chatId: string, why: KeptConversation['why']): void {
    this.undo(chatId);
    this.kept.set({ chatId, why });
  }

  #take(chatId: string): Pending | undefined {
    const pending = this.#pending.get(chatId);
    pending?.timer?.cancel();
    this.#pending.delete(chatId);
    return pending;
  }

  #lastSeq(chatId: string): number {
    return this.#sync.model.get().chats.get(chatId)?.lastSeq ?? 0;
  }

  #hide(chatId: string, hidden: boolean): void {
    const next = new Set(this.hidden.get());
    if (hidden) next.add(chatId);
    else next.delete(chatId);
    this.hidden.set(next);
  }
}
