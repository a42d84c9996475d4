import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import { Api } from '../../ui/net/api.ts';
import type { Credentials } from '../../ui/net/credentials.ts';
import type { Exclusive } from '../../ui/net/exclusive.ts';
import { ReconnectingSocket } from '../../ui/net/link.ts';
import { Account } from '../../ui/account/account.ts';
import type { Disk } from '../../ui/storage/disk.ts';
import { memoryDisk } from '../../ui/storage/disk-memory.ts';
import type { ResumeRequest } from '../../ui/sync/resume.ts';
import { SimConnection } from './connection.ts';
import { simFetch } from './http.ts';
import { Observer } from './observer.ts';
import type { Life } from './scheduler.ts';
import { slowDisk } from './slow-disk.ts';
import type { World } from './world.ts';

/** Refusals after which a message is not sent again by itself. */
const FINAL: ReadonlySet<string> = new Set(['conflict', 'bad_request', 'not_found', 'forbidden']);

/** One device of a person: the real client below its elements. Its disk outlives its crashes, its memory does not. */
export class Device {
  readonly name: string;
  readonly userId: string;
  readonly sessionId: string;
  life: Life;
  account: Account | undefined;
  connection: SimConnection | undefined;
  /** How far this device's wall clock is off. */
  skewMs = 0;
  /** Signed out from elsewhere, for good. */
  over = false;
  /** Switched off, for good. */
  isOff = false;
  /** Ids of messages written here, whatever became of them. */
  readonly written: {
    readonly id: string;
    readonly conversationId: string;
    readonly peerId: string | undefined;
    readonly text: string;
    /** The id of the message that it replies to. */
    readonly replyTo: string | undefined;
  }[] = [];
  /** Those of them that reached this device's disk: none of these may be lost. */
  readonly kept = new Set<string>();
  /** What the server has refused for good, and the conversations deleted for this person: what is both goes with the deletion. */
  readonly #refused = new Set<string>();
  readonly #deletedConversations = new Set<string>();
  readonly #world: World;
  readonly #username: string;
  readonly #disk: Disk = memoryDisk();
  #credentials: Credentials | null;
  /** Only with the deliberate bug: the newest message's number, kept at once while rows are saved later. */
  #newest: number | null = null;
  #sockets = 0;
  /** The other person's marks by conversation, since this device started. */
  readonly #marks = new Map<string, { readonly delivered: number; readonly read: number }>();

