import type { HttpResponse } from 'uWebSockets.js';
import { ParleyError } from '../../protocol/errors.ts';
import type { Clock, Timer } from '../../runtime/clock.ts';
import { AWAKE_EVERY_MS, type Exchange } from './answer.ts';

/** Bytes that wait to be taken, above which nothing more is read. One read of uWS brings up to 512 KiB, so at most 768 KiB are in memory. */
const WAITING_MAX = 256 * 1024;
/** Bytes of one piece, unless uWS brought more at once. */
const PIECE_BYTES = 256 * 1024;
/** A client brings this many bytes in so many milliseconds of waiting for it: 1 KiB a second, as when it reads. uWS itself wants 16 KiB a
 *  second, which a phone does not always have. [T3] */
export const LEAST_BYTES = 32 * 1024;
export const LEAST_WITHIN_MS = 30_000;

/** Milliseconds for what is still to come of a body that was refused. */
const DISCARD_WITHIN_MS = 7_000;

/** What a head says of the size of a body. */
export interface ReceivedSize {
  /** Null if it says nothing. */
  readonly size: number | null;
  readonly isChunked: boolean;
}

/** A body that is handed on while it arrives, no faster than it is taken. Must be made before the first await. */
export class ReceivedBody {
  /** What the head says; null if it says nothing. */
  readonly size: number | null;
  /** Resolves when the last byte has arrived, or none will arrive any more. */
  readonly ended: Promise<void>;
  readonly #exchange: Exchange;
  readonly #clock: Clock;
  #waiting: Uint8Array[] = [];
  /** Bytes that wait, and of the piece that is being used. */
  #held = 0;
  #state: 'arriving' | 'whole' | 'gone' | 'late' | 'refused' = 'arriving';
  #refusal: ParleyError | undefined;
  #isPaused = false;
  /** No more bytes come, wanted or not. */
  #isOver = false;
  #onOver: () => void = () => undefined;
  #onChange: () => void = () => undefined;
  #onEnded: () => void = () => undefined;
  /** Of LEAST_BYTES: what has come, and how long it was waited for. */
  #brought = 0;
  #waitedMs = 0;
  #timer: Timer | undefined;

  constructor(res: HttpResponse, exchange: Exchange, clock: Clock, { size, isChunked }: ReceivedSize) {
    this.size = size;
    this.#exchange = exchange;
    this.#clock = clock;
    this.ended = new Promise((resolve) => {
      this.#onEnded = resolve;
    });
    if ((size ?? 0) === 0 && !isChunked) {
      this.#end('whole');
      this.#over();
      return;
    }
    exchange.onEnd(() => {
      this.#end('gone');
      this.#over();
    });
    res.onData((chunk, last) => {
      if (this.#state === 'arriving') this.#take(chunk, last);
      if (last) this.#over();
    });
    this.#timer = this.#watch();
  }

  /** It came too slowly. */
  get isLate(): boolean {
    return this.#state === 'late';
  }

  /** The body from its first byte, once: all that has arrived, also if no more comes. A piece may be used until the next one is asked for.
   *  @throws ParleyError `bad_request` if it does not arrive whole */
  async *pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#next();
      if (piece !== null) {
        yield piece;
        this.#held -= piece.byteLength;
        this.#readOn();
      } else if (this.#state === 'arriving') {
        await new Promise<void>((resolve) => {
          this.#onChange = resolve;
        });
      } else if (this.#state === 'whole') return;
      else if (this.#state === 'refused' && this.#refusal !== undefined) throw this.#refusal;
      else throw new ParleyError('bad_request', this.#state === 'late' ? LATE : GONE);
    }
  }

  /** Takes no more of it, and lets `pieces` throw this after what has arrived. Does nothing if all of it has. */
  refuse(refusal: ParleyError): void {
    this.#refusal = refusal;
    this.#end('refused');
  }

  /** Reads what is still to come and throws it away. Resolves when that was all, and at the latest after DISCARD_WITHIN_MS. */
  async discard(): Promise<void> {
    if (this.#isOver) return;
    this.#end('refused');
    this.#waiting = [];
    this.#held = 0;
    this.#readOn();
    await new Promise<void>((resolve) => {
      const late = this.#clock.after(DISCARD_WITHIN_MS, resolve);
      this.#onOver = () => {
        late.cancel();
        resolve();
      };
    });
  }

  /** Copies the chunk, because uWS reuses its buffer when the handler returns. */
  #take(chunk: ArrayBuffer, last: boolean): void {
    if (chunk.byteLength > 0) this.#waiting.push(new Uint8Array(chunk.slice(0)));
    this.#held += chunk.byteLength;
    this.#brought += chunk.byteLength;
    if (this.#brought >= LEAST_BYTES) this.#brought = this.#waitedMs = 0;
    if (last) this.#end('whole');
    else if (this.#held >= WAITING_MAX) {
      this.#isPaused = true;
      this.#exchange.hold();
    }
    this.#onChange();
  }

  #next(): Uint8Array | null {
    if (this.#waiting.length === 0) return null;
    let size = 0;
    const count = this.#waiting.findIndex((each) => (size += each.byteLength) >= PIECE_BYTES) + 1;
    const taken = this.#waiting.splice(0, count === 0 ? this.#waiting.length : count);
    return taken.length === 1 && taken[0] !== undefined ? taken[0] : Buffer.concat(taken);
  }

  #readOn(): void {
    if (!this.#isPaused || this.#isOver || this.#held >= WAITING_MAX) return;
    this.#isPaused = false;
    this.#exchange.readOn();
  }

  /** While the client is waited for, uWS must not find the connection idle. */
  #watch(): Timer {
    return this.#clock.after(AWAKE_EVERY_MS, () => {
      this.#timer = this.#watch();
      if (this.#isPaused) return;
      this.#waitedMs += AWAKE_EVERY_MS;
      if (this.#waitedMs >= LEAST_WITHIN_MS) this.#end('late');
      else this.#exchange.readOn();
    });
  }

  #over(): void {
    this.#isOver = true;
    this.#onEnded();
    this.#onOver();
  }

  #end(state: 'whole' | 'gone' | 'late' | 'refused'): void {
    if (this.#state !== 'arriving') return;
    this.#state = state;
    this.#timer?.cancel();
    this.#onChange();
    // The connection is not read on from then on, and the rest of what is refused may have to be.
    if (state !== 'refused') this.#onEnded();
  }
}

const GONE = 'The request ended before its body.';
const LATE = `The body came too slowly: at least ${String(LEAST_BYTES / 1024)} KiB in ${String(LEAST_WITHIN_MS / 1000)} seconds are needed.`;
