import type { Clock } from '../clock.ts';
import type { Sink } from './sink.ts';

export interface OutputOptions {
  readonly sink: Sink;
  readonly clock: Clock;
  /** The line that stands where `lines` lines are missing. */
  readonly gap: (lines: number) => string;
  /** Bytes that may wait for the reader. */
  readonly maxBytes?: number;
}

const WAITING_MAX_BYTES = 1024 * 1024;
/** POSIX writes up to this many bytes to a pipe atomically, so that no line of another writer ends up inside one of ours. */
const BATCH_BYTES = 4096;
/** Milliseconds until another attempt at an output that was full (its reader does not read) or broken (a full disk, a closed
 *  pipe). */
const RETRY_MS = { full: 10, broken: 1_000 } as const;
/** Between two tries at the exit of the process. */
const EXIT_STEP_MS = 5;

type Outcome = 'taken' | keyof typeof RETRY_MS;

/** Log lines on their way to an output. No thread waits for the output: lines that it cannot take now wait here. If too many
 *  wait, the oldest are dropped and counted, so that the last lines before a crash are kept. Once the output takes lines again,
 *  one line says how many are missing [X1] [P8] [P9]. */
export class Output {
  readonly #sink: Sink;
  readonly #clock: Clock;
  readonly #gap: OutputOptions['gap'];
  readonly #maxBytes: number;
  readonly #lines: string[] = [];
  /** Lines that are being written; the rest of them after a partial write. */
  #batch: Uint8Array | null = null;
  #queuedBytes = 0;
  #dropped = 0;
  #unreported = 0;
  /** A write is under way in libuv's pool, or a timer will try again. */
  #busy: 'no' | 'writing' | 'waiting' = 'no';

  constructor({ sink, clock, gap, maxBytes = WAITING_MAX_BYTES }: OutputOptions) {
    this.#sink = sink;
    this.#clock = clock;
    this.#gap = gap;
    this.#maxBytes = maxBytes;
  }

  /** Lines that were dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Bytes that wait for the reader. */
  get waitingBytes(): number {
    return this.#queuedBytes + (this.#batch?.length ?? 0);
  }

  /** Takes a line with its line end. Never blocks, never throws. */
  write(line: string): void {
    this.#lines.push(line);
    this.#queuedBytes += Buffer.byteLength(line);
    while (this.#queuedBytes > this.#maxBytes) {
      this.#shift();
      this.#missing(1);
    }
    if (this.#busy === 'no') this.#pump();
  }

  /** Lines that were dropped before they came here. */
  countDropped(lines: number): void {
    this.#missing(lines);
    if (this.#busy === 'no') this.#pump();
  }

  /** At the exit of the process: writes what waits, for at most `withinMs` if the reader reads slowly or not at all.
   *  False: a write is under way that nobody can end, and the exit would wait for it. */
  finish(withinMs: number): boolean {
    const until = this.#clock.monotonic() + withinMs;
    if (this.#busy === 'writing') {
      if (!this.#sink.isFile) return false;
      // It is carried out before the process ends; a moment for it, so that the lines stay in order.
      this.#batch = null;
      sleep(EXIT_STEP_MS);
    }
    this.#busy = 'waiting';
    while (this.#hasBatch()) {
      const outcome = this.#writeNow();
      if (outcome === 'taken') continue;
      if (outcome === 'broken' || this.#clock.monotonic() >= until) break;
      sleep(EXIT_STEP_MS);
    }
    return true;
  }

  #missing(lines: number): void {
    this.#dropped += lines;
    this.#unreported += lines;
  }

  #pump(): void {
    this.#busy = 'no';
    while (this.#hasBatch()) {
      if (this.#sink.waits) {
        this.#writeLater();
        return;
      }
      const outcome = this.#writeNow();
      if (outcome === 'taken') continue;
      this.#retry(RETRY_MS[outcome]);
      return;
    }
  }

  #writeNow(): Outcome {
    try {
      const taken = this.#sink.writeNow(this.#batch ?? NOTHING);
      this.#took(taken);
      return taken > 0 ? 'taken' : 'full';
    } catch {
      // This cannot be logged anywhere; `dropped` and `waitingBytes` show it.
      return 'broken';
    }
  }

  #writeLater(): void {
    this.#busy = 'writing';
    this.#sink.writeLater(this.#batch ?? NOTHING, (error, taken) => {
      if (error === null && taken > 0) {
        this.#took(taken);
        this.#pump();
      } else {
        this.#retry(RETRY_MS.broken);
      }
    });
  }

  #retry(ms: number): void {
    this.#busy = 'waiting';
    this.#clock.after(ms, () => {
      this.#pump();
    });
  }

  #took(bytes: number): void {
    if (this.#batch === null) return;
    this.#batch = bytes < this.#batch.length ? this.#batch.subarray(bytes) : null;
  }

  #hasBatch(): boolean {
    if (this.#batch !== null) return true;
    let text = '';
    if (this.#unreported > 0) {
      text = this.#gap(this.#unreported);
      this.#unreported = 0;
    }
    let bytes = text.length;
    for (let line = this.#lines[0]; line !== undefined; line = this.#lines[0]) {
      const length = Buffer.byteLength(line);
      if (bytes > 0 && bytes + length > BATCH_BYTES) break;
      text += this.#shift();
      bytes += length;
    }
    if (text === '') return false;
    this.#batch = Buffer.from(text);
    return true;
  }

  #shift(): string {
    const line = this.#lines.shift() ?? '';
    this.#queuedBytes -= Buffer.byteLength(line);
    return line;
  }
}

const NOTHING = new Uint8Array();

/** Blocks the thread: for the exit, when no more events are handled. */
const sleep = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, ms);
};
