import { isEmptyDraft, type Draft, type DraftStore } from '../drafts/draft-store.ts';

/** Adds a row's versions to a draft. */
const withOthers = (draft: Draft, row: Draft): Draft => {
  const { chatId: conversationId, id = conversationId, text, replyTo, others = [] } = row;
  const version = { id, text, ...(replyTo && { replyTo }) };
  return { ...draft, others: [...others, version, ...(draft.others ?? [])] };
};

/** A draft store whose disk may be full or missing. A draft that the disk refuses stays in memory until the disk
 *  accepts it. Only `read` and `writeBack` reject. */
export class DraftsOverflow implements DraftStore {
  readonly #disk: DraftStore;
  /** By conversation. A removed draft is empty. */
  readonly #held = new Map<string, Draft>();
  /** The conversations whose draft is not on disk yet. */
  readonly #unwritten = new Set<string>();
  /** Whether the disk has been read. */
  #isRead = false;

  constructor(disk: DraftStore) {
    this.#disk = disk;
  }

  async all(): Promise<readonly Draft[]> {
    await this.read(this.#disk).catch(() => undefined);
    return [...this.#held.values()].filter((draft) => !isEmptyDraft(draft));
  }

  async put(draft: Draft): Promise<void> {
    this.#hold(draft);
    await this.#write(this.#disk, draft.chatId)
      .then(() => this.#flush(this.#disk))
      .catch(() => undefined);
  }

  async edit(conversationId: string, change: (draft: Draft | undefined) => Draft): Promise<void> {
    let written: Draft | undefined;
    try {
      if (this.#unwritten.size > 0) await this.#flush(this.#disk);
      await this.#disk.edit(conversationId, (row) => (written = change(row)));
      if (written !== undefined) this.#held.set(conversationId, written);
    } catch {
      this.#hold(written ?? change(this.#held.get(conversationId)));
    }
  }

  /** Reads the rows of a store. Rejects if it can't be read. */
  async read(store: DraftStore): Promise<void> {
    const rows = await store.all();
    for (const conversationId of [...this.#held.keys()])
      if (!this.#unwritten.has(conversationId)) this.#held.delete(conversationId);
    for (const row of rows) {
      const mine = this.#unwritten.has(row.chatId) ? this.#held.get(row.chatId) : undefined;
      // The row was written at an earlier start and had not been read when the user began this draft. Neither is
      // lost.
      if (mine !== undefined && !this.#isRead && !isEmptyDraft(mine) && mine.text !== row.text)
        this.#held.set(row.chatId, withOthers(mine, row));
      else if (mine === undefined || !this.#isRead) {
        this.#held.set(row.chatId, row);
        this.#unwritten.delete(row.chatId);
      }
    }
    this.#isRead = true;
  }

  /** Writes the drafts that are not on disk. `dropped`: the rows on disk are gone and are written again too. Rejects
   *  if the store does not accept them. */
  async writeBack(store: DraftStore, dropped: boolean): Promise<void> {
    const before = [...this.#held.values()];
    await this.read(store);
    if (dropped)
      for (const draft of before)
        if (!this.#held.has(draft.chatId) && !isEmptyDraft(draft)) this.#hold(draft);
    await this.#flush(store);
  }

  #hold(draft: Draft): void {
    this.#held.set(draft.chatId, draft);
    this.#unwritten.add(draft.chatId);
  }

  async #write(store: DraftStore, conversationId: string): Promise<void> {
    const draft = this.#held.get(conversationId) ?? { chatId: conversationId, text: '' };
    await store.put(draft);
    if (this.#held.get(conversationId) === draft) this.#unwritten.delete(conversationId);
  }

  async #flush(store: DraftStore): Promise<void> {
    for (const conversationId of [...this.#unwritten]) await this.#write(store, conversationId);
  }
}
