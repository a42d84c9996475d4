import type { Api } from '../net/api.ts';
import type { Clock, Timer } from '../net/clock.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { signal } from './signal.ts';
import type { Sync } from './sync.ts';

export const UNDO_MS = 7_000;
const SETTLE_MS = 1_500;

/** Deleting a conversation, with time to think again: it is hidden at once and deleted when the time is over or
 *  the window closes. */
export class Removals {
  readonly hidden = signal<ReadonlySet<string>>(new Set());
  readonly problem = signal<ProblemCode | null>(null);
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #sync: Sync;
  readonly #timers = new Map<string, Timer>();

  constructor(api: Api, clock: Clock, sync: Sync) {
    this.#api = api;
    this.#clock = clock;
    this.#sync = sync;
  }

  remove(chatId: string): void {
    this.#hide(chatId, true);
    this.problem.set(null);
    this.#timers.set(
      chatId,
      this.#clock.after(UNDO_MS, () => {
        void this.#commit(chatId, false);
      }),
    );
  }

  undo(chatId: string): void {
    this.#timers.get(chatId)?.cancel();
    this.#timers.delete(chatId);
    this.#hide(chatId, false);
  }

  /** The window closes: what was asked for is done. */
  async flush(): Promise<void> {
    await Promise.all(
      [...this.#timers].map(([chatId, timer]) => {
        timer.cancel();
        return this.#commit(chatId, true);
      }),
    );
  }

  /** Nothing is deleted any more. */
  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
  }

  async #commit(chatId: string, closing: boolean): Promise<void> {
    this.#timers.delete(chatId);
    const { mark } = this.#sync.deletions;
    try {
      await this.#api.deleteConversation(chatId, closing);
    } catch (error) {
      if (problemCode(error) !== 'not_found') {
        this.problem.set(problemCode(error));
        this.#hide(chatId, false);
        return;
      }
    }
    // The event that takes it out of the list may come after the answer.
    this.#clock.after(SETTLE_MS, () => {
      this.#sync.deleted(chatId, mark);
      this.#hide(chatId, false);
    });
  }

  #hide(chatId: string, hidden: boolean): void {
    const next = new Set(this.hidden.get());
    if (hidden) next.add(chatId);
    else next.delete(chatId);
    this.hidden.set(next);
  }
}
