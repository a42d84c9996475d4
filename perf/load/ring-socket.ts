import {
  cursorIn,
  kindOf,
  messageIdAt,
  messageTemplate,
  pairIn,
  saysSent,
  sequenceIn,
  type MessageFrames,
} from './envelopes.ts';
import { textFrame } from './frame.ts';
import type { Ring, Sender } from './ring.ts';
import { LeanSocket, type SocketTarget } from './socket.ts';

const ROOM = 64 * 1024;

/** Frames of a thread that wait for the end of the chunk they answer, all of one socket. */
const scratch = Buffer.allocUnsafeSlow(ROOM);

export interface RingSocketOptions {
  readonly ring: Ring;
  readonly pair: number;
  readonly target: SocketTarget;
  readonly frames: MessageFrames;
  /** Whom this account writes to. */
  readonly recipientId: string;
  /** A message came that no receipt has been said of, the first since the last receipt. */
  readonly received: (socket: RingSocket) => void;
  readonly synced: () => void;
  readonly fail: (error: Error) => void;
}

/** One account's connection: sends as its pair's sender, receives as the next one's recipient. */
export class RingSocket implements Sender {
  readonly #options: RingSocketOptions;
  readonly #socket: LeanSocket;
  readonly #template: Buffer;
  #queued: Buffer[] = [];
  #cursor = -1;
  #undelivered: string | null = null;

  constructor(options: RingSocketOptions) {
    this.#options = options;
    this.#template = messageTemplate(options.recipientId);
    this.#socket = new LeanSocket(
      options.target,
      {
        text: (bytes, start, end) => {
          this.#text(bytes, start, end);
        },
        closed: (code) => {
          options.fail(new Error(`the server closed a connection: ${code}`));
        },
        chunkRead: () => {
          options.ring.flush();
        },
      },
      options.fail,
    );
  }

  /** A message that goes out with the next `flush`. */
  queue(sequence: number): void {
    const { frames, pair } = this.#options;
    const end = frames.write(scratch, 0, this.#template, pair, sequence, Date.now());
    this.#queued.push(Buffer.from(scratch.subarray(0, end)));
  }

  flush(): void {
    if (this.#queued.length === 0) return;
    this.#socket.write(this.#queued.length === 1 ? this.#queued[0]! : Buffer.concat(this.#queued));
    this.#queued = [];
  }

  /** Says of the newest message that came since the last time that it was delivered. */
  receipt(): void {
    if (this.#undelivered === null) return;
    this.#say('ack', `{"message_id":"${this.#undelivered}","status":"delivered"}`);
    this.#undelivered = null;
  }

  #text(bytes: Buffer, start: number, end: number): void {
    const { ring, frames, received, synced } = this.#options;
    const kind = kindOf(bytes, start);
    if (kind === 'message' || kind === 'ack') {
      this.#count(bytes, end);
      const idAt = messageIdAt(bytes, start);
      const pair = pairIn(bytes, idAt);
      if (kind === 'message') {
        const isFirst = this.#undelivered === null;
        this.#undelivered = bytes.toString('latin1', idAt, idAt + 36);
        if (isFirst) received(this);
        // What an earlier load left without a receipt is told again to a new connection.
        if (frames.made(bytes, idAt)) ring.delivered(pair, sequenceIn(bytes, idAt));
      } else if (saysSent(bytes, start)) {
        ring.acked(pair, sequenceIn(bytes, idAt));
      }
    } else if (kind === 'sync') {
      this.#cursor = Number(/"cursor":(\d+)/.exec(bytes.toString('latin1', start, end))?.[1] ?? -1);
      synced();
    } else if (kind === 'ping') {
      this.#say('pong', '{}');
    } else if (kind === 'error') {
      ring.errors.push(bytes.toString('utf8', start, end));
    } else {
      this.#count(bytes, end);
    }
  }

  /** Numbers of live events rise by exactly 1 (O7). Servers that give none are not held to it. */
  #count(bytes: Buffer, end: number): void {
    const cursor = cursorIn(bytes, end);
    if (cursor === null || this.#cursor < 0) return;
    if (cursor !== this.#cursor + 1) this.#options.ring.cursorGaps += 1;
    this.#cursor = cursor;
  }

  #say(type: string, payload: string): void {
    this.#socket.write(
      textFrame(
        `{"id":"${crypto.randomUUID()}","type":"${type}","timestamp":"${new Date().toISOString()}","payload":${payload}}`,
      ),
    );
  }
}
