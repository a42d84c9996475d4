import type { Clock, Timer } from '../net/clock.ts';
import { isTemporary, problemCode } from '../net/problem.ts';

/** Somebody waits for a picture of a user. `version`: the one that the user's profile names. */
export interface WantedPicture {
  readonly userId: string;
  readonly version: string;
  /** Called with an address for an image, at most once. */
  readonly show: (url: string) => void;
  /** Aborts when the picture is no longer wanted. */
  readonly signal: AbortSignal;
}

export interface PicturesDeps {
  readonly clock: Clock;
  /** Rejects with ApiProblem. */
  readonly fetch: (userId: string) => Promise<Blob>;
  /** Makes an address for a picture, and takes it back. */
  readonly urls: Pick<typeof URL, 'createObjectURL' | 'revokeObjectURL'>;
}

/** At most so many pictures, and so many bytes of them, are kept. */
export const PICTURES_KEPT = 200;
export const BYTES_KEPT = 16 * 1024 * 1024;
/** The server answers everything else of this user over the same connections. */
const AT_ONCE = 4;
/** A picture that could not be loaded is requested again after this, then less and less often, up to the second. */
export const AGAIN_MS = 15_000;
const RAREST_MS = 10 * 60_000;

interface Entry {
  readonly userId: string;
  readonly waiting: Set<WantedPicture>;
  url: string | null;
  bytes: number;
  /** Whether it is being requested, or is in the queue. */
  isDue: boolean;
  retry: Timer | null;
  retryMs: number;
}

/** The pictures of users in memory, by user and version. Each is requested once, however many elements show it. Bounded: the pictures
 *  used longest ago are dropped, and requested again when they are wanted again. Nothing of them is stored on the device. */
export class Pictures {
  readonly #deps: PicturesDeps;
  /** The one used last comes last. */
  readonly #entries = new Map<string, Entry>();
  readonly #queue: Entry[] = [];
  #running = 0;
  #bytes = 0;
  #stopped = false;

  constructor(deps: PicturesDeps) {
    this.#deps = deps;
  }

  need(wanted: WantedPicture): void {
    const { userId, version, signal } = wanted;
    if (this.#stopped || signal.aborted) return;
    const key = `${userId} ${version}`;
    const entry = this.#entries.get(key) ?? {
      userId,
      waiting: new Set(),
      url: null,
      bytes: 0,
      isDue: false,
      retry: null,
      retryMs: AGAIN_MS,
    };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (entry.url !== null) {
      wanted.show(entry.url);
      return;
    }
    entry.waiting.add(wanted);
    signal.addEventListener('abort', () => entry.waiting.delete(wanted), { once: true });
    if (entry.retry === null) this.#enqueue(entry);
    this.#bound();
  }

  /** The connection is back: requests everything again that could not be loaded. */
  again(): void {
    for (const entry of this.#entries.values()) if (entry.retry !== null) this.#retry(entry);
  }

  /** The user is logged out. No address stays good. */
  stop(): void {
    this.#stopped = true;
    for (const entry of this.#entries.values()) this.#drop(entry);
    this.#entries.clear();
    this.#queue.length = 0;
  }

  #enqueue(entry: Entry): void {
    if (entry.isDue) return;
    entry.isDue = true;
    this.#queue.push(entry);
    this.#next();
  }

  #next(): void {
    while (this.#running < AT_ONCE) {
      const entry = this.#queue.shift();
      if (entry === undefined) return;
      // Whoever wanted it has scrolled on.
      if (entry.waiting.size === 0) entry.isDue = false;
      else void this.#load(entry);
    }
  }

  async #load(entry: Entry): Promise<void> {
    this.#running += 1;
    try {
      this.#loaded(entry, await this.#deps.fetch(entry.userId));
    } catch (error) {
      this.#failed(entry, isTemporary(problemCode(error)));
    } finally {
      this.#running -= 1;
      this.#next();
    }
  }

  #loaded(entry: Entry, picture: Blob): void {
    entry.isDue = false;
    if (this.#stopped) return;
    const url = this.#deps.urls.createObjectURL(picture);
    entry.url = url;
    entry.bytes = picture.size;
    this.#bytes += picture.size;
    for (const { show } of entry.waiting) show(url);
    entry.waiting.clear();
    this.#bound();
  }

  /** If it is no longer there, the profile that named it is old, and a newer one is on its way. */
  #failed(entry: Entry, isWorthwhile: boolean): void {
    entry.isDue = false;
    if (this.#stopped) return;
    const ms = isWorthwhile ? entry.retryMs : RAREST_MS;
    entry.retryMs = Math.min(2 * entry.retryMs, RAREST_MS);
    entry.retry = this.#deps.clock.after(ms, () => {
      this.#retry(entry);
    });
  }

  #retry(entry: Entry): void {
    entry.retry?.cancel();
    entry.retry = null;
    if (entry.waiting.size > 0) this.#enqueue(entry);
  }

  #bound(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= PICTURES_KEPT && this.#bytes <= BYTES_KEPT) return;
      // One that is waited for is not held yet.
      if (entry.waiting.size > 0 || entry.isDue) continue;
      this.#entries.delete(key);
      this.#drop(entry);
    }
  }

  #drop(entry: Entry): void {
    entry.retry?.cancel();
    entry.waiting.clear();
    if (entry.url === null) return;
    this.#deps.urls.revokeObjectURL(entry.url);
    this.#bytes -= entry.bytes;
    entry.url = null;
  }
}
