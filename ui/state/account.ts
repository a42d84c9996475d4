import { SEARCH_PAGE, type Api } from '../net/api.ts';
import type { SearchAnswer } from '../../server/protocol/http.ts';
import type { User } from '../../server/protocol/views.ts';
import type { AccountParts } from './account-parts.ts';
import type { Effect } from './apply.ts';
import { Drafts } from './drafts.ts';
import { failPending, newestFromPeer, ownReadMark } from './edit.ts';
import { History } from './history.ts';
import { Openings } from './openings.ts';
import { Outbox } from './outbox.ts';
import { Receipts } from './receipts.ts';
import { Lookup } from './lookup.ts';
import { Rehoming } from './rehoming.ts';
import { Removals } from './removals.ts';
import { Sessions } from './sessions.ts';
import { Sync } from './sync.ts';
import { TypingNotices } from './typing.ts';
import { UntoldReading } from './untold-reading.ts';
import { pendingMessage } from './views.ts';
import { withChat, type ChatMessage, type Timeline } from './model.ts';

const SAVE_MS = 400;

/** Everything that runs while a person is signed in, wired together. Elements call its methods and read its
 *  signals; nothing in here knows an element. */
export class Account {
  readonly me: AccountParts['me'];
  readonly sync: Sync;
  readonly history: History;
  readonly drafts: Drafts;
  readonly typing: TypingNotices;
  readonly removals: Removals;
  readonly people: Lookup<readonly User[]>;
  readonly search: Lookup<SearchAnswer>;
  readonly sessions: Sessions;
  readonly api: Api;
  readonly #parts: AccountParts;
  readonly #outbox: Outbox;
  readonly #receipts: Receipts;
  readonly #openings: Openings;
  readonly #rehoming: Rehoming;
  readonly #untold: UntoldReading;
  /** Taken by the server, though perhaps not yet off the disk. */
  readonly #stored = new Set<string>();
  #savesCache = false;
  #saveDue = false;
  #ended = false;

