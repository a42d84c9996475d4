import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import type { ChatClient } from '../support/chat-client.ts';
import type { ChatSocket, Closing } from '../support/chat-socket.ts';
import { cursorOf } from '../support/cursors.ts';
import { pause } from '../support/deadline.ts';
import type { Ledger } from '../support/ledger.ts';
import type { RandomSource } from '../support/random-source.ts';

/** Messages of one person that wait for their ack. */
const IN_FLIGHT = 8;
/** A client's pause before it repeats what the server could not take. */
const RETRY_MS = 50;
const SCRIPTS = ['hello', 'שלום', '你好', '👋🏽', 'x'.repeat(400), '"\\\n'];

interface Outgoing {
  readonly id: string;
  readonly content: string;
}

/** One person under fire, as a good client behaves: keeps what is not acknowledged and sends it again with the same id,
 *  keeps its cursor and resumes from it. Notes every breach of what it was promised. */
export class CrashClient {
  readonly me: ChatClient;
  readonly peer: ChatClient;
  readonly breaches: string[] = [];
  /** Ids of the other's messages, each as often as it came with a new cursor. */
  readonly got = new Map<string, number>();
  /** Share of the received messages that this person acknowledges. */
  receiptShare = 0.2;
  /** `ack sent` seen so far. */
  acks = 0;
  readonly #ledger: Ledger;
  readonly #random: RandomSource;
  readonly #outbox = new Map<string, Outgoing>();
  #socket: ChatSocket | null = null;
  #cursor = 0;
  #live = false;
  #feeding = false;
  #count = 0;
  #silenceMs = 0;
  #heardAt = 0;

  constructor(me: ChatClient, peer: ChatClient, ledger: Ledger, random: RandomSource) {
    this.me = me;
    this.peer = peer;
    this.#ledger = ledger;
    this.#random = random;
  }

  get unacknowledged(): number {
    return this.#outbox.size;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** For the message of a failed test: what is known of those that have no ack. */
  describe(): string {
    const received = this.#socket?.received ?? [];
    const aboutIt = (id: string): string =>
      received
        .filter(
          ({ payload }) =>
            ('message_id' in payload && payload.message_id === id) ||
            ('ref' in payload && payload.ref === id),
        )
        .map((frame) => `${frame.type} ${String(cursorOf(frame))}`)
        .join(', ');
    const waiting = [...this.#outbox.keys()].map((id) => `  ${id}: ${aboutIt(id) || 'nothing'}`);
    const head = `${this.me.username}: ${String(this.acks)} acks, cursor ${String(this.#cursor)}; received of those without an ack:`;
    return [head, ...waiting, ...this.breaches.slice(0, 3)].join('\n');
  }

  /** Starts to measure the longest wait between two acks. */
  listen(): void {
    this.#silenceMs = 0;
    this.#heardAt = performance.now();
  }

  get longestSilenceMs(): number {
    return this.#silenceMs;
  }

  /** Connects, resumes and, once in step, sends what is not acknowledged again and goes on. Rejects when the server is
   *  killed meanwhile. `feed`: whether it writes new messages. */
  async start(feed: boolean): Promise<void> {
    this.#live = false;
    this.#feeding = feed;
    const socket = await this.me.connect({ cursor: this.#cursor });
    this.#socket = socket;
    // Frames may have come with the upgrade's answer: they are looked at first.
    for (const frame of socket.received.slice()) this.#take(frame);
    socket.onFrame = (frame) => {
      this.#take(frame);
    };
  }

  stopFeeding(): void {
    this.#feeding = false;
  }

  /** After `stopFeeding`, on the connection that is there. */
  goOn(): void {
    this.#feeding = true;
    this.#feed();
  }

  /** How the present connection ends; null when there is none. */
  get closed(): Promise<Closing | null> {
    return this.#socket?.closed ?? Promise.resolve(null);
  }

  hangUp(): void {
    this.#socket?.terminate();
    this.#socket = null;
  }

  #take(frame: ServerFrame): void {
    const cursor = cursorOf(frame);
    const isRepeat = frame.type === 'ack' && frame.payload.status === 'sent' && (cursor ?? 0) <= this.#cursor;
    if (cursor !== null && !isRepeat) {
      if (cursor <= this.#cursor) this.#breach(`${frame.type} ${String(cursor)} came again`);
      if (this.#live && cursor !== this.#cursor + 1)
        this.#breach(`a hole before ${frame.type} ${String(cursor)}`);
      this.#cursor = cursor;
    }
    if (frame.type === 'sync') this.#inStep(frame.payload.cursor);
    else if (frame.type === 'ack' && frame.payload.status === 'sent') this.#acknowledged(frame);
    else if (frame.type === 'message') this.#received(frame);
    else if (frame.type === 'error') this.#refused(frame);
  }

  #inStep(cursor: number): void {
    if (cursor < this.#cursor) this.#breach(`sync at ${String(cursor)} behind ${String(this.#cursor)}`);
    this.#cursor = cursor;
    this.#live = true;
    for (const outgoing of this.#outbox.values()) this.#post(outgoing);
    this.#feed();
  }

  #acknowledged(frame: Extract<ServerFrame, { type: 'ack' }>): void {
    const { message_id: id, conversation_id: conversationId, seq, sent_at: sentAt = '' } = frame.payload;
    this.#ledger.write({ k: 'acked', id, conversationId, seq, sentAt });
    this.acks += 1;
    this.#silenceMs = Math.max(this.#silenceMs, performance.now() - this.#heardAt);
    this.#heardAt = performance.now();
    this.#outbox.delete(id);
    this.#feed();
  }

  #received(frame: Extract<ServerFrame, { type: 'message' }>): void {
    const { message_id: id, sender_id: sender } = frame.payload;
    if (sender !== this.peer.id) return; // One's own, found in the log after a reconnect.
    this.got.set(id, (this.got.get(id) ?? 0) + 1);
    if (this.#random.chance(this.receiptShare))
      this.#socket?.send('ack', { message_id: id, status: this.#random.pick(['delivered', 'read']) });
  }

  #refused(frame: Extract<ServerFrame, { type: 'error' }>): void {
    const { code, ref } = frame.payload;
    const outgoing = this.#outbox.get(ref ?? '');
    if (code !== 'unavailable' || outgoing === undefined) {
      this.#breach(`error ${code} (${frame.payload.message})`);
      return;
    }
    const socket = this.#socket;
    void pause(RETRY_MS).then(() => {
      if (socket === this.#socket && this.#outbox.has(outgoing.id)) this.#post(outgoing);
    });
  }

  #feed(): void {
    while (this.#feeding && this.#live && this.#outbox.size < IN_FLIGHT) {
      this.#count += 1;
      const outgoing = {
        id: crypto.randomUUID(),
        content: `${String(this.#count)} ${this.#random.pick(SCRIPTS)}`,
      };
      this.#ledger.write({ k: 'sent', ...outgoing, from: this.me.id, to: this.peer.id });
      this.#outbox.set(outgoing.id, outgoing);
      this.#post(outgoing);
    }
  }

  #post({ id, content }: Outgoing): void {
    this.#socket?.send('message', { recipient_id: this.peer.id, content }, id);
  }

  #breach(what: string): void {
    this.breaches.push(`${this.me.username}: ${what}`);
  }
}
