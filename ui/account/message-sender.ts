import type { LateFiles } from './late-files.ts';
import type { ErrorCode } from '../../server/protocol/errors.ts';
import type { Clock } from '../net/clock.ts';
import type { Exclusive } from '../net/exclusive.ts';
import type { Drafts } from '../drafts/drafts.ts';
import { failPending, findMessage, retryPending } from '../model/edit.ts';
import { pendingMessage } from '../model/from-wire.ts';
import type { Failure } from '../model/model.ts';
import { withUploaded } from '../model/uploaded.ts';
import { RecentIds } from '../model/recent-ids.ts';
import { Outbox, UNWRITTEN, type CarriedFile, type OutboxStore, type Waiting } from '../outbox/outbox.ts';
import type { Sync } from '../sync/sync.ts';
import type { TypingNotices } from '../sync/typing.ts';

export interface MessageSenderDeps {
  readonly userId: string;
  readonly store: OutboxStore;
  readonly clock: Clock;
  readonly exclusive: Exclusive;
  readonly sync: Sync;
  readonly drafts: Drafts;
  readonly typing: TypingNotices;
  /** What sends files; null until it is loaded. Messages with files wait for it. */
  readonly files: LateFiles['sender'];
  /** The id of a conversation's peer, or undefined if it is not known here. */
  readonly peerOf: (conversationId: string) => string | undefined;
  /** Tells the user's other tabs that the stored messages changed. */
  readonly announce: () => void;
}

/** Sends what the user writes. A message is shown immediately, then stored on disk, then sent as soon as there is a
 *  connection. */
export class MessageSender {
  readonly #deps: MessageSenderDeps;
  readonly #outbox: Outbox;
  /** Messages that the server has stored, though the disk may still hold them. */
  readonly #stored = new RecentIds(1_000);
  /** Messages of this tab that are not on disk yet. */
  readonly #unwritten = new Set<string>();

