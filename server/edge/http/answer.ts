import type { HttpResponse } from 'uWebSockets.js';
import { STATUS_CODES } from 'node:http';
import type { Clock, Timer } from '../../runtime/clock.ts';

/** What goes back, ready to be written. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array | null;
  /** Headers in place of those that say of other answers how they may be kept and used. */
  readonly policy?: readonly (readonly [name: string, value: string])[];
  /** In place of `body`. */
  readonly stream?: StreamedBody;
  /** Whether to close the connection: further requests on it cannot be trusted, its body is endless, or the server is stopping. */
  readonly close?: boolean;
}

/** How the sending of a streamed body ended. `gone`: the client went away; `stalled`: it took nothing any more; `failed`: the body could not be
 *  made to its end; `cut`: its maker ended it. */
export type StreamEnd = 'sent' | 'gone' | 'stalled' | 'failed' | 'cut';

/** A body that is made while it is sent: a client that reads slowly is waited for. */
export interface StreamedBody {
  /** Bytes of all of it; absent: nobody knows. With other than that many it has failed. */
  readonly length?: number;
  /** Its bytes, in order. If it throws, the connection is cut, so that nobody takes the answer for whole. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Cuts the connection at once. */
  readonly cut: AbortSignal;
  /** Called exactly once. `cause`: what a body that failed threw. */
  ended(how: StreamEnd, cause?: unknown): void;
}

/** Seconds for which a client may use an idle connection again. uWS closes it after 8 to 12 s without notice, so a client or proxy
 *  that keeps connections for longer than this loses requests. [T2] */
const KEEP_ALIVE_S = 5;
/** Milliseconds; less than the 8 s after which uWS may find a connection idle. */
export const AWAKE_EVERY_MS = 3_000;

const NOTHING = new Uint8Array();

/** What an answer says of its connection. Where the client did not ask for the close, uWS writes `Connection: close` itself. */
const connectionHeaders = (close: boolean, clientCloses: boolean): WireAnswer['headers'] => {
  if (clientCloses) return [['Connection', 'close']];
  return close
    ? []
    : [
        ['Connection', 'keep-alive'],
        ['Keep-Alive', `timeout=${String(KEEP_ALIVE_S)}`],
      ];
};

/** One request being answered. `onAborted` is registered before anything can fail, and after an abort uWS's object is not
 *  touched again; otherwise the process would end. At most one answer is written. */
export class Exchange {
  readonly #res: HttpResponse;
  readonly #onEnd: (() => void)[] = [];
  #over = false;
  #held = false;
  #hasRoomHandler = false;
  /** Told when there is room to write again, or nothing to write to. */
  #onRoom: (() => void) | undefined;
  /** Of a body that comes in pieces. */
  #awake: Timer | undefined;

  constructor(res: HttpResponse) {
    this.#res = res;
    res.onAborted(() => {
      this.#end();
    });
  }

  /** Answered, or aborted by the client. */
  get over(): boolean {
    return this.#over;
  }

  /** Runs once when the exchange is over, either way. */
  onEnd(run: () => void): void {
    this.#onEnd.push(run);
  }

  /** Stops reading from this connection until the answer is written [T1]. What the client sends meanwhile (its next request, the
   *  end of its side) waits in the kernel. uWS would close the connection otherwise, and the answer would be lost. */
  hold(): void {
    if (this.#over || this.#held) return;
    this.#held = true;
    // Pausing makes uWS look for room to write; without this handler it would then set its idle timeout. [T1]
    if (!this.#hasRoomHandler)
      this.#res.onWritable(() => {
        this.#onRoom?.();
        return true;
      });
    this.#hasRoomHandler = true;
    this.#res.pause();
  }

