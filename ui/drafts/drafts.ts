import type { Clock, Timer } from '../net/clock.ts';
import type { Draft, DraftStore } from './draft-store.ts';
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
import type { MessageReference } from '../model/model.ts';
import { signal } from '../model/signal.ts';

const SAVE_MS = 300;

export interface DraftsDeps {
  readonly store: DraftStore;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Tells the user's other tabs that the stored drafts changed. */
  readonly announce: () => void;
}

/** Drafts from before versions existed have no id. Such a draft gets the conversation's id, which never becomes the
 *  id of a message. */
const versionsOf = (draft: Draft | undefined): readonly DraftVersion[] => {
  if (draft === undefined) return [];
  const { chatId: conversationId, id = conversationId, text, replyTo, others = [] } = draft;
  return [...others, { id, text, ...(replyTo && { replyTo }) }].filter(
    (version) => version.text !== '' || version.replyTo !== undefined,
  );
};

const draftOf = (conversationId: string, versions: readonly DraftVersion[]): Draft => {
  const last = versions.at(-1);
  const others = versions.slice(0, -1);
  return { chatId: conversationId, text: '', ...last, ...(others.length > 0 && { others }) };
};

/** Removes the characters that a field may take out of a text before it is sent. */
const visible = (text: string): string => text.toWellFormed().replace(/[\0\s]+/g, '');

/** The drafts of all conversations. They are saved while the user types, so a crash costs at most 300 ms of typing.
 *  All tabs show the same drafts, by the rule in `draft-versions.ts`. */
export class Drafts {
  readonly texts = signal<ReadonlyMap<string, string>>(new Map());
  /** By conversation: the message that the draft replies to. */
  readonly replies = signal<ReadonlyMap<string, MessageReference>>(new Map());
  /** Counts changes that were not made in the field on screen and have to be shown there. */
  readonly changes = signal(0);
  readonly #deps: DraftsDeps;
  readonly #tabs = new Map<string, TabDraft>();
  /** Versions that other tabs stored beside this tab's own, as last read. */
  readonly #others = new Map<string, readonly DraftVersion[]>();
  /** By conversation: the id of the message that the draft became, until that message is stored. Until then the draft
   *  stays on disk too, unless another text replaces it. */
  readonly #taken = new Map<string, string>();
  #timer: Timer | null = null;
  #looked: Promise<void> = Promise.resolve();

  constructor(deps: DraftsDeps) {
    this.#deps = deps;
  }

  /** Takes over the stored drafts, including what other tabs wrote. Calls run one after another, so the last one
   *  wins. */
  follow(): Promise<void> {
    this.#looked = this.#looked.then(() => this.#look());
    return this.#looked;
  }