  constructor(world: World, name: string, who: { userId: string; username: string; sessionId: string }) {
    this.#world = world;
    this.name = name;
    this.userId = who.userId;
    this.sessionId = who.sessionId;
    this.#username = who.username;
    this.life = { name, alive: false };
    this.#credentials = {
      userId: who.userId,
      username: who.username,
      accessToken: who.sessionId,
      refreshToken: who.sessionId,
      expiresAt: Number.MAX_SAFE_INTEGER,
    };
  }

  start(): void {
    if (this.life.alive || this.over || this.isOff) return;
    const life: Life = { name: this.name, alive: true };
    this.life = life;
    this.#marks.clear();
    this.#world.trace.note(`${this.name} starts`);
    this.#world.scheduler.as(life, () => {
      const account = this.#open(life);
      this.account = account;
      void account.start();
    });
  }

  /** The window or the system goes: no line of it runs any more. */
  crash(): void {
    if (!this.life.alive) return;
    this.#world.trace.note(`${this.name} crashes`);
    this.life.alive = false;
    this.account = undefined;
    this.connection?.abandoned();
  }

  /** Crashes now, and is started again after `backMs`. */
  crashFor(backMs: () => number): void {
    const { scheduler, life } = this.#world;
    this.crash();
    scheduler.after(
      backMs(),
      () => {
        this.start();
      },
      life,
    );
  }

  /** What a person does at this device. */
  act(what: (account: Account) => void): void {
    const { account } = this;
    if (account === undefined || !this.life.alive || this.over) return;
    this.#world.scheduler.as(this.life, () => {
      what(account);
    });
  }

  rest(): void {
    if (this.connection?.isOpen === true) this.connection.observer?.rest();
  }

  #open(life: Life): Account {
    const { scheduler, random, ids } = this.#world;
    const clock = scheduler.clock(life, () => this.skewMs);
    const exclusive = locks();
    const store = {
      read: () => this.#credentials,
      write: (credentials: Credentials | null) => {
        this.#credentials = credentials;
      },
    };
    const api = new Api({ base: '', store, clock, exclusive, fetch: simFetch(this.#world, this, life) });
    const account: Account = new Account({
      me: { id: this.userId, username: this.#username },
      api,
      clock,
      disk: slowDisk(this.#disk, this.#world, life, (id) => this.kept.add(id)),
      exclusive,
      newId: ids.next,
      link: (from, onFrame, onState) =>
        new ReconnectingSocket({
          open: (url, protocols) => this.#connect(url, protocols, life),
          clock,
          random: () => random.next(),
          newId: ids.next,
          url: () => JSON.stringify(this.#resumeFrom(from())),
          token: () => api.tokens.access(),
          renew: (refused) => api.tokens.renew(refused),
          alive: async () => !('deleted' in (await api.me())),
          onFrame: (frame) => {
            if (frame.type === 'message') this.#newest = Math.max(this.#newest ?? 0, frame.cursor);
            onFrame(frame);
            this.#noteEnds(frame);
            this.#shown(frame);
          },
          onState: (state) => {
            this.#world.trace.note(`${this.name} is ${state.phase}`);
            onState(state);
          },
        }),
      announce: () => undefined,
      onMessage: () => undefined,
      onLive: () => undefined,
      onReaction: () => undefined,
      onReset: () => {
        this.#world.trace.note(`${this.name} starts anew`);
        // Of a deleted person's log nothing is left to compare with; the device is about to be told.
        const { restored, ledger } = this.#world;
        if (!restored && !ledger.deleted.has(this.userId))
          this.#world.broken('P10', `${this.name} starts anew, and the server was not put back`);
        this.#marks.clear();
      },
      onMoved: () => undefined,
      isSeen: () => true,
      onOver: (why) => {
        this.#world.trace.note(`${this.name} is over: ${why}`);
        this.over = true;
        void account.end(false);
      },
    });
    return account;
  }

  /** Whether a message was refused in a conversation that the person then deleted. */
  isDiscarded(messageId: string): boolean {
    const conversationId = this.written.find(({ id }) => id === messageId)?.conversationId;
    return (
      this.#refused.has(messageId) &&
      conversationId !== undefined &&
      this.#deletedConversations.has(conversationId)
    );
  }

  #noteEnds(frame: ServerFrame): void {
    if (frame.type === 'error' && FINAL.has(frame.payload.code)) this.#refused.add(frame.payload.ref ?? '');
    if (frame.type === 'conversation' && frame.payload.change === 'deleted')
      this.#deletedConversations.add(frame.payload.conversation.id);
  }

  /** I5: the other person's marks, as this device shows them, never go back. While it catches up, a deletion that has come may still
   *  wait for the list, and what is shown is of before. */
  #shown(frame: ServerFrame): void {
    if (frame.type === 'conversation') this.#marks.delete(frame.payload.conversation.id);
    if (frame.type !== 'ack' || !['delivered', 'read'].includes(frame.payload.status)) return;
    const sync = this.account?.sync;
    if (sync?.connection.get().phase !== 'live') return;
    const conversation = sync.model.get().conversations.get(frame.payload.conversation_id);
    if (conversation === undefined) return;
    const now = { delivered: conversation.deliveredSeq.peer, read: conversation.readSeq.peer };
    const before = this.#marks.get(conversation.id) ?? now;
    if (now.delivered < before.delivered || now.read < before.read)
      this.#world.broken('I5', `${this.name} shows ${JSON.stringify(now)} after ${JSON.stringify(before)}`);
    this.#marks.set(conversation.id, now);
  }

  #resumeFrom(point: ResumeRequest | null): ResumeRequest | null {
    if (this.#world.plan.bug !== 'cursor-of-newest-message') return point;
    return point === null ? null : { ...point, cursor: Math.max(this.#newest ?? 0, point.cursor) };
  }

  #connect(url: string, [, bearer = '']: readonly string[], life: Life): SimConnection {
    const world = this.#world;
    this.#sockets += 1;
    const connection = new SimConnection(world, life);
    connection.observer = new Observer(world, `${this.name}.${String(this.#sockets)}`);
    this.connection = connection;
    const token = bearer.slice('bearer.'.length);
    const resume = JSON.parse(url) as ResumeRequest | null;
    world.scheduler.after(
      world.latency(),
      () => {
        const { server } = world.anyHost();
        connection.process = server;
        if (server === undefined || world.cutOff.has(this)) connection.refused();
        else server.arrive(connection, token, resume);
      },
      world.life,
    );
    return connection;
  }
}

/** One window: work of one name, one after the other. */
const locks = (): Exclusive => {
  const tails = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(work);
    tails.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  };
};