  constructor(parts: AccountParts) {
    this.#parts = parts;
    this.me = parts.me;
    this.api = parts.api;
    const { clock } = parts;
    this.sync = new Sync(parts.me.id, {
      api: parts.api,
      clock,
      link: (onFrame, onState) => parts.link(() => this.sync.resumeFrom(), onFrame, onState),
      onEffect: (effect) => {
        this.#follow(effect);
      },
      onChange: () => {
        this.#saveSoon();
      },
      onReset: (held) => {
        this.#rehoming.note(held);
        this.#receipts.forget();
        this.history.forgetAll();
        this.search.forget();
        parts.onReset();
      },
      onListed: () => void this.#rehoming.settle(),
      onLive: (live) => {
        this.#receipts.connected(live);
        this.#outbox.connected(live);
        // What could not be loaded is loaded by whoever still looks at it.
        if (live) this.history.forgive();
        parts.onLive(live);
      },
      onOver: parts.onOver,
    });
    this.history = new History({
      api: parts.api,
      model: () => this.sync.model.get(),
      change: (edit) => {
        this.sync.change(edit);
      },
      era: () => this.sync.era,
    });
    this.#openings = new Openings(parts.api, this.sync);
    this.#receipts = new Receipts({
      clock,
      send: (message_id, status) => this.sync.link.send('ack', { message_id, status }),
    });
    this.#untold = new UntoldReading(parts.api, clock, this.sync, this.#receipts);
    this.#outbox = new Outbox({
      store: parts.disk.outbox,
      clock,
      exclusive: parts.exclusive,
      owner: parts.me.id,
      transmit: ({ id, chatId, peerId, text }) => {
        const to = peerId === undefined ? { conversation_id: chatId } : { recipient_id: peerId };
        return this.sync.link.send('message', { ...to, content: text }, id);
      },
      onSilence: () => {
        this.sync.link.restart();
      },
      onFailed: (id, code) => {
        this.sync.change((model) => failPending(model, id, code));
        parts.announce();
      },
    });
    this.drafts = new Drafts(parts.disk.drafts, clock);
    const { api, onMoved } = parts;
    this.#rehoming = new Rehoming({ api, clock, sync: this.sync, drafts: this.drafts, onMoved });
    this.typing = new TypingNotices(clock, (conversation_id, typing) => {
      this.sync.link.send('typing', { conversation_id, typing });
    });
    this.removals = new Removals(parts.api, clock);
    this.people = new Lookup(clock, (query) => parts.api.people(query.toLowerCase()));
    this.search = new Lookup(
      clock,
      (query) => parts.api.search(query),
      ({ messages }) => messages.length < SEARCH_PAGE,
    );
    this.sessions = new Sessions(parts.api);
  }

  async start(): Promise<void> {
    const saved = await this.#parts.disk.load();
    await Promise.all([this.drafts.load(), this.syncPending()]);
    if (this.#ended) return;
    this.sync.start(
      saved && {
        ...saved,
        chats: new Map(saved.chats.map((chat) => [chat.id, chat])),
        timelines: new Map<string, Timeline>(saved.timelines),
      },
    );
    // One window writes the cache, so that its rows and its cursor come from one history.
    void this.#parts.exclusive(`parley:cache:${this.me.id}`, async () => {
      this.#savesCache = true;
      await new Promise<void>((resolve) => {
        this.#stopCaching = resolve;
        if (this.#ended) resolve();
      });
    });
  }
  #stopCaching: () => void = () => undefined;

  /** Stops everything. `forget`: nothing of this person stays on the device, else what was written does. */
  async end(forget: boolean): Promise<void> {
    this.#ended = true;
    void this.drafts.flush();
    this.sync.stop();
    this.#receipts.stop();
    this.#outbox.connected(false);
    this.#savesCache = false;
    this.#stopCaching();
    await (forget ? this.#parts.disk.destroy() : this.#parts.disk.clearCache()).catch(() => undefined);
  }

  /** Shows the message at once, keeps it on disk, sends it when it can be sent. */
  send(chatId: string, text: string): void {
    const peerId = this.#openings.peerOf(chatId);
    const waiting = {
      id: this.#parts.newId(),
      chatId,
      ...(peerId !== undefined && { peerId }),
      text,
      at: new Date(this.#parts.clock.now()).toISOString(),
    };
    this.sync.change((model) => ({
      ...model,
      pending: [...model.pending, pendingMessage({ ...waiting, failure: null })],
    }));
    this.typing.stopped();
    void this.#outbox.add(waiting).then(this.#parts.announce);
  }

  async retry(id: string): Promise<void> {
    this.sync.change((model) => failPending(model, id, null));
    await this.#outbox.retry(id);
    await this.syncPending();
    this.#parts.announce();
  }

  async discard(id: string): Promise<void> {
    this.sync.change((model) => ({
      ...model,
      pending: model.pending.filter((message) => message.id !== id),
    }));
    await this.#outbox.discard(id);
    this.#parts.announce();
  }

  /** Takes over what another window wrote, or this one before it was reloaded. */
  async syncPending(): Promise<void> {
    const rows = await this.#parts.disk.outbox.all().catch(() => []);
    const waiting = rows.filter((row) => !this.#stored.has(row.id));
    this.sync.change((model) => {
      const shown = new Set(waiting.map((row) => row.id));
      const rest = model.pending.filter((message) => !shown.has(message.id) && this.#justWritten(message));
      return { ...model, pending: [...waiting.map(pendingMessage), ...rest] };
    });
    if (this.sync.connection.get().phase === 'live') await this.#outbox.pumpAll();
  }

  /** Everything up to `seq` was on screen in front of somebody. */
  read(chatId: string, seq: number): void {
    const model = this.sync.model.get();
    const chat = model.chats.get(chatId);
    if (chat === undefined || seq <= chat.readSeq.me || this.sync.connection.get().phase !== 'live') return;
    const message = newestFromPeer(model, chatId, seq);
    const upTo = message?.seq ?? 0;
    if (message === undefined || upTo <= chat.readSeq.me) return;
    this.#receipts.read(chatId, message.id, upTo);
    const next = ownReadMark(model, chat, upTo);
    if (next !== null) this.sync.change((held) => withChat(held, next));
  }

  /** The conversation with a person, made when there was none. Rejects with ApiProblem. */
  converse(person: User): Promise<string> {
    return this.#openings.converse(person);
  }

  /** The next page of the messages found. */
  async searchMore(): Promise<void> {
    await this.search.extend(async (held, answered) => {
      const { messages } = await this.api.search(answered, 'messages', held.messages.at(-1)?.message_id);
      return {
        result: { ...held, messages: [...held.messages, ...messages] },
        ended: messages.length < SEARCH_PAGE,
      };
    });
  }

  #saveSoon(): void {
    if (!this.#savesCache || this.#saveDue) return;
    this.#saveDue = true;
    this.#parts.clock.after(SAVE_MS, () => {
      this.#saveDue = false;
      void this.saveNow();
    });
  }

  /** Resolves when drafts and cache are on disk; nobody needs to wait for it. */
  async saveNow(): Promise<void> {
    const drafts = this.drafts.flush();
    const model = this.sync.model.get();
    if (this.#savesCache && model.cursor !== null) await this.#parts.disk.save(model).catch(() => undefined);
    await drafts;
  }

  /** Everything that is to be done before the program ends. */
  async settle(): Promise<void> {
    await Promise.all([this.saveNow(), this.removals.flush()]);
  }

  #follow(effect: Exclude<Effect, { type: 'unplaced' }>): void {
    switch (effect.type) {
      case 'received':
        if (effect.message.seq !== null) {
          this.#receipts.delivered(effect.message.chatId, effect.message.id, effect.message.seq);
        }
        this.#parts.onMessage(effect.message);
        return;
      case 'stored':
        this.#stored.add(effect.messageId);
        this.#outbox.stored(effect.messageId);
        return;
      case 'refused':
        this.#outbox.refused(effect.messageId, effect.code);
        return;
      case 'readStored':
        this.#receipts.readStored(effect.chatId, effect.seq);
        return;
      case 'refresh':
        this.sync.refresh(effect.chatId);
        return;
      case 'readUntold':
        void this.#untold.tell(effect.chatId, effect.seq);
        return;
      case 'forgotten':
        this.history.forget(effect.chatId);
        return;
      case 'missed':
        this.history.missed(effect.chatId);
        return;
      case 'reload':
        void this.history.reload(effect.chatId);
        return;
    }
    effect satisfies never;
  }

  /** Its row may not be on disk yet. */
  #justWritten(message: ChatMessage): boolean {
    return this.#parts.clock.now() - Date.parse(message.at) < 5_000;
  }
}
