import type { Clock, Timer } from '../net/clock.ts';
import type { Draft, DraftStore } from './disk.ts';
import {
  edited,
  followed,
  joined,
  merged,
  NO_DRAFT,
  saved,
  saving,
  type DraftVersion,
  type TabDraft,
} from './draft-versions.ts';
import { signal } from './signal.ts';

const SAVE_MS = 300;

export interface DraftsDeps {
  readonly store: DraftStore;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Tells the person's other tabs that the stored drafts changed. */
  readonly announce: () => void;
}

/** Drafts of before there were versions have no id: then it is the conversation's, and no message gets it. */
const versionsOf = (draft: Draft | undefined): readonly DraftVersion[] => {
  if (draft === undefined) return [];
  const { chatId, id = chatId, text, others = [] } = draft;
  return [...others, { id, text }].filter((version) => version.text !== '');
};

const draftOf = (chatId: string, versions: readonly DraftVersion[]): Draft => {
  const last = versions.at(-1);
  const others = versions.slice(0, -1);
  return { chatId, text: '', ...last, ...(others.length > 0 && { others }) };
};

/** Without what a field may take out of a text before it is sent. */
const visible = (text: string): string => text.toWellFormed().replace(/[\0\s]+/g, '');

/** What was begun in each conversation: kept on disk while it is written, so a crash costs a third of a second, and the same in
 *  all tabs, by the rule of `draft-versions.ts`. */
export class Drafts {
  readonly texts = signal<ReadonlyMap<string, string>>(new Map());
  /** Counts the changes that were not made in the field on screen, and have to be put there. */
  readonly changes = signal(0);
  readonly #deps: DraftsDeps;
  readonly #tabs = new Map<string, TabDraft>();
  /** What others stored beside this tab's own, as far as it was seen. */
  readonly #others = new Map<string, readonly DraftVersion[]>();
  /** By conversation, the message that the draft became, until that message is on disk. Until then the draft stays there too, unless
   *  another text takes its place. */
  readonly #taken = new Map<string, string>();
  #timer: Timer | null = null;
  #looked: Promise<void> = Promise.resolve();

  constructor(deps: DraftsDeps) {
    this.#deps = deps;
  }

  /** Takes over what is stored: at the start, and what other tabs did since. One look after the other, so the last one counts. */
  follow(): Promise<void> {
    this.#looked = this.#looked.then(() => this.#look());
    return this.#looked;
  }

  async #look(): Promise<void> {
    const before = new Map(this.#tabs);
    const rows = await this.#deps.store.all().catch(() => null);
    if (rows === null) return;
    const stored = new Map(rows.map((draft) => [draft.chatId, versionsOf(draft)] as const));
    for (const chatId of new Set([...stored.keys(), ...this.#tabs.keys()])) {
      const tab = this.#tabs.get(chatId);
      const versions = stored.get(chatId) ?? [];
      // Edited or saved while the disk was read: what was read of this tab is of before.
      if (tab !== before.get(chatId)) {
        this.#noteOthers(chatId, merged(versions, tab ?? NO_DRAFT), tab ?? NO_DRAFT);
        continue;
      }
      const next = followed(tab ?? NO_DRAFT, versions, this.#deps.newId);
      this.#noteOthers(chatId, versions, next);
      if (next !== (tab ?? NO_DRAFT)) this.#put(chatId, next);
    }
  }

  set(chatId: string, text: string): void {
    const tab = this.#tabs.get(chatId) ?? NO_DRAFT;
    if ((tab.own?.text ?? '') === text) return;
    const own = text.trim() === '' ? null : { id: this.#deps.newId(), text };
    if (own === null && tab.own === null) return;
    this.#show(chatId, edited(tab, own));
  }

  /** The draft becomes a message: it leaves the field, and its id is the message's. It leaves the disk once the message is `kept`. */
  take(chatId: string, text: string): string {
    const own = this.#tabs.get(chatId)?.own;
    this.set(chatId, '');
    const isSame = own && own.id !== chatId && visible(own.text) === visible(text);
    const id = isSame ? own.id : this.#deps.newId();
    if (own) this.#taken.set(chatId, id);
    return id;
  }

  /** The message that a draft became is on disk, at the server, or discarded. */
  async kept(messageId: string): Promise<void> {
    const [chatId] = [...this.#taken].find(([, id]) => id === messageId) ?? [];
    if (chatId === undefined) return;
    this.#taken.delete(chatId);
    await this.flush();
  }

  /** The conversation is gone, and its draft with it. */
  async drop(chatId: string): Promise<void> {
    if (!this.#tabs.delete(chatId) && (this.#others.get(chatId) ?? []).length === 0) return;
    this.#others.delete(chatId);
    this.#taken.delete(chatId);
    this.#put(chatId, NO_DRAFT);
    await this.#deps.store.put(draftOf(chatId, [])).catch(() => undefined);
    this.#deps.announce();
  }

  /** What was begun in one conversation goes on in another. */
  async move(from: string, to: string): Promise<void> {
    const versions = [to, from].flatMap((chatId) => {
      const { own } = this.#tabs.get(chatId) ?? NO_DRAFT;
      return [...(this.#others.get(chatId) ?? []), ...(own === null ? [] : [own])];
    });
    this.set(to, joined(versions));
    this.changes.set(this.changes.get() + 1);
    await this.flush();
    await this.drop(from);
  }

  /** Now. Resolves when it is on disk. `closing`: the tab may be gone before the disk can answer, so nothing is read. */
  async flush(closing = false): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    const saves = [...this.#tabs].flatMap(([chatId, tab]) =>
      tab.isEdited && !(tab.own === null && this.#taken.has(chatId))
        ? [this.#save(chatId, tab, closing)]
        : [],
    );
    if (saves.length === 0) return;
    await Promise.all(saves);
    this.#deps.announce();
  }

  /** Nothing is saved any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#tabs.clear();
  }

  async #save(chatId: string, edit: TabDraft, closing: boolean): Promise<void> {
    const { store } = this.#deps;
    const tab = saving(edit);
    this.#tabs.set(chatId, tab);
    const next = (stored: readonly DraftVersion[]): Draft => {
      const versions = merged(stored, edit);
      this.#noteOthers(chatId, versions, edit);
      return draftOf(chatId, versions);
    };
    try {
      if (closing) await store.put(next(this.#others.get(chatId) ?? []));
      else await store.edit(chatId, (row) => next(versionsOf(row)));
    } catch {
      return;
    }
    // Unless it was edited meanwhile.
    if (this.#tabs.get(chatId) === tab) this.#tabs.set(chatId, saved(tab));
  }

  #noteOthers(chatId: string, versions: readonly DraftVersion[], { own }: TabDraft): void {
    this.#others.set(
      chatId,
      versions.filter(({ id }) => id !== own?.id),
    );
  }

  #put(chatId: string, tab: TabDraft): void {
    this.#show(chatId, tab);
    this.changes.set(this.changes.get() + 1);
  }

  #show(chatId: string, tab: TabDraft): void {
    this.#tabs.set(chatId, tab);
    const texts = new Map(this.texts.get());
    if (tab.own === null) texts.delete(chatId);
    else texts.set(chatId, tab.own.text);
    this.texts.set(texts);
    if (tab.isEdited) this.#timer ??= this.#deps.clock.after(SAVE_MS, () => void this.flush());
  }
}
