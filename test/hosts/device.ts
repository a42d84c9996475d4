import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import type { ChatClient } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { cursorOf } from '../support/cursors.ts';
import { pause } from '../support/deadline.ts';
import type { RandomSource } from '../support/random-source.ts';
import type { Observations } from './observations.ts';
import type { ParleyHost } from './parley-host.ts';

const HANDSHAKE_MS = 1_500;
/** As a real client does, but sooner: it asks when it has heard nothing for a while, and goes elsewhere when there is no answer. */
const ASK_AFTER_MS = 600;
const SILENT_AFTER_MS = 2_500;
const LOOK_MS = 200;
const AGAIN_MS = [20, 250] as const;
const REFUSED_AGAIN_MS = [40, 160] as const;

interface Witness {
  readonly id: string;
  readonly cursor: number;
}

interface Outgoing {
  readonly id: string;
  readonly content: string;
}

export interface DeviceOptions {
  readonly name: string;
  readonly client: ChatClient;
  readonly peerId: string;
  readonly hosts: readonly ParleyHost[];
  readonly observations: Observations;
  readonly random: RandomSource;
}

/** One device of one person: a connection to any host, and to another one whenever it is lost. Keeps what is not acknowledged and
 *  repeats it with the same id, resumes from its newest message [O13], and notes whatever it was not promised. */
