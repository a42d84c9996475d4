import type { Clock } from '../net/clock.ts';
import { ApiProblem, isTemporary, problemCode } from '../net/problem.ts';

/** What is downloaded: an attachment of a message, or a part of what it says. */
export interface WantedBytes {
  readonly id: string;
  /** In bytes. */
  readonly size: number;
}

export interface DownloadDeps {
  readonly clock: Clock;
  /** Requests the bytes of an attachment from an offset on. Rejects with ApiProblem. */
  readonly open: (id: string, from: number, signal: AbortSignal) => Promise<Response>;
}

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** The type that the bytes get. What the server says of them counts for nothing. */
  readonly type: string;
  /** How often in a row it is tried again without a single new byte. */
  readonly tries: number;
  /** Called with the number of bytes that are there. */
  readonly progress?: (received: number) => void;
}

/** A server that sends nothing for so long counts as gone. */
export const STALLED_MS = 30_000;
const FIRST_PAUSE_MS = 1_000;
/** So many bytes are handed to the browser together, which may keep them on the disk. */
const PIECE_BYTES = 4 * 1024 * 1024;

const brokenOff = (cause?: unknown): ApiProblem =>
  new ApiProblem('offline', 'the answer broke off', { cause });

/** The bytes that are there. */
class Pieces {
  size = 0;
  #whole: Blob[] = [];
  #loose: Uint8Array<ArrayBuffer>[] = [];
  #looseBytes = 0;

  add(bytes: Uint8Array<ArrayBuffer>): void {
    this.#loose.push(bytes);
    this.#looseBytes += bytes.length;
    this.size += bytes.length;
    if (this.#looseBytes >= PIECE_BYTES) this.#pack();
  }

  clear(): void {
    this.#whole = [];
    this.#loose = [];
    this.#looseBytes = 0;
    this.size = 0;
  }

  blob(type: string): Blob {
    this.#pack();
    return new Blob(this.#whole, { type });
  }

  #pack(): void {
    this.#whole.push(new Blob(this.#loose));
    this.#loose = [];
    this.#looseBytes = 0;
  }
}

/** Reads the rest of an attachment. @throws ApiProblem */
const readRest = async (
  { id, size }: WantedBytes,
  pieces: Pieces,
  { clock, open }: DownloadDeps,
  { signal, progress }: DownloadOptions,
): Promise<void> => {
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
  };
  signal.addEventListener('abort', end, { once: true });
  let watch = clock.after(STALLED_MS, end);
  try {
    signal.throwIfAborted();
    const answer = await open(id, pieces.size, ending.signal);
    // Whoever answers knows nothing of ranges, and begins anew.
    if (answer.status !== 206) pieces.clear();
    const reader = answer.body?.getReader();
    for (;;) {
      const chunk = await reader?.read();
      watch.cancel();
      if (chunk === undefined || chunk.done) break;
      watch = clock.after(STALLED_MS, end);
      pieces.add(chunk.value);
      if (pieces.size > size) throw new ApiProblem('internal', 'more bytes than the attachment has');
      progress?.(pieces.size);
    }
  } catch (error) {
    throw error instanceof ApiProblem ? error : brokenOff(error);
  } finally {
    watch.cancel();
    // Also what was not read to its end.
    end();
    signal.removeEventListener('abort', end);
  }
  if (pieces.size < size) throw brokenOff();
};

const pause = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = clock.after(ms, resolve);
    signal.addEventListener(
      'abort',
      () => {
        timer.cancel();
        resolve();
      },
      { once: true },
    );
  });

/** Reads all bytes of an attachment. One that breaks off is continued where it broke off. Rejects with ApiProblem, also when `signal`
 *  aborts. */
export const download = async (
  wanted: WantedBytes,
  deps: DownloadDeps,
  options: DownloadOptions,
): Promise<Blob> => {
  const { signal, type, tries } = options;
  const pieces = new Pieces();
  for (let failures = 0; ;) {
    const before = pieces.size;
    try {
      await readRest(wanted, pieces, deps, options);
      return pieces.blob(type);
    } catch (error) {
      failures = pieces.size > before ? 0 : failures + 1;
      if (signal.aborted || failures > tries || !isTemporary(problemCode(error))) throw error;
      if (pieces.size > wanted.size) throw error;
    }
    await pause(deps.clock, FIRST_PAUSE_MS * 2 ** failures, signal);
  }
};
