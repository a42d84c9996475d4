import type { Api } from '../net/api.ts';
import type { Clock, Timer } from '../net/clock.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { signal } from './signal.ts';
import type { Sync } from './sync.ts';

export const UNDO_MS = 7_000;
const SETTLE_MS = 1_500;
/** Without an answer it is tried again, also while the connection for live events is there. */
const AGAIN_MS = 15_000;

/** Why a conversation that was to be deleted is still there: a message came meanwhile, or the server refused. */
export interface KeptConversation {
  readonly chatId: string;
  readonly why: 'newMessage' | ProblemCode;
}

interface Pending {
  readonly timer: Timer;
  /** The newest message that the person saw when they deleted. */
  readonly lastSeq: number;
  /** Their own messages that had no number then. */
  readonly unsent: ReadonlySet<string>;
  /** Undo is over, and the server could not be told. */
  readonly isOverdue: boolean;
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
  /** Deleted, and perhaps in the list still: the event that takes it out may come after the answer. */
  readonly #settling = new Map<string, Timer>();

  constructor(api: Api, clock: Clock, sync: Sync) {
    this.#api = api;
    this.#clock = clock;
    this.#sync = sync;
  }

  remove(chatId: string): void {
    this.#hide(chatId, true);
    this.kept.set(null);
    const { chats, pending } = this.#sync.model.get();
    const unsent = pending.filter((message) => message.chatId === chatId).map(({ id }) => id);
    const lastSeq = chats.get(chatId)?.lastSeq ?? 0;
    this.#wait(chatId, { lastSeq, unsent: new Set(unsent), isOverdue: false }, UNDO_MS);
  }

  undo(chatId: string): void {
    this.#take(chatId);
    this.#hide(chatId, false);
  }

  /** A message of the other person came. */
  received(chatId: string): void {
    if (this.#pending.has(chatId)) this.#keep(chatId, 'newMessage');
  }

  /** It is out of the list, whoever deleted it: what is called so from now on is another one. */
  forgotten(chatId: string): void {
    this.#settling.get(chatId)?.cancel();
    this.#settling.delete(chatId);
    this.undo(chatId);
  }

  /** Now, without waiting for Undo. False when a message came meanwhile. Rejects with ApiProblem. In both cases the conversation is
   *  there again. */
  async finish(chatId: string): Promise<boolean> {
    const pending = this.#take(chatId);
    const { mark } = this.#sync.tombstones;
    try {
      if (pending !== undefined) {
        if (await this.#hasGrown(chatId, pending)) return false;
        await this.#delete(chatId, false);
      }
      this.#sync.deleted(chatId, mark);
      return true;
    } finally {
      this.forgotten(chatId);
    }
  }

  /** The connection is back: what waits for it longer than Undo is done. */
  connected(): void {
    for (const [chatId, pending] of this.#pending) {
      if (!pending.isOverdue) continue;
      pending.timer.cancel();
      this.#wait(chatId, pending, 0);
    }
  }

  /** The window closes: what was asked for is done. */
  async flush(): Promise<void> {
    await Promise.all([...this.#pending.keys()].map((chatId) => this.#commit(chatId, true)));
  }

  /** Nothing is deleted any more. */
  stop(): void {
    for (const { timer } of this.#pending.values()) timer.cancel();
    for (const timer of this.#settling.values()) timer.cancel();
    this.#pending.clear();
    this.#settling.clear();
  }

  #wait(chatId: string, what: Omit<Pending, 'timer'>, ms: number): void {
    const timer = this.#clock.after(ms, () => {
      void this.#commit(chatId, false);
    });
    this.#pending.set(chatId, { ...what, timer });
  }

  async #commit(chatId: string, closing: boolean): Promise<void> {
    const pending = this.#take(chatId);
    if (pending === undefined) return;
    const { mark } = this.#sync.tombstones;
    try {
      if (!closing && (await this.#hasGrown(chatId, pending))) {
        this.#keep(chatId, 'newMessage');
        return;
      }
      await this.#delete(chatId, closing);
    } catch (error) {
      const code = problemCode(error);
      if (code !== 'offline' || closing) {
        this.#keep(chatId, code);
        return;
      }
      this.#wait(chatId, { ...pending, isOverdue: true }, AGAIN_MS);
      return;
    }
    const settled = (): void => {
      this.#settling.delete(chatId);
      this.#sync.deleted(chatId, mark);
      this.#hide(chatId, false);
    };
    this.#settling.set(chatId, this.#clock.after(SETTLE_MS, settled));
  }

  /** Whether the server has a message that the person did not see when they deleted: from another window, or while this one
   *  slept or had no connection. */
  async #hasGrown(chatId: string, { lastSeq, unsent }: Pending): Promise<boolean> {
    try {
      const { last_message } = await this.#api.conversation(chatId);
      return last_message !== null && last_message.seq > lastSeq && !unsent.has(last_message.message_id);
    } catch (error) {
      if (problemCode(error) === 'not_found') return false;
      throw error;
    }
  }

  async #delete(chatId: string, closing: boolean): Promise<void> {
    try {
      await this.#api.deleteConversation(chatId, closing);
    } catch (error) {
      if (problemCode(error) !== 'not_found') throw error;
    }
  }

  #keep(chatId: string, why: KeptConversation['why']): void {
    this.undo(chatId);
    this.kept.set({ chatId, why });
  }

  #take(chatId: string): Pending | undefined {
    const pending = this.#pending.get(chatId);
    pending?.timer.cancel();
    this.#pending.delete(chatId);
    return pending;
  }

  #hide(chatId: string, hidden: boolean): void {
    const next = new Set(this.hidden.get());
    if (hidden) next.add(chatId);
    else next.delete(chatId);
    this.hidden.set(next);
  }
}
