import type { Api } from '../net/api.ts';
import type { UserResource } from '../../server/protocol/resources/user.ts';
import type { AccountDeps } from './account-deps.ts';
import type { Effect } from '../model/apply.ts';
import type { Disk } from '../storage/disk.ts';
import { Drafts } from '../drafts/drafts.ts';
import { newestFromPeer, ownReadMark, withoutOutdated } from '../model/edit.ts';
import { History } from '../history/history.ts';
import { CacheSaver } from './cache-saver.ts';
import { ConversationOpener } from './conversation-opener.ts';
import { LateFiles } from './late-files.ts';
import { MessageSender } from './message-sender.ts';
import { OwnProfile } from './own-profile.ts';
import { Originals } from '../history/originals.ts';
import { ReactionSender } from '../sync/reaction-sender.ts';
import { ReceiptSender } from '../sync/receipts.ts';
import { Rehoming } from './rehoming.ts';
import { UndoableDeletes } from './undoable-deletes.ts';
import { Sync } from '../sync/sync.ts';
import type { SyncDeps } from '../sync/sync-deps.ts';
import { TypingNotices } from '../sync/typing.ts';
import { UnsyncedReads } from './unsynced-reads.ts';
import { withConversation, type Model, type Timeline } from '../model/model.ts';

/** Everything that runs while a user is signed in, wired together. Elements call its methods and read its signals. It
 *  does not depend on any element. */
export class Account {
  readonly me: AccountDeps['me'];
  readonly sync: Sync;
  readonly history: History;
  readonly drafts: Drafts;
  readonly sender: MessageSender;
  readonly reactions: ReactionSender;
  readonly originals: Originals;
  readonly profile: OwnProfile;
  readonly rehoming: Rehoming;
  readonly typing: TypingNotices;
  readonly undoableDeletes: UndoableDeletes;
  readonly api: Api;
  /** The files that are on their way; null until the part that sends them is loaded. */
  readonly files: LateFiles['sender'];
  /** Whether this device stores what is written here. */
  readonly condition: Disk['condition'];
  readonly #deps: AccountDeps;
  readonly #files: LateFiles;
  readonly #cache: CacheSaver;
  readonly #receipts: ReceiptSender;
  readonly #opener: ConversationOpener;
  readonly #unsynced: UnsyncedReads;
  #ended = false;