export class Device {
  readonly name: string;
  readonly client: ChatClient;
  readonly peerId: string;
  /** Ids of all messages of the log, its own included. */
  readonly messages = new Set<string>();
  /** Called for a message of the other person. */
  onMessage: ((id: string) => void) | null = null;
  #cursor = 0;
  readonly #options: DeviceOptions;
  readonly #outbox = new Map<string, Outgoing>();
  #history: string | null = null;
  #witness: Witness | null = null;
  /** The witness that counts when what was left out is filled. */
  #nextWitness: Witness | null = null;
  #socket: ChatSocket | null = null;
  #at: ParleyHost | null = null;
  /** Where the present connection stands; behind `#cursor` while it is told again what is known. */
  #position = 0;
  #isLive = false;
  #hasGap = false;
  #heardAt = 0;
  #isOver = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.name = options.name;
    this.client = options.client;
    this.peerId = options.peerId;
  }

  get cursor(): number {
    return this.#cursor;
  }

  get unacknowledged(): number {
    return this.#outbox.size;
  }

  get isLive(): boolean {
    return this.#isLive && !this.#hasGap;
  }

  start(): void {
    this.#running = this.#live();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#socket?.terminate();
    await this.#running;
  }

  /** Sends a message for the first time, or one that another device has sent, or one that is acknowledged. */
  post(outgoing: Outgoing): void {
    this.#outbox.set(outgoing.id, outgoing);
    this.#send(outgoing);
  }

  receipt(messageId: string, status: 'delivered' | 'read'): void {
    if (this.#isLive) this.#socket?.send('ack', { message_id: messageId, status });
  }

  describe(): string {
    const state = this.#isLive ? (this.#hasGap ? 'has a gap' : 'live') : 'not in step';
    const waiting = [...this.#outbox.keys()].join(', ') || 'nothing';
    return `${this.name} at ${this.#at?.name ?? 'no host'}: ${state}, cursor ${String(this.#cursor)}, waits for ${waiting}`;
  }

  async #live(): Promise<void> {
    while (!this.#isOver) {
      const host = this.#options.random.pick(this.#options.hosts);
      await this.#connection(host);
      this.#isLive = false;
      this.#at = null;
      await pause(this.#options.random.between(...AGAIN_MS));
    }
  }

  async #connection(host: ParleyHost): Promise<void> {
    let socket: ChatSocket;
    try {
      socket = await ChatSocket.open(host.socketUrl, this.#opening());
    } catch (error) {
      if (error instanceof Error && error.message === 'refused 401')
        this.#violate(`was refused with 401 at ${host.name}, although its session has not ended`);
      return;
    }
    this.#socket = socket;
    this.#at = host;
    this.#heardAt = performance.now();
    void this.#watchSilence(socket);
    try {
      for (;;) this.#take(await socket.any());
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('a frame')) this.#violate(error.message);
    } finally {
      socket.terminate();
      this.#socket = null;
    }
  }

  #opening(): Parameters<typeof ChatSocket.open>[1] {
    const witness = this.#witness;
    this.#position = witness === null ? 0 : witness.cursor - 1;
    this.#hasGap = false;
    return {
      token: this.client.accessToken,
      cursor: this.#position,
      handshakeMs: HANDSHAKE_MS,
      ...(this.#history === null ? {} : { history: this.#history }),
      ...(witness === null ? {} : { witness: `${witness.id}:${String(witness.cursor)}` }),
    };
  }

  async #watchSilence(socket: ChatSocket): Promise<void> {
    while (socket === this.#socket) {
      const silence = performance.now() - this.#heardAt;
      if (silence > SILENT_AFTER_MS) socket.terminate();
      else if (silence > ASK_AFTER_MS) socket.send('ping', {});
      await pause(LOOK_MS);
    }
  }

  #take(frame: ServerFrame): void {
    this.#heardAt = performance.now();
    if (this.#socket !== null) this.#socket.received.length = 0;
    if ('cursor' in frame) this.#count(frame);
    switch (frame.type) {
      case 'welcome':
        this.#welcome(frame);
        break;
      case 'sync':
        this.#inStep(frame.payload.cursor);
        break;
      case 'ack':
        if (frame.payload.status === 'sent') this.#acknowledged(frame);
        else this.#isOurs(frame.payload.message_id, frame.type);
        break;
      case 'message':
        this.#received(frame);
        break;
      case 'presence':
        if (frame.payload.user_id !== this.peerId) this.#violate('was told of a stranger’s presence');
        break;
      case 'typing':
        if (frame.payload.user_id !== this.peerId) this.#violate('was told that a stranger types');
        break;
      case 'error':
        this.#refused(frame);
        break;
      default:
    }
  }

  #welcome({ payload }: Extract<ServerFrame, { type: 'welcome' }>): void {
    if (payload.reset) this.#violate('was told to start over');
    if (payload.user_id !== this.client.id) this.#violate('was welcomed as somebody else');
    if (payload.cursor < this.#cursor)
      this.#violate(
        `was told that the log ends at ${String(payload.cursor)}, but had ${String(this.#cursor)}`,
      );
    if (this.#history !== null && payload.history !== this.#history) this.#violate('is in another history');
    this.#history = payload.history;
  }

  #count(frame: Extract<ServerFrame, { cursor: number }>): void {
    const cursor = cursorOf(frame) ?? 0;
    this.#options.observations.see(this.client.id, frame, this.name);
    const isAnswer = frame.type === 'ack' && frame.payload.status === 'sent';
    if (isAnswer || frame.type === 'message') this.messages.add(frame.payload.message_id);
    if (cursor <= this.#position) {
      // The answer to a repeat has its first cursor.
      if (!isAnswer)
        this.#violate(`was told ${frame.type} ${String(cursor)} after ${String(this.#position)}`);
      return;
    }
    if (this.#isLive && cursor !== this.#position + 1) this.#hasGap = true;
    this.#position = cursor;
    if (isAnswer || frame.type === 'message') this.#nextWitness = { id: frame.payload.message_id, cursor };
    if (!this.#hasGap) this.#advance(cursor);
  }

  #advance(cursor: number): void {
    this.#cursor = Math.max(this.#cursor, cursor);
    if (this.#nextWitness !== null && this.#nextWitness.cursor >= (this.#witness?.cursor ?? 0))
      this.#witness = this.#nextWitness;
  }

  #inStep(cursor: number): void {
    if (cursor < this.#position || cursor < this.#cursor)
      this.#violate(`was put in step at ${String(cursor)}, but had ${String(this.#cursor)}`);
    this.#position = cursor;
    this.#hasGap = false;
    this.#advance(cursor);
    if (this.#isLive) return;
    this.#isLive = true;
    for (const outgoing of this.#outbox.values()) this.#send(outgoing);
  }

  #acknowledged(frame: Extract<ServerFrame, { type: 'ack' }>): void {
    const { message_id: id, conversation_id: conversationId, seq, sent_at: sentAt = '' } = frame.payload;
    this.#isOurs(id, 'ack');
    const answer = { conversationId, seq, sentAt, cursor: frame.cursor };
    this.#options.observations.acknowledge(id, answer, this.name);
    this.#outbox.delete(id);
  }

  #received({ payload }: Extract<ServerFrame, { type: 'message' }>): void {
    const { message_id: id, sender_id: from, recipient_id: to, content } = payload;
    this.#isOurs(id, 'message');
    const sent = this.#options.observations.sent.get(id);
    if (sent?.from !== from || sent.to !== to || sent.content !== content)
      this.#violate(`was told message ${id} otherwise than it was sent`);
    if (from === this.peerId) this.onMessage?.(id);
  }

  #isOurs(messageId: string, type: string): void {
    const sent = this.#options.observations.sent.get(messageId);
    const [me, peer] = [this.client.id, this.peerId];
    const isOurs =
      sent !== undefined &&
      ((sent.from === me && sent.to === peer) || (sent.from === peer && sent.to === me));
    if (!isOurs) this.#violate(`was told ${type} ${messageId}, which is none of its conversation`);
  }

  #refused({ payload }: Extract<ServerFrame, { type: 'error' }>): void {
    const outgoing = this.#outbox.get(payload.ref ?? '');
    if (payload.code !== 'unavailable') this.#violate(`was answered ${payload.code} (${payload.message})`);
    if (outgoing === undefined) return;
    const socket = this.#socket;
    void pause(this.#options.random.between(...REFUSED_AGAIN_MS)).then(() => {
      if (socket === this.#socket && this.#outbox.has(outgoing.id)) this.#send(outgoing);
    });
  }

  #send({ id, content }: Outgoing): void {
    if (this.#isLive) this.#socket?.send('message', { recipient_id: this.peerId, content }, id);
  }

  #violate(what: string): void {
    this.#options.observations.violate(`${this.name} at ${this.#at?.name ?? '?'} ${what}`);
  }
}