  /** Reads on after `hold`, and begins uWS's idle time anew, which it also does if nothing is held. Whoever waits for the client for longer
   *  calls it every AWAKE_EVERY_MS. */
  readOn(): void {
    if (this.#over) return;
    if (!this.#held) this.#res.pause();
    this.#held = false;
    this.#res.resume();
  }

  /** False: it was over already. `head`: the same headers without the body. `clientCloses`: the request said `Connection:
   *  close`. */
  write(answer: WireAnswer, { head = false, clientCloses = false } = {}): boolean {
    if (this.#over) return false;
    this.#end();
    if (this.#held) this.#res.resume();
    const { status, headers, body, close = false } = answer;
    this.#res.cork(() => {
      this.#writeHead(status, headers, connectionHeaders(close, clientCloses));
      if (close) this.#res.end(head ? undefined : (body ?? undefined), true);
      else if (body !== null && !head) this.#res.end(body);
      else {
        // Given a length, endWithoutBody waits for a body of that length for ever; so the header is written by hand.
        const length = body === null ? answer.stream?.length : Buffer.byteLength(body);
        if (length !== undefined) this.#res.writeHeader('Content-Length', String(length));
        this.#res.endWithoutBody();
      }
    });
    return true;
  }

  /** Begins an answer whose body comes in pieces, with the first of them. From now on it is over as soon as the client closes its side, or
   *  sends anything. False: it was over already. */
  begin(
    { status, headers, close = false }: WireAnswer,
    { clock, clientCloses }: { readonly clock: Clock; readonly clientCloses: boolean },
    first: Uint8Array,
  ): boolean {
    if (this.#over) return false;
    this.hold();
    this.#stayAwake(clock);
    this.#res.cork(() => {
      // uWS says `Connection: close` by itself only where a body ends in one piece.
      const closes = close || clientCloses;
      this.#writeHead(status, headers, connectionHeaders(closes, closes));
      this.#res.write(first);
    });
    return true;
  }

  /** A further piece of the body, of more than 16 KiB unless it is the last one: uWS would keep a smaller one and say that there is
   *  room. False: there is no room for another piece, see `room`. Must not be called when it is over. */
  push(piece: Uint8Array): boolean {
    let hasRoom = false;
    this.#res.cork(() => {
      hasRoom = this.#res.write(piece);
    });
    return hasRoom;
  }

  /** Resolves when another piece can be written. `stalled`: the client took nothing for `withinMs`. */
  room(clock: Clock, withinMs: number): Promise<'room' | 'over' | 'stalled'> {
    return new Promise((resolve) => {
      const settle = (state: 'room' | 'over' | 'stalled'): void => {
        late.cancel();
        this.#onRoom = undefined;
        resolve(state);
      };
      const late = clock.after(withinMs, () => {
        settle('stalled');
      });
      this.#onRoom = () => {
        settle(this.#over ? 'over' : 'room');
      };
    });
  }

  /** Begins an answer whose body has a known length and comes in pieces, see `begin` and `offer`. */
  beginSized(
    { status, headers, close = false }: WireAnswer,
    { clock, clientCloses }: { readonly clock: Clock; readonly clientCloses: boolean },
  ): void {
    if (this.#over) return;
    this.hold();
    this.#stayAwake(clock);
    this.#res.cork(() => {
      const closes = close || clientCloses;
      this.#writeHead(status, headers, connectionHeaders(closes, closes));
    });
  }

  /** A further piece of a body of `total` bytes. Returns what of it is to be offered again when there is room: unlike `push`, uWS keeps
   *  nothing. `sent`: that was all, and it is over. Must not be called when it is over. */
  offer(piece: Uint8Array, total: number): Uint8Array | 'sent' {
    let rest: Uint8Array | 'sent' = NOTHING;
    this.#res.cork(() => {
      const before = this.#res.getWriteOffset();
      const [isTaken, isSent] = this.#res.tryEnd(piece, total);
      if (isSent) {
        this.#end();
        rest = 'sent';
      } else if (!isTaken) rest = piece.subarray(this.#res.getWriteOffset() - before);
    });
    return rest;
  }

  /** Ends a body that came in pieces. False: it was over already. */
  finish(closes: boolean): boolean {
    if (this.#over) return false;
    this.#end();
    this.#res.cork(() => {
      this.#res.end(undefined, closes);
    });
    return true;
  }

  /** Closes the connection, in whatever state the answer is. */
  cutOff(): void {
    if (this.#over) return;
    this.#end();
    this.#res.close();
  }

  /** uWS would close after 10 s without a sign of the client, and one that reads slowly gives none for longer; reading again begins that
   *  time anew. */
  #stayAwake(clock: Clock): void {
    this.#res.pause();
    this.#res.resume();
    this.#awake = clock.after(AWAKE_EVERY_MS, () => {
      this.#stayAwake(clock);
    });
  }

  #writeHead(status: number, ...lists: readonly WireAnswer['headers'][]): void {
    this.#res.writeStatus(`${String(status)} ${STATUS_CODES[status] ?? ''}`);
    for (const [name, value] of lists.flat()) this.#res.writeHeader(name, value);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#awake?.cancel();
    this.#onRoom?.();
    for (const run of this.#onEnd) run();
  }
}
