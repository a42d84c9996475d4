import type { Api } from '../net/api.ts';
import type { User } from '../../server/protocol/resources.ts';
import type { AccountDeps } from './account-deps.ts';
import type { Effect } from './apply.ts';
import type { Disk } from './disk.ts';
import { Drafts } from './drafts.ts';
import { failPending, findMessage, newestFromPeer, ownReadMark } from './edit.ts';
import { History } from './history.ts';
import { ConversationOpener } from './conversation-opener.ts';
import { Outbox, UNWRITTEN } from './outbox.ts';
import { Receipts } from './receipts.ts';
import { Rehoming } from './rehoming.ts';
import { RecentIds } from './recent-ids.ts';
import { UndoableDeletes } from './undoable-deletes.ts';
import { Sync } from './sync.ts';
import { TypingNotices } from './typing.ts';
import { UnsyncedReads } from './unsynced-reads.ts';
import { pendingMessage } from './from-wire.ts';
import { withChat, type Timeline } from './model.ts';

const SAVE_MS = 400;

/** Everything that runs while a person is signed in, wired together. Elements call its methods and read its
 *  signals; nothing in here knows an element. */
export class Account {
  readonly me: AccountDeps['me'];
  readonly sync: Sync;
  readonly history: History;
  readonly drafts: Drafts;
  readonly rehoming: Rehoming;
  readonly typing: TypingNotices;
  readonly undoableDeletes: UndoableDeletes;
  readonly api: Api;
  /** Whether what is written here stays on this device. */
  readonly condition: Disk['condition'];
  readonly #deps: AccountDeps;
  readonly #outbox: Outbox;
  readonly #receipts: Receipts;
  readonly #opener: ConversationOpener;
  readonly #unsynced: UnsyncedReads;
  /** Taken by the server, though perhaps not yet off the disk. */
  readonly #stored = new RecentIds(1_000);
  /** Written here, and not on disk yet. */
  readonly #unkept = new Set<string>();
  #savesCache = false;
  #saveDue = false;
  #ended = false;

