import WebSocket from 'ws';
import { ChatClient, freshName, type Place } from './chat-client.ts';
import { within } from './deadline.ts';
import type { Scope } from './temp-dir.ts';

/** Many connections at little cost: frames are looked at, not checked against the contract as a ChatSocket does. */

const OPEN_MS = 60_000;
export const SOCKETS_EACH = 10;

interface Heard {
  readonly type: string;
  readonly cursor?: number;
  readonly payload: {
    readonly cursor?: number;
    readonly message_id?: string;
    readonly status?: string;
    readonly ref?: string;
    readonly code?: string;
  };
}

/** One connection of a crowd, that resumes where it was. */
export class Member {
  readonly who: ChatClient;
  /** Message ids that came with a new number, each once unless something is wrong. */
  readonly got: string[] = [];
  readonly acked = new Set<string>();
  readonly breaches: string[] = [];
  cursor = 0;
  closeCode: number | null = null;
  onFrame: ((frame: Heard) => void) | null = null;
  readonly #place: Place;
  #socket: WebSocket | null = null;
  #live = false;

  constructor(who: ChatClient, place: Place) {
    this.who = who;
    this.#place = place;
  }

  /** Connects from this address and resolves in step, after `sync`. */
  async open(localAddress = '127.0.0.1'): Promise<void> {
    this.#live = false;
    this.closeCode = null;
    const socket = new WebSocket(`${this.#place.socketUrl}?cursor=${String(this.cursor)}`, {
      headers: { authorization: `Bearer ${this.who.accessToken}` },
      perMessageDeflate: false,
      localAddress,
    });
    this.#socket = socket;
    const inStep = new Promise<void>((resolve, reject) => {
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString('utf8')) as Heard;
        this.#take(frame);
        if (frame.type === 'sync') resolve();
      });
      socket.once('error', reject);
      socket.once('close', (code) => {
        this.closeCode = code;
        reject(new Error(`closed ${String(code)}`));
      });
    });
    await within(OPEN_MS, 'a member of the crowd to be in step', inStep);
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Nothing is sent while there is no line. */
  send(type: string, payload: unknown, id: string = crypto.randomUUID()): void {
    if (this.isOpen) this.#socket?.send(JSON.stringify({ id, type, payload }));
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** As a lost network does. */
  drop(): void {
    this.#socket?.terminate();
  }

  #take(frame: Heard): void {
    const { type, cursor, payload } = frame;
    const isRepeat = type === 'ack' && payload.status === 'sent' && (cursor ?? 0) <= this.cursor;
    if (cursor !== undefined && !isRepeat) {
      if (cursor <= this.cursor) this.breaches.push(`${type} ${String(cursor)} came again`);
      if (this.#live && cursor !== this.cursor + 1)
        this.breaches.push(`a hole before ${type} ${String(cursor)}`);
      this.cursor = cursor;
    }
    if (type === 'sync') {
      this.#live = true;
      this.cursor = Math.max(this.cursor, payload.cursor ?? 0);
    }
    if (type === 'message') this.got.push(String(payload.message_id));
    if (type === 'ack' && payload.status === 'sent') this.acked.add(String(payload.message_id));
    this.onFrame?.(frame);
  }
}

/** People in pairs, neighbours in the list. */
export const people = async (scope: Scope, place: Place, many: number): Promise<readonly ChatClient[]> => {
  const all: ChatClient[] = [];
  while (all.length < many) {
    const few = Math.min(8, many - all.length);
    all.push(
      ...(await Promise.all(
        Array.from({ length: few }, () => ChatClient.register(scope, place, freshName('crowd'))),
      )),
    );
  }
  return all;
};

/** Some at a time, so that opening a crowd is not itself a storm. */
export const inTurns = async <T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, at: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) await work(items[at]!, at);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
};

export const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? 0;
