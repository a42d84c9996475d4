import type { Clock, Timer } from '../net/clock.ts';
import type { DraftStore } from './disk.ts';
import { signal } from './signal.ts';

const SAVE_MS = 300;

/** What was begun in each conversation: kept on disk while it is written, so a crash costs a third of a second. */
export class Drafts {
  readonly texts = signal<ReadonlyMap<string, string>>(new Map());
  readonly #store: DraftStore;
  readonly #clock: Clock;
  readonly #unsaved = new Set<string>();
  #timer: Timer | null = null;

  constructor(store: DraftStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async load(): Promise<void> {
    const drafts = await this.#store.all().catch(() => []);
    this.texts.set(
      new Map([...drafts.map((draft) => [draft.chatId, draft.text] as const), ...this.texts.get()]),
    );
  }

  set(chatId: string, text: string): void {
    if ((this.texts.get().get(chatId) ?? '') === text) return;
    const next = new Map(this.texts.get());
    if (text.trim() === '') next.delete(chatId);
    else next.set(chatId, text);
    this.texts.set(next);
    this.#unsaved.add(chatId);
    this.#timer ??= this.#clock.after(SAVE_MS, () => void this.flush());
  }

  /** What was begun in one conversation goes on in another. */
  move(from: string, to: string): void {
    const text = this.texts.get().get(from);
    if (text === undefined) return;
    this.set(to, text);
    this.set(from, '');
  }

  /** Now: the window may be gone in a moment. Resolves when it is on disk, where somebody can wait for that. */
  async flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    const puts = [...this.#unsaved].map((chatId) =>
      this.#store.put({ chatId, text: this.texts.get().get(chatId) ?? '' }).catch(() => undefined),
    );
    this.#unsaved.clear();
    await Promise.all(puts);
  }
}