  constructor(deps: AccountDeps) {
    this.#deps = deps;
    this.me = deps.me;
    this.api = deps.api;
    this.condition = deps.disk.condition;
    const { clock } = deps;
    this.sync = new Sync(deps.me.id, {
      api: deps.api,
      clock,
      link: (onFrame, onState) => deps.link(() => this.sync.resumeFrom(), onFrame, onState),
      onEffect: (effect) => {
        this.#follow(effect);
      },
      onChange: () => {
        this.history.bound();
        this.#saveSoon();
      },
      onReset: (held) => {
        this.rehoming.note(held);
        this.#receipts.forget();
        this.history.forgetAll();
        deps.onReset();
      },
      onListed: () => void this.rehoming.settle(),
      onLive: (live) => {
        this.#receipts.connected(live);
        this.#outbox.connected(live);
        if (live) this.undoableDeletes.connected();
        // What could not be loaded is loaded by whoever still looks at it.
        if (live) this.history.forgive();
        deps.onLive(live);
      },
      isSeen: deps.isSeen,
      onOver: deps.onOver,
    });
    this.history = new History({
      api: deps.api,
      model: () => this.sync.model.get(),
      change: (edit) => {
        this.sync.change(edit);
      },
      era: () => this.sync.era,
    });
    this.#opener = new ConversationOpener(deps.api, this.sync);
    this.#receipts = new Receipts({
      clock,
      send: (message_id, status) => this.sync.link.send('ack', { message_id, status }),
    });
    this.#unsynced = new UnsyncedReads(deps.api, clock, this.sync, this.#receipts);
    this.#outbox = new Outbox({
      store: deps.disk.outbox,
      clock,
      exclusive: deps.exclusive,
      owner: deps.me.id,
      transmit: ({ id, chatId, peerId, text }) => {
        const to = peerId === undefined ? { conversation_id: chatId } : { recipient_id: peerId };
        return this.sync.link.send('message', { ...to, content: text }, id);
      },
      onSilence: () => {
        this.sync.link.restart();
      },
      onFailed: (id, code) => {
        this.sync.change((model) => failPending(model, id, code));
        deps.announce('outbox');
      },
    });
    this.drafts = new Drafts({
      store: deps.disk.drafts,
      clock,
      newId: deps.newId,
      announce: () => {
        deps.announce('drafts');
      },
    });
    const { api, onMoved } = deps;
    this.rehoming = new Rehoming({ api, clock, sync: this.sync, drafts: this.drafts, onMoved });
    this.typing = new TypingNotices(clock, (conversation_id, typing) => {
      this.sync.link.send('typing', { conversation_id, typing });
    });
    this.undoableDeletes = new UndoableDeletes(deps.api, clock, this.sync);
  }

  async start(): Promise<void> {
    this.#deps.disk.whenBack(() => {
      if (this.#ended) return;
      void this.drafts.follow();
      void this.syncPending().then(() => {
        this.#deps.announce('outbox');
      });
    });
    const saved = await this.#deps.disk.load();
    await this.followTabs();
    if (this.#ended) return;
    this.sync.start(
      saved && {
        ...saved,
        chats: new Map(saved.chats.map((chat) => [chat.id, chat])),
        timelines: new Map<string, Timeline>(saved.timelines),
      },
    );
    // One window writes the cache, so that its rows and its cursor come from one history.
    void this.#deps.exclusive(`parley:cache:${this.me.id}`, async () => {
      this.#savesCache = true;
      await new Promise<void>((resolve) => {
        this.#stopCaching = resolve;
        if (this.#ended) resolve();
      });
    });
  }
  #stopCaching: () => void = () => undefined;

  /** Stops everything. `forget`: nothing of this person stays on the device, else what was written does; null where another tab
   *  sees to that: whatever it removes is not written again. */
  async end(forget: boolean | null): Promise<void> {
    if (forget === false) void this.drafts.flush(true);
    this.#stop();
    const { disk } = this.#deps;
    if (forget === null) disk.close();
    else await (forget ? disk.destroy() : disk.clearCache()).catch(() => undefined);
  }

  #stop(): void {
    this.#ended = true;
    this.drafts.stop();
    this.undoableDeletes.stop();
    this.typing.stop();
    this.sync.stop();
    this.#receipts.stop();
    this.#outbox.connected(false);
    this.#savesCache = false;
    this.#stopCaching();
  }

  /** Shows the message at once, keeps it on disk, sends it when it can be sent. The draft leaves the disk when the message is there. */
  send(chatId: string, text: string): void {
    const peerId = this.#opener.peerOf(chatId);
    const id = this.drafts.take(chatId, text);
    this.typing.stopped();
    // Another tab has sent the same draft.
    if (this.#knows(chatId, id)) {
      void this.drafts.kept(id);
      return;
    }
    const waiting = {
      id,
      chatId,
      ...(peerId !== undefined && { peerId }),
      text,
      at: new Date(this.sync.time.now()).toISOString(),
    };
    this.#unkept.add(id);
    this.sync.change((model) => ({
      ...model,
      pending: [...model.pending, pendingMessage({ ...waiting, failure: null })],
    }));
    this.typing.stopped();
    this.sync.link.hurry();
    void this.#outbox.add(waiting).then((isOnDisk) => {
      this.#unkept.delete(id);
      this.#deps.announce('outbox');
      if (isOnDisk) void this.drafts.kept(id);
    });
  }

  async retry(id: string): Promise<void> {
    this.sync.change((model) => failPending(model, id, null));
    await this.#outbox.retry(id);
    await this.syncPending();
    this.#deps.announce('outbox');
  }

  async discard(id: string): Promise<void> {
    this.sync.change((model) => ({
      ...model,
      pending: model.pending.filter((message) => message.id !== id),
    }));
    await this.#outbox.discard(id);
    void this.drafts.kept(id);
    this.#deps.announce('outbox');
  }

  /** Takes over what other tabs wrote, or this one before it was reloaded. */
  async followTabs(): Promise<void> {
    await Promise.all([this.drafts.follow(), this.syncPending()]);
  }

  /** The same of messages alone. */
  async syncPending(): Promise<void> {
    const rows = await this.#deps.disk.outbox.all().catch(() => []);
    for (const { id, order } of rows) if (order !== UNWRITTEN) void this.drafts.kept(id);
    // Two tabs may have kept the same draft as a message.
    const waiting = new Map(rows.filter(({ id }) => !this.#stored.has(id)).map((row) => [row.id, row]));
    this.sync.change((model) => {
      const rest = model.pending.filter(({ id }) => !waiting.has(id) && this.#unkept.has(id));
      return { ...model, pending: [...[...waiting.values()].map(pendingMessage), ...rest] };
    });
    if (this.sync.connection.get().phase === 'live') await this.#outbox.pumpAll();
  }

  /** What was begun in a deleted conversation, and what the server refused there, goes with it. */
  async #discardWritten(chatId: string): Promise<void> {
    const failed = this.sync.model
      .get()
      .pending.filter((each) => each.chatId === chatId && each.failure !== null);
    await Promise.all([this.drafts.drop(chatId), ...failed.map(({ id }) => this.discard(id))]);
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

  /** The conversation with a person, made when there was none, and anew when it is being deleted. Rejects with ApiProblem. */
  async converse(person: User): Promise<string> {
    const { chats } = this.sync.model.get();
    const hidden = [...this.undoableDeletes.hidden.get()].find((id) => chats.get(id)?.peer.id === person.id);
    const isDeleted = hidden !== undefined && (await this.undoableDeletes.finish(hidden));
    return await this.#opener.converse(person, isDeleted);
  }

  #saveSoon(): void {
    if (!this.#savesCache || this.#saveDue) return;
    this.#saveDue = true;
    this.#deps.clock.after(SAVE_MS, () => {
      this.#saveDue = false;
      void this.saveNow();
    });
  }

  /** `closing`: the tab may be gone in a moment. Resolves when drafts and cache are on disk; nobody needs to wait for it. */
  async saveNow(closing = false): Promise<void> {
    const drafts = this.drafts.flush(closing);
    const model = this.sync.model.get();
    if (this.#savesCache && model.cursor !== null) await this.#deps.disk.save(model).catch(() => undefined);
    await drafts;
  }

  /** Everything that is to be done before the program ends. */
  async settle(): Promise<void> {
    await Promise.all([this.saveNow(true), this.undoableDeletes.flush()]);
  }

  #follow(effect: Exclude<Effect, { type: 'unplaced' }>): void {
    switch (effect.type) {
      case 'received':
        this.undoableDeletes.received(effect.message.chatId);
        if (effect.message.seq !== null) {
          this.#receipts.delivered(effect.message.chatId, effect.message.id, effect.message.seq);
        }
        this.#deps.onMessage(effect.message);
        return;
      case 'stored':
        this.#stored.add(effect.messageId);
        this.#outbox.stored(effect.messageId);
        void this.drafts.kept(effect.messageId);
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
      case 'readUnsynced':
        void this.#unsynced.tell(effect.chatId, effect.seq);
        return;
      case 'forgotten':
        this.history.forget(effect.chatId);
        this.undoableDeletes.forgotten(effect.chatId);
        void this.#discardWritten(effect.chatId);
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

  /** Whether the message is shown: it waits here, or the server has it. */
  #knows(chatId: string, id: string): boolean {
    const model = this.sync.model.get();
    return (
      this.#stored.has(id) ||
      model.pending.some((message) => message.id === id) ||
      findMessage(model, chatId, id) !== undefined
    );
  }
}
