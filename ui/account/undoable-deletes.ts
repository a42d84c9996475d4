import type { Api } from '../net/api.ts';
import type { Clock, Timer } from '../net/clock.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { signal } from '../model/signal.ts';
import type { Sync } from '../sync/sync.ts';

export const UNDO_MS = 7_000;
const SETTLE_MS = 1_500;
/** Delay before another attempt if the server did not answer. Applies even while the WebSocket is connected. */
const AGAIN_MS = 15_000;

/** Why a conversation that was to be deleted is still there: a new message arrived, or the server refused. */
export interface KeptConversation {
  readonly conversationId: string;
  readonly why: 'newMessage' | ProblemCode;
}

interface Pending {
  readonly timer: Timer;
  /** The `seq` of the newest message that the user saw when they deleted the conversation. */
  readonly lastSeq: number;
  /** The user's own messages that had no `seq` at that time. */
  readonly unsent: ReadonlySet<string>;
  /** The time for Undo is over, and the server could not be reached. */
  readonly isOverdue: boolean;
}

/** Deletes conversations, with a time for Undo: a conversation is hidden immediately, and deleted when that time is
 *  over or the window closes. A message that arrives meanwhile cancels the deletion, because the user did not know of
 *  it. */
export class UndoableDeletes {
  readonly hidden = signal<ReadonlySet<string>>(new Set());
  /** A conversation that was not deleted after all, to be reported once. */
  readonly kept = signal<KeptConversation | null>(null);
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #sync: Sync;
  readonly #pending = new Map<string, Pending>();
  /** Deleted conversations that may still be in the list, because their event can arrive after the answer. */
  readonly #settling = new Map<string, Timer>();

  constructor(api: Api, clock: Clock, sync: Sync) {
    this.#api = api;
    this.#clock = clock;
    this.#sync = sync;
  }

  remove(conversationId: string): void {
    this.#hide(conversationId, true);
    this.kept.set(null);
    const { conversations, pending } = this.#sync.model.get();
    const unsent = pending.filter((message) => message.conversationId === conversationId).map(({ id }) => id);
    const lastSeq = conversations.get(conversationId)?.lastSeq ?? 0;
    this.#wait(conversationId, { lastSeq, unsent: new Set(unsent), isOverdue: false }, UNDO_MS);
  }

  undo(conversationId: string): void {
    this.#take(conversationId);
    this.#hide(conversationId, false);
  }

  /** A message of the peer has arrived. */
  received(conversationId: string): void {
    if (this.#pending.has(conversationId)) this.#keep(conversationId, 'newMessage');
  }

  /** The conversation left the list, whoever deleted it. If the same id appears again, it counts as a new
   *  conversation. */
  forgotten(conversationId: string): void {
    this.#settling.get(conversationId)?.cancel();
    this.#settling.delete(conversationId);
    this.undo(conversationId);
  }

  /** Deletes now, without waiting for Undo. Returns false if a new message arrived. Rejects with ApiProblem. In
   *  either case the conversation is shown again. */
  async finish(conversationId: string): Promise<boolean> {
    const pending = this.#take(conversationId);
    const { mark } = this.#sync.tombstones;
    try {
      if (pending !== undefined) {
        if (await this.#hasGrown(conversationId, pending)) return false;
        await this.#delete(conversationId, false);
      }
      this.#sync.deleted(conversationId, mark);
      return true;
    } finally {
      this.forgotten(conversationId);
    }
  }

  /** The connection is back: sends the deletions that were waiting for it. */
  connected(): void {
    for (const [conversationId, pending] of this.#pending) {
      if (!pending.isOverdue) continue;
      pending.timer.cancel();
      this.#wait(conversationId, pending, 0);
    }
  }

  /** The window closes: sends all waiting deletions now. */
  async flush(): Promise<void> {
    await Promise.all([...this.#pending.keys()].map((conversationId) => this.#commit(conversationId, true)));
  }

  /** Stops. Waiting deletions are not sent. */
  stop(): void {
    for (const { timer } of this.#pending.values()) timer.cancel();
    for (const timer of this.#settling.values()) timer.cancel();
    this.#pending.clear();
    this.#settling.clear();
  }

  #wait(conversationId: string, what: Omit<Pending, 'timer'>, ms: number): void {
    const timer = this.#clock.after(ms, () => {
      void this.#commit(conversationId, false);
    });
    this.#pending.set(conversationId, { ...what, timer });
  }

  async #commit(conversationId: string, closing: boolean): Promise<void> {
    const pending = this.#take(conversationId);
    if (pending === undefined) return;
    const { mark } = this.#sync.tombstones;
    try {
      if (!closing && (await this.#hasGrown(conversationId, pending))) {
        this.#keep(conversationId, 'newMessage');
        return;
      }
      await this.#delete(conversationId, closing);
    } catch (error) {
      const code = problemCode(error);
      if (code !== 'offline' || closing) {
        this.#keep(conversationId, code);
        return;
      }
      this.#wait(conversationId, { ...pending, isOverdue: true }, AGAIN_MS);
      return;
    }
    const settled = (): void => {
      this.#settling.delete(conversationId);
      this.#sync.deleted(conversationId, mark);
      this.#hide(conversationId, false);
    };
    this.#settling.set(conversationId, this.#clock.after(SETTLE_MS, settled));
  }

  /** Whether the server has a message that the user did not see when they deleted: one from another window, or one
   *  from while this window was asleep or offline. */
  async #hasGrown(conversationId: string, { lastSeq, unsent }: Pending): Promise<boolean> {
    try {
      const { last_message } = await this.#api.conversation(conversationId);
      return last_message !== null && last_message.seq > lastSeq && !unsent.has(last_message.message_id);
    } catch (error) {
      if (problemCode(error) === 'not_found') return false;
      throw error;
    }
  }

  async #delete(conversationId: string, closing: boolean): Promise<void> {
    try {
      await this.#api.deleteConversation(conversationId, closing);
    } catch (error) {
      if (problemCode(error) !== 'not_found') throw error;
    }
  }

  #keep(conversationId: string, why: KeptConversation['why']): void {
    this.undo(conversationId);
    this.kept.set({ conversationId, why });
  }

  #take(conversationId: string): Pending | undefined {
    const pending = this.#pending.get(conversationId);
    pending?.timer.cancel();
    this.#pending.delete(conversationId);
    return pending;
  }

  #hide(conversationId: string, hidden: boolean): void {
    const next = new Set(this.hidden.get());
    if (hidden) next.add(conversationId);
    else next.delete(conversationId);
    this.hidden.set(next);
  }
}
