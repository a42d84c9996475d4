import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { sayWith, upload } from '../support/attach.ts';
import { expectStatus, type ChatClient } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import type { HttpAnswer } from '../support/http-client.ts';
import type { RandomSource } from '../support/random-source.ts';

/** Bytes of the largest file: more than two rows of PostgreSQL. */
const LARGEST = 600_000;
/** Share of files whose bytes many have, so that several attachments have one file. */
const COMMON = 0.3;
/** Files whose upload a kill has separated from their message stay unsent up to this number, below the limit of the server; past it, some of
 *  them go along with each message. */
const UNSENT_MAX = 50;
const SENT_LATER = 5;
/** How many of the older attachments are read again after each round. */
const AGAIN = 20;

interface KnownFile {
  readonly sha256: string;
  readonly size: number;
  /** Whether the peer must be able to read it: its message was acknowledged. */
  isSent: boolean;
}

/** One person who uploads files and sends them, as a good client does: a message without an ack is sent again, with the same id and the same
 *  files. Knows what it was promised. */
export class AttachmentSender {
  readonly me: ChatClient;
  readonly peer: ChatClient;
  uploading = 0;
  sending = 0;
  /** Messages that were acknowledged. */
  messages = 0;
  readonly #random: RandomSource;
  readonly #files = new Map<string, KnownFile>();
  readonly #unchecked = new Set<string>();
  /** Uploads that are part of no message. */
  readonly #unsent = new Set<string>();
  /** Messages without an ack: id, and attachments. */
  readonly #outbox = new Map<string, readonly string[]>();

  constructor(me: ChatClient, peer: ChatClient, random: RandomSource) {
    this.me = me;
    this.peer = peer;
    this.#random = random;
  }

  get uploads(): number {
    return this.#files.size;
  }

  /** Until the server goes away. */
  async work(): Promise<void> {
    let socket: ChatSocket | null = null;
    try {
      ({ socket } = await this.me.online());
      for (const id of [...this.#outbox.keys()]) await this.#send(socket, id);
      for (;;) {
        const count = this.#random.between(1, 3);
        const files: string[] = [];
        for (let n = 0; n < count; n += 1) files.push(await this.#upload());
        if (this.#unsent.size > UNSENT_MAX) files.push(...[...this.#unsent].slice(0, SENT_LATER));
        // Another lane may have taken some meanwhile.
        const free = files.filter((each) => this.#unsent.delete(each));
        if (free.length === 0) continue;
        const id = crypto.randomUUID();
        this.#outbox.set(id, free);
        await this.#send(socket, id);
      }
    } catch (error) {
      // Anything else is a fault of the server, and no consequence of its death.
      if (/expected \d+, got|against the contract/.test(String(error))) throw error;
    } finally {
      socket?.terminate();
    }
  }

  /** Reads the bytes of what is new, and of some of the rest (null: of all). What was sent, the peer can read too. */
  async check(random: RandomSource | null): Promise<void> {
    const all = [...this.#files.keys()];
    const older =
      random === null ? all : Array.from({ length: Math.min(AGAIN, all.length) }, () => random.pick(all));
    for (const id of new Set([...this.#unchecked, ...older])) {
      const file = this.#files.get(id);
      assert.ok(file !== undefined);
      for (const reader of file.isSent ? [this.me, this.peer] : [this.me]) {
        const { bytes } = await read(reader, id);
        assert.deepEqual([bytes.length, sha256(bytes)], [file.size, file.sha256]);
      }
    }
    this.#unchecked.clear();
  }

  async #upload(): Promise<string> {
    const bytes = this.#bytes();
    this.uploading += 1;
    try {
      const { id, size } = await upload(this.me, bytes);
      this.#files.set(id, { sha256: sha256(bytes), size, isSent: false });
      this.#unchecked.add(id);
      this.#unsent.add(id);
      return id;
    } finally {
      this.uploading -= 1;
    }
  }

  async #send(socket: ChatSocket, id: string): Promise<void> {
    const files = this.#outbox.get(id);
    // Another lane has sent it.
    if (files === undefined) return;
    this.sending += 1;
    try {
      await sayWith(socket, this.peer, files, '', id);
    } finally {
      this.sending -= 1;
    }
    if (!this.#outbox.delete(id)) return;
    this.messages += 1;
    for (const each of files) {
      const file = this.#files.get(each);
      if (file !== undefined) file.isSent = true;
      this.#unchecked.add(each);
    }
  }

  #bytes(): Buffer {
    if (this.#random.chance(COMMON)) return Buffer.alloc(this.#random.between(0, 3), 'common');
    const bytes = Buffer.alloc(this.#random.between(1, LARGEST), this.me.username);
    bytes.writeUInt8(this.#random.between(0, 255), 0);
    return bytes;
  }
}

/** A server that was just started may be too busy to answer at once. */
const read = async (reader: ChatClient, id: string): Promise<HttpAnswer> => {
  let answer = await reader.http('GET', `/attachments/${id}`);
  await eventually('an attachment to be read', async () => {
    if (answer.status === 503) answer = await reader.http('GET', `/attachments/${id}`);
    return answer.status !== 503;
  });
  return expectStatus(answer, 200);
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