  constructor(deps: MessageSenderDeps) {
    const { store, clock, exclusive, userId: owner, sync, files } = deps;
    this.#deps = deps;
    this.#outbox = new Outbox({
      store,
      clock,
      exclusive,
      owner,
      isReady: ({ id, attachments }) => attachments === undefined || this.#idsOf(id, attachments) !== null,
      renew: async ({ id, attachments }) =>
        attachments !== undefined && (await files.get()?.renew(id)) === true,
      transmit: ({ id, chatId: conversationId, peerId, text, replyTo, attachments }) => {
        const ids = attachments && this.#idsOf(id, attachments);
        if (ids === null) return false;
        const to = peerId === undefined ? { conversation_id: conversationId } : { recipient_id: peerId };
        const reply = replyTo === undefined ? {} : { reply_to: replyTo.messageId };
        const carried = ids === undefined ? {} : { attachments: [...ids] };
        return sync.link.send('message', { ...to, content: text, ...reply, ...carried }, id);
      },
      onSilence: () => {
        sync.link.restart();
      },
      onFailed: (id, failure) => {
        sync.change((model) => failPending(model, id, failure));
        deps.announce();
      },
    });
  }

  /** Reports that the connection was established or lost. */
  connected(online: boolean): void {
    this.#outbox.connected(online);
  }

  /** A message may have all of its files at the server by now. */
  pump(): void {
    void this.#outbox.pumpAll();
  }

  /** A message can't be sent as it is, and the server was not asked. */
  fail(id: string, failure: Failure): void {
    void this.#outbox.fail(id, failure);
  }

  /** Sends a text and the files of the draft as a new message, which replies to what the draft replies to. The draft is removed from disk
   *  once the message is stored there. */
  send(conversationId: string, text: string): void {
    const { sync, drafts, typing, files, peerOf, announce } = this.#deps;
    const peerId = peerOf(conversationId);
    const replyTo = drafts.replies.get().get(conversationId);
    const id = drafts.take(conversationId, text);
    typing.stopped();
    // Another tab has sent the same draft.
    if (this.#isKnown(conversationId, id)) {
      void drafts.kept(id);
      return;
    }
    const attachments = files.get()?.take(conversationId, id) ?? [];
    if (text === '' && attachments.length === 0) return;
    const waiting = {
      id,
      chatId: conversationId,
      ...(peerId !== undefined && { peerId }),
      text,
      ...(replyTo && { replyTo }),
      ...(attachments.length > 0 && { attachments }),
      at: new Date(sync.time.now()).toISOString(),
    };
    this.#unwritten.add(id);
    sync.change((model) => ({
      ...model,
      pending: [...model.pending, pendingMessage({ ...waiting, failure: null })],
    }));
    sync.link.hurry();
    void this.#outbox.add(waiting).then(async (isOnDisk) => {
      this.#unwritten.delete(id);
      if (attachments.length > 0) await this.#claim(waiting, isOnDisk);
      announce();
      if (isOnDisk) void drafts.kept(id);
    });
  }

  /** Sends a refused message again, after all messages that were written since. */
  async retry(id: string): Promise<void> {
    const { files } = this.#deps;
    this.#deps.sync.change((model) => retryPending(model, id));
    await files.get()?.again(id);
    await this.#outbox.retry(id);
    await this.follow();
    this.#deps.announce();
  }

  async discard(id: string): Promise<void> {
    const { sync, drafts, files, announce } = this.#deps;
    sync.change((model) => ({ ...model, pending: model.pending.filter((message) => message.id !== id) }));
    await this.#outbox.discard(id);
    void files.get()?.done(id);
    void drafts.kept(id);
    announce();
  }

  /** Discards the messages of a conversation that the server refused. */
  async discardRefused(conversationId: string): Promise<void> {
    const refused = this.#deps.sync.model
      .get()
      .pending.filter((each) => each.conversationId === conversationId && each.failure !== null);
    await Promise.all(refused.map(({ id }) => this.discard(id)));
  }

  /** Takes over unsent messages from disk, written by other tabs or by this one before a reload. */
  async follow(): Promise<void> {
    const { sync, drafts, store } = this.#deps;
    const rows = await store.all().catch(() => []);
    for (const { id, order } of rows) if (order !== UNWRITTEN) void drafts.kept(id);
    // Two tabs may have stored the same draft as a message.
    const waiting = new Map(rows.filter(({ id }) => !this.#stored.has(id)).map((row) => [row.id, row]));
    sync.change((model) => {
      const rest = model.pending.filter(({ id }) => !waiting.has(id) && this.#unwritten.has(id));
      return { ...model, pending: [...[...waiting.values()].map(pendingMessage), ...rest] };
    });
    if (sync.connection.get().phase === 'live') await this.#outbox.pumpAll();
  }

  /** The server has the message, whichever tab sent it. */
  stored(id: string): void {
    const { files, sync } = this.#deps;
    const uploads = files.get()?.uploadsOf(id);
    if (uploads !== undefined && uploads.size > 0) sync.change((model) => withUploaded(model, id, uploads));
    this.#stored.add(id);
    // The files go last: those of a message that is still in the outbox must be there.
    void this.#outbox.stored(id).then(() => files.get()?.done(id, true));
    void this.#deps.drafts.kept(id);
  }

  /** The server refuses the message. */
  refused(id: string, code: ErrorCode): void {
    this.#outbox.refused(id, code);
  }

  #idsOf(id: string, attachments: readonly CarriedFile[]): readonly string[] | null {
    return this.#deps.files.get()?.idsOf(id, attachments) ?? null;
  }

  /** Makes sure that no other message has the files. Another tab may have sent the same draft in another message: those that it took are
   *  left out. */
  async #claim(waiting: Omit<Waiting, 'order' | 'failure'>, isOnDisk: boolean): Promise<void> {
    const { files, store } = this.#deps;
    const lost = (await files.get()?.claim(waiting.id, isOnDisk)) ?? [];
    if (lost.length > 0) {
      const attachments = waiting.attachments?.filter(({ key }) => !lost.includes(key)) ?? [];
      const row = (await store.all()).find(({ id }) => id === waiting.id);
      if (attachments.length === 0 && waiting.text === '') await this.discard(waiting.id);
      else if (row !== undefined) {
        const { attachments: _attachments, ...rest } = row;
        await store.put(attachments.length > 0 ? { ...rest, attachments } : rest);
        await this.follow();
      }
    }
    void this.#outbox.pump(waiting.chatId);
  }

  /** Whether the message is already shown, either as unsent or as stored. */
  #isKnown(conversationId: string, id: string): boolean {
    const model = this.#deps.sync.model.get();
    return (
      this.#stored.has(id) ||
      model.pending.some((message) => message.id === id) ||
      findMessage(model, conversationId, id) !== undefined
    );
  }
}
