import type { WebSocket } from 'uWebSockets.js';
import { CLOSE, type CloseCode } from '../../protocol/close-codes.ts';
import { UNSENT_MAX_BYTES } from '../../protocol/limits.ts';
import type { Socket } from '../../actors/connection/socket.ts';

/** Unsent bytes above which live events wait for the socket to drain. With the growth of its buffer, this is what a client costs
 *  that never reads. */
export const CONGESTED_BYTES = 32 * 1024;
/** Bytes of live events that one tick may queue for a socket that reads: whether it accepts them is known only afterwards. */
export const BURST_BYTES = 128 * 1024;

/** What a uWS socket must tell us; a test gives its own. */
export type Wire = Pick<WebSocket<unknown>, 'send' | 'cork' | 'end' | 'getBufferedAmount'>;

/** All sockets with something to send in this tick: each is corked once. Shared by the sockets of one app. */
export class Flusher {
  #dirty: Outbound[] = [];
  /** Whom to tell when a socket's queue was handed on; only while a message is traced. */
  #watched: { readonly outbound: Outbound; readonly run: () => void }[] | null = null;
  #scheduled = false;
  #closedUnsent = 0;

  /** Sockets that were closed while uWS still held bytes for them. uWS does not tell when these have gone out. */
  get closedUnsent(): number {
    return this.#closedUnsent;
  }

  noteClosedUnsent(): void {
    this.#closedUnsent += 1;
  }

  add(outbound: Outbound): void {
    this.#dirty.push(outbound);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  flush(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const outbound of dirty) {
      outbound.flush();
      if (this.#watched !== null) this.#handedOn(outbound);
    }
  }

  watch(outbound: Outbound, run: () => void): void {
    (this.#watched ??= []).push({ outbound, run });
  }

  /** Of a socket that is gone nobody is told. */
  forget(of: Outbound): void {
    if (this.#watched !== null) this.#watched = this.#watched.filter(({ outbound }) => outbound !== of);
  }

  #handedOn(of: Outbound): void {
    const watched = this.#watched ?? [];
    const others = watched.filter(({ outbound }) => outbound !== of);
    this.#watched = others.length === 0 ? null : others;
    for (const { outbound, run } of watched) if (outbound === of) run();
  }
}

/** One socket's outbound queue: texts of a tick go out under one cork. The socket is touched only while it is
 *  alive: uWS throws, or worse, on a closed one. [P9] */
export class Outbound implements Socket {
  readonly id: string;
  readonly #flusher: Flusher;
  readonly #onDrained: (socketId: string) => void;
  #wire: Wire | undefined;
  /** Null while nothing is queued, as nearly always. */
  #queue: string[] | null = null;
  #queuedBytes = 0;
  /** Whether a sender waits for `drained`. */
  #awaited = false;

  constructor(id: string, wire: Wire, flusher: Flusher, onDrained: (socketId: string) => void) {
    this.id = id;
    this.#wire = wire;
    this.#flusher = flusher;
    this.#onDrained = onDrained;
  }

  /** Bytes queued here and in uWS. UTF-16 units stand for bytes in our own short-lived queue. */
  get unsent(): number {
    return this.#queuedBytes + (this.#wire?.getBufferedAmount() ?? 0);
  }

  get congested(): boolean {
    if (this.unsent <= CONGESTED_BYTES) return false;
    this.#awaited = true;
    return true;
  }

  send(text: string): boolean {
    if (this.#wire === undefined) return false;
    if (this.#queue === null) {
      this.#queue = [text];
      this.#flusher.add(this);
    } else this.#queue.push(text);
    this.#queuedBytes += text.length;
    const buffered = this.#wire.getBufferedAmount();
    if (buffered <= CONGESTED_BYTES && buffered + this.#queuedBytes <= BURST_BYTES) return true;
    this.#awaited = true;
    return false;
  }

  /** Calls once when what is queued, and what is queued until then, was handed to uWS; never for a socket that has nothing queued or is gone. */
  whenWritten(run: () => void): void {
    this.#flusher.watch(this, run);
  }

  flush(): void {
    const wire = this.#wire;
    if (wire === undefined || this.#queue === null) return;
    this.#sendQueued(wire, this.#queue);
    if (wire.getBufferedAmount() > UNSENT_MAX_BYTES) this.close(CLOSE.flooding, 'not reading');
    else this.drained();
  }

  /** The socket has room again: uWS said so, or a flush went through at once. */
  drained(): void {
    if (this.#awaited && this.unsent <= CONGESTED_BYTES / 2) {
      this.#awaited = false;
      this.#onDrained(this.id);
    }
  }

  close(code: CloseCode, reason: string): void {
    const wire = this.#wire;
    if (wire === undefined) return;
    // A full socket also gets the last frames, because its client may read on. That is not much: at most 1 MiB after the last
    // flush, and the frames of one tick.
    if (this.#queue !== null) this.#sendQueued(wire, this.#queue);
    this.#wire = undefined;
    if (wire.getBufferedAmount() > 0) this.#flusher.noteClosedUnsent();
    wire.end(code, reason);
  }

  /** uWS has closed the socket: nothing of it may be touched from here on. */
  gone(): void {
    this.#flusher.forget(this);
    this.#wire = undefined;
    this.#queue = null;
  }

  #sendQueued(wire: Wire, queue: readonly string[]): void {
    this.#queue = null;
    this.#queuedBytes = 0;
    wire.cork(() => {
      for (const text of queue) {
        // 1 sent, 0 buffered, 2 dropped: never dropped below uWS' own limit, which is above ours.
        wire.send(text, false, false);
      }
    });
  }
}
