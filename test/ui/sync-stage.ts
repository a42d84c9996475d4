import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { Api } from '../../ui/net/api.ts';
import { browserExclusive } from '../../ui/net/exclusive.ts';
import { ReconnectingSocket, type ClientSocket } from '../../ui/net/link.ts';
import type { Effect } from '../../ui/model/apply.ts';
import type { Model } from '../../ui/model/model.ts';
import { resumeQuery } from '../../ui/sync/resume.ts';
import { Sync } from '../../ui/sync/sync.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { settled } from '../support/settled.ts';
import { AT, CHAT, idOf, ME, profiled } from './sample.ts';

export const HISTORY = idOf(77);

/** A socket whose other end is the test. */
class ServerEnd implements ClientSocket {
  onopen: ClientSocket['onopen'] = null;
  onmessage: ClientSocket['onmessage'] = null;
  onclose: ClientSocket['onclose'] = null;
  readonly url: string;
  readonly received: { readonly type: string; readonly payload: unknown }[] = [];
  isClosed = false;

  constructor(url: string) {
    this.url = url;
  }
  send(text: string): void {
    this.received.push(JSON.parse(text) as { type: string; payload: unknown });
  }
  close(): void {
    this.isClosed = true;
  }
  /** The line drops, or the server closes with a code. */
  drop(code = 1006): void {
    this.onclose?.({ code });
  }
  says(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  tells(type: string, payload: unknown): void {
    this.says({ id: idOf(1), type, timestamp: AT, payload });
  }
}

/** A conversation as the list tells it. */
export const listed = (part: Partial<ConversationResource> = {}): ConversationResource => ({
  id: CHAT,
  peer: profiled(null),
  created_at: AT,
  last_message: null,
  last_seq: 0,
  first_seq: 1,
  removed_until: null,
  unread_count: 0,
  delivered_seq: { me: 0, peer: 0 },
  read_seq: { me: 0, peer: 0 },
  pinned: false,
  archived: false,
  muted_until: null,
  ...part,
});

/** A sync over a real link and a real API; the test is the network and the server. */
export class SyncStage {
  readonly clock = new ManualClock(Date.parse(AT));
  /** What the list tells; null: the server can't serve now. */
  list: readonly ConversationResource[] | null = [];
  readonly sockets: ServerEnd[] = [];
  readonly effects: Effect[] = [];
  readonly dropped: Model[] = [];
  readonly live: boolean[] = [];
  readonly over: string[] = [];
  readonly sync: Sync;
  /** Requests that the server has not answered yet; null while it is not held up. */
  #held: (() => void)[] | null = null;

  constructor() {
    const { clock } = this;
    const credentials = { userId: ME, username: 'me', accessToken: 'a', refreshToken: 'r' };
    const api = new Api({
      base: '',
      clock,
      store: { read: () => ({ ...credentials, expiresAt: Infinity }), write: () => undefined },
      exclusive: browserExclusive(undefined),
      fetch: (input) => this.#answer(input as string),
    });
    const sync: Sync = new Sync(ME, {
      api,
      clock,
      link: (onFrame, onState) =>
        new ReconnectingSocket({
          open: (url) => {
            const socket = new ServerEnd(url);
            this.sockets.push(socket);
            return socket;
          },
          clock,
          random: () => 0.5,
          newId: () => idOf(9),
          url: () => `ws${resumeQuery(sync.resumeFrom())}`,
          token: () => api.tokens.access(),
          renew: (refused) => api.tokens.renew(refused),
          alive: () => Promise.resolve(true),
          onFrame,
          onState,
        }),
      onEffect: (effect) => this.effects.push(effect),
      onChange: () => undefined,
      onReset: (held) => this.dropped.push(held),
      onListed: () => undefined,
      onLive: (live) => this.live.push(live),
      isSeen: () => true,
      onOver: (why) => this.over.push(why),
    });
    this.sync = sync;
  }

  get model(): Model {
    return this.sync.model.get();
  }
  get phase(): string {
    return this.sync.connection.get().phase;
  }
  get socket(): ServerEnd {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('nobody connected');
    return socket;
  }

  /** Answers are late from now on. The returned function lets those come that were requested until the next call. */
  holdUp(): () => Promise<void> {
    const held: (() => void)[] = [];
    this.#held = held;
    return async () => {
      if (this.#held === held) this.#held = null;
      for (const answer of held) answer();
      await this.settle();
    };
  }

  async settle(): Promise<void> {
    for (let round = 0; round < 5; round += 1) await settled();
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  /** The newest socket opens and the server greets: its log ends at `cursor`. */
  async welcome(cursor: number, part: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.settle();
    this.socket.onopen?.();
    this.socket.tells('welcome', {
      session_id: idOf(2),
      user_id: ME,
      server_time: AT,
      heartbeat_s: 30,
      cursor,
      history: HISTORY,
      reset: false,
      min_version: 1,
      ...part,
    });
    await this.settle();
  }

  /** The end of what was missed. */
  async synced(cursor: number): Promise<void> {
    this.socket.tells('sync', { cursor, complete: true });
    await this.settle();
  }

  /** Connected and caught up, with the conversation of `sample.ts`, whose log ends at `cursor`. */
  static async live(cursor: number, part: Partial<ConversationResource> = {}): Promise<SyncStage> {
    const stage = new SyncStage();
    stage.list = [listed(part)];
    stage.sync.start(null);
    await stage.welcome(cursor);
    await stage.synced(cursor);
    // A device that begins from nothing looks back for a witness of its history.
    if (stage.socket.received.some(({ type }) => type === 'sync')) await stage.synced(cursor);
    stage.socket.received.splice(0);
    return stage;
  }

  async #answer(url: string): Promise<Response> {
    const answer = this.#answerNow(url);
    const held = this.#held;
    if (held !== null) await new Promise<void>((resolve) => held.push(resolve));
    return answer;
  }

  #answerNow(url: string): Response {
    const { list } = this;
    if (list === null) return problem(503, 'unavailable');
    const [path = ''] = url.split('?');
    if (path === '/conversations') return json({ conversations: list, next: null });
    const one = list.find(({ id }) => path === `/conversations/${id}`);
    return one === undefined ? problem(404, 'not_found') : json(one);
  }
}

const json = (body: unknown): Response => new Response(JSON.stringify(body));
const problem = (status: number, code: string): Response =>
  new Response(JSON.stringify({ type: 'about:blank', title: code, status, code, detail: code }), { status });