  constructor(deps: AccountDeps) {
    this.#deps = deps;
    this.me = deps.me;
    this.api = deps.api;
    this.condition = deps.disk.condition;
    const { api, clock, disk, exclusive } = deps;
    const { loadFiles } = deps;
    this.#files = new LateFiles(clock, loadFiles && (() => loadFiles(this.sender)));
    this.files = this.#files.sender;
    this.sync = new Sync(deps.me.id, this.#syncDeps());
    this.#cache = new CacheSaver({
      userId: deps.me.id,
      disk,
      clock,
      exclusive,
      model: () => this.sync.model.get(),
    });
    this.history = new History({
      api,
      model: () => this.sync.model.get(),
      change: (edit) => {
        this.sync.change(edit);
      },
      generation: () => this.sync.generation,
    });
    this.originals = new Originals(api, deps.me.id);
    this.profile = new OwnProfile(api, clock, this.sync);
    this.#opener = new ConversationOpener(api, this.sync);
    this.#receipts = this.#receiptSender();
    this.reactions = this.#reactionSender();
    this.#unsynced = new UnsyncedReads(api, clock, this.sync, this.#receipts);
    this.drafts = new Drafts({
      store: disk.drafts,
      clock,
      newId: deps.newId,
      announce: () => {
        deps.announce('drafts');
      },
    });
    this.typing = new TypingNotices(clock, (conversation_id, typing) => {
      this.sync.link.send('typing', { conversation_id, typing });
    });
    this.sender = new MessageSender({
      userId: deps.me.id,
      store: disk.outbox,
      clock,
      exclusive,
      sync: this.sync,
      drafts: this.drafts,
      typing: this.typing,
      files: this.files,
      peerOf: (conversationId) => this.#opener.peerOf(conversationId),
      announce: () => {
        deps.announce('outbox');
      },
    });
    const { sync, drafts } = this;
    this.rehoming = new Rehoming({ api, clock, sync, drafts, files: this.files, onMoved: deps.onMoved });
    this.undoableDeletes = new UndoableDeletes(api, clock, sync);
  }

  /** Connects the sync to the other parts of the account. */
  #syncDeps(): SyncDeps {
    const { api, clock, link, isSeen, onOver } = this.#deps;
    return {
      api,
      clock,
      link: (onFrame, onState) => link(() => this.sync.resumeFrom(), onFrame, onState),
      onEffect: (effect) => {
        this.#follow(effect);
      },
      onChange: () => {
        this.history.bound();
        this.#cache.soon();
      },
      onReset: (held) => {
        this.#reset(held);
      },
      onListed: () => {
        void this.rehoming.settle();
        void this.profile.ask();
      },
      onLive: (live) => {
        this.#wentLive(live);
      },
      isSeen,
      onOver,
    };
  }

  #receiptSender(): ReceiptSender {
    const { clock, newId } = this.#deps;
    return new ReceiptSender({
      clock,
      send: (message_id, status) => {
        const frameId = newId();
        return this.sync.link.send('ack', { message_id, status }, frameId) ? frameId : null;
      },
    });
  }

  #reactionSender(): ReactionSender {
    const { clock, newId } = this.#deps;
    return new ReactionSender({
      clock,
      model: () => this.sync.model.get(),
      change: (edit) => {
        this.sync.change(edit);
      },
      send: (message_id, emoji) => {
        const frameId = newId();
        return this.sync.link.send('reaction', { message_id, emoji }, frameId) ? frameId : null;
      },
    });
  }

  async start(): Promise<void> {
    this.#deps.disk.whenBack(() => {
      if (this.#ended) return;
      void this.drafts.follow();
      void this.files.get()?.follow();
      void this.sender.follow().then(() => {
        this.#deps.announce('outbox');
      });
    });
    const saved = await this.#deps.disk.load();
    await this.followTabs();
    if (this.#ended) return;
    this.sync.start(
      saved && {
        ...saved,
        conversations: new Map(saved.chats.map((conversation) => [conversation.id, conversation])),
        timelines: new Map<string, Timeline>(saved.timelines),
        pendingReactions: new Map(saved.reactions),
      },
    );
    this.#cache.start();
    this.#files.start();
  }

  /** Conversations that hold a text or files which were not sent. */
  get draftCount(): number {
    const picked = this.files.get()?.draftNames.keys() ?? [];
    return new Set([...this.drafts.texts.get().keys(), ...picked]).size;
  }

  /** Whether something was written or picked here that the server does not have. */
  get hasUnsent(): boolean {
    return this.sync.model.get().pending.length + this.draftCount > 0;
  }

  #reset(held: Model): void {
    this.rehoming.note(held);
    this.#receipts.forget();
    this.history.forgetAll();
    this.originals.forget(null);
    this.#deps.onReset();
  }

  #wentLive(live: boolean): void {
    this.#receipts.connected(live);
    this.sender.connected(live);
    this.reactions.connected(live);
    this.#files.connected(live);
    if (live) {
      this.sync.change(withoutOutdated);
      this.originals.connected();
      this.undoableDeletes.connected();
      this.profile.connected();
      // Clear failed page loads. Whoever still shows such a page requests it again.
      this.history.forgive();
    }
    this.#deps.onLive(live);
  }

  /** Stops everything. `forget` true: deletes all of this user's data from the device. False: keeps drafts and unsent
   *  messages, and deletes the cache. Null: another tab takes care of the data, so this one writes nothing more. */
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
    this.#files.stop();
    this.undoableDeletes.stop();
    this.typing.stop();
    this.sync.stop();
    this.#receipts.stop();
    this.reactions.stop();
    this.sender.connected(false);
    this.#cache.stop();
  }

  /** Takes over drafts and unsent messages from disk, written by other tabs or by this one before a reload. */
  async followTabs(): Promise<void> {
    await Promise.all([this.drafts.follow(), this.files.get()?.follow(), this.sender.follow()]);
  }

  /** Marks everything up to `seq` as read: it was on screen while the user looked at the window. */
  read(conversationId: string, seq: number): void {
    const model = this.sync.model.get();
    const conversation = model.conversations.get(conversationId);
    const { phase } = this.sync.connection.get();
    if (conversation === undefined || seq <= conversation.readSeq.me || phase !== 'live') return;
    const message = newestFromPeer(model, conversationId, seq);
    const upTo = message?.seq ?? 0;
    if (message === undefined || upTo <= conversation.readSeq.me) return;
    this.#receipts.read(conversationId, message.id, upTo);
    const next = ownReadMark(model, conversation, upTo);
    if (next !== null) this.sync.change((held) => withConversation(held, next));
  }

  /** Returns the id of the conversation with a user. Creates one if there is none, or if the existing one is being
   *  deleted. Rejects with ApiProblem. */
  async converse(person: UserResource): Promise<string> {
    const { conversations } = this.sync.model.get();
    const hidden = [...this.undoableDeletes.hidden.get()].find(
      (id) => conversations.get(id)?.peer.id === person.id,
    );
    const isDeleted = hidden !== undefined && (await this.undoableDeletes.finish(hidden));
    return await this.#opener.converse(person, isDeleted);
  }

  /** Saves drafts and cache. Resolves when they are on disk, but nobody needs to wait for that. `closing`: the tab
   *  may be gone in a moment, so receipts that wait are sent too. */
  async saveNow(closing = false): Promise<void> {
    if (closing) this.#receipts.flush();
    await Promise.all([this.drafts.flush(closing), this.#cache.now()]);
  }

  /** Finishes all pending work before the program ends: saves drafts and cache, and sends waiting deletions. */
  async settle(): Promise<void> {
    await Promise.all([this.saveNow(true), this.undoableDeletes.flush()]);
  }

  #follow(effect: Exclude<Effect, { type: 'unplaced' }>): void {
    switch (effect.type) {
      case 'received':
        this.undoableDeletes.received(effect.message.conversationId);
        if (effect.message.seq !== null) {
          this.#receipts.delivered(effect.message.conversationId, effect.message.id, effect.message.seq);
        }
        this.#deps.onMessage(effect.message);
        return;
      case 'stored':
        this.sender.stored(effect.messageId);
        return;
      case 'refused':
        this.sender.refused(effect.messageId, effect.code);
        return;
      case 'frameRefused':
        if (effect.code === 'unavailable') this.#receipts.refused(effect.frameId);
        this.reactions.refused(effect.frameId, effect.code);
        return;
      case 'reacted':
        this.history.reacted(effect);
        this.#deps.onReaction(effect);
        return;
      case 'reactionStored': {
        const change = this.reactions.stored(effect);
        if (change !== undefined) this.history.reacted(change);
        return;
      }
      case 'readStored':
        this.#receipts.readStored(effect.conversationId, effect.seq);
        return;
      case 'refresh':
        this.sync.refresh(effect.conversationId);
        return;
      case 'readUnsynced':
        void this.#unsynced.tell(effect.conversationId, effect.seq);
        return;
      case 'forgotten':
        this.history.forget(effect.conversationId);
        this.originals.forget(effect.conversationId);
        this.reactions.forget(effect.conversationId);
        this.undoableDeletes.forgotten(effect.conversationId);
        void this.drafts.drop(effect.conversationId);
        void this.files.get()?.drop(effect.conversationId);
        void this.sender.discardRefused(effect.conversationId);
        return;
      case 'missed':
        this.history.missed(effect.conversationId);
        return;
      case 'reload':
        void this.history.reload(effect.conversationId);
        return;
    }
    effect satisfies never;
  }
}