  async #look(): Promise<void> {
    const before = new Map(this.#tabs);
    const rows = await this.#deps.store.all().catch(() => null);
    if (rows === null) return;
    const stored = new Map(rows.map((draft) => [draft.chatId, versionsOf(draft)] as const));
    for (const conversationId of new Set([...stored.keys(), ...this.#tabs.keys()])) {
      const tab = this.#tabs.get(conversationId);
      const versions = stored.get(conversationId) ?? [];
      // This tab's draft was edited or saved while the disk was read, so its stored version is outdated.
      if (tab !== before.get(conversationId)) {
        this.#noteOthers(conversationId, merged(versions, tab ?? NO_DRAFT), tab ?? NO_DRAFT);
        continue;
      }
      const next = followed(tab ?? NO_DRAFT, versions, this.#deps.newId);
      this.#noteOthers(conversationId, versions, next);
      if (next !== (tab ?? NO_DRAFT)) this.#put(conversationId, next);
    }
  }

  set(conversationId: string, text: string): void {
    const { own } = this.#tabs.get(conversationId) ?? NO_DRAFT;
    if ((own?.text ?? '') !== text) this.#edit(conversationId, text, own?.replyTo ?? null);
  }

  /** Makes the draft a reply to a message, or with null an ordinary message. */
  reply(conversationId: string, to: MessageReference | null): void {
    const { own } = this.#tabs.get(conversationId) ?? NO_DRAFT;
    if ((own?.replyTo?.messageId ?? null) !== (to?.messageId ?? null))
      this.#edit(conversationId, own?.text ?? '', to);
  }

  #edit(conversationId: string, text: string, replyTo: MessageReference | null): void {
    const tab = this.#tabs.get(conversationId) ?? NO_DRAFT;
    const isBlank = text.trim() === '';
    const id = this.#deps.newId();
    const own = replyTo !== null ? { id, text: isBlank ? '' : text, replyTo } : isBlank ? null : { id, text };
    if (own === null && tab.own === null) return;
    this.#show(conversationId, edited(tab, own));
  }

  /** Turns the draft into a message: clears the field and returns the id of the message. The draft leaves the disk
   *  once the message is `kept`. */
  take(conversationId: string, text: string): string {
    const own = this.#tabs.get(conversationId)?.own;
    this.#edit(conversationId, '', null);
    const isSame = own && own.id !== conversationId && visible(own.text) === visible(text);
    const id = isSame ? own.id : this.#deps.newId();
    if (own) this.#taken.set(conversationId, id);
    return id;
  }

  /** The message that a draft became is now on disk or at the server, or it was discarded. */
  async kept(messageId: string): Promise<void> {
    const [conversationId] = [...this.#taken].find(([, id]) => id === messageId) ?? [];
    if (conversationId === undefined) return;
    this.#taken.delete(conversationId);
    await this.flush();
  }

  /** Removes the draft of a conversation that is gone. */
  async drop(conversationId: string): Promise<void> {
    if (!this.#tabs.delete(conversationId) && (this.#others.get(conversationId) ?? []).length === 0) return;
    this.#others.delete(conversationId);
    this.#taken.delete(conversationId);
    this.#put(conversationId, NO_DRAFT);
    await this.#deps.store.put(draftOf(conversationId, [])).catch(() => undefined);
    this.#deps.announce();
  }

  /** Moves the draft of one conversation to another. */
  async move(from: string, to: string): Promise<void> {
    const versions = [to, from].flatMap((conversationId) => {
      const { own } = this.#tabs.get(conversationId) ?? NO_DRAFT;
      return [...(this.#others.get(conversationId) ?? []), ...(own === null ? [] : [own])];
    });
    this.set(to, joined(versions));
    this.changes.set(this.changes.get() + 1);
    await this.flush();
    await this.drop(from);
  }

  /** Saves now. Resolves when the drafts are on disk. `closing`: the tab may be gone before the disk answers, so
   *  nothing is read. */
  async flush(closing = false): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    const saves = [...this.#tabs].flatMap(([conversationId, tab]) =>
      tab.isEdited && !(tab.own === null && this.#taken.has(conversationId))
        ? [this.#save(conversationId, tab, closing)]
        : [],
    );
    if (saves.length === 0) return;
    await Promise.all(saves);
    this.#deps.announce();
  }

  /** Stops. Nothing is saved any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#tabs.clear();
  }

  async #save(conversationId: string, edit: TabDraft, closing: boolean): Promise<void> {
    const { store } = this.#deps;
    const tab = saving(edit);
    this.#tabs.set(conversationId, tab);
    const next = (stored: readonly DraftVersion[]): Draft => {
      const versions = merged(stored, edit);
      this.#noteOthers(conversationId, versions, edit);
      return draftOf(conversationId, versions);
    };
    try {
      if (closing) await store.put(next(this.#others.get(conversationId) ?? []));
      else await store.edit(conversationId, (row) => next(versionsOf(row)));
    } catch {
      return;
    }
    // Not if the draft was edited meanwhile.
    if (this.#tabs.get(conversationId) === tab) this.#tabs.set(conversationId, saved(tab));
  }

  #noteOthers(conversationId: string, versions: readonly DraftVersion[], { own }: TabDraft): void {
    this.#others.set(
      conversationId,
      versions.filter(({ id }) => id !== own?.id),
    );
  }

  #put(conversationId: string, tab: TabDraft): void {
    this.#show(conversationId, tab);
    this.changes.set(this.changes.get() + 1);
  }

  #show(conversationId: string, tab: TabDraft): void {
    this.#tabs.set(conversationId, tab);
    const texts = new Map(this.texts.get());
    if (tab.own === null || tab.own.text === '') texts.delete(conversationId);
    else texts.set(conversationId, tab.own.text);
    this.texts.set(texts);
    const replies = new Map(this.replies.get());
    if (tab.own?.replyTo === undefined) replies.delete(conversationId);
    else replies.set(conversationId, tab.own.replyTo);
    this.replies.set(replies);
    if (tab.isEdited) this.#timer ??= this.#deps.clock.after(SAVE_MS, () => void this.flush());
  }
}
