import type { AttachmentResource } from '../../server/protocol/resources/attachment.ts';
import type { Clock, Timer } from '../net/clock.ts';
import { isTemporary, problemCode } from '../net/problem.ts';
import { download, type DownloadDeps } from './download.ts';
import { HEADER_BYTES, isShowable, pictureHeader } from './picture-header.ts';

/** Why a picture is not there. `gone`: the server has it no more. `unshowable`: it is no picture, or too large a one. `later`: it is
 *  tried again by itself. */
export type PictureFault = 'gone' | 'unshowable' | 'later';

/** Somebody shows a picture, or is about to. */
export interface PictureHolder {
  readonly attachment: AttachmentResource;
  /** Called with an address for an <img>, at most once. It stays good until `signal` aborts. */
  readonly show: (url: string) => void;
  readonly failed: (fault: PictureFault) => void;
  /** Aborts when the picture is no longer shown. */
  readonly signal: AbortSignal;
}

export interface ReceivedPicturesDeps extends DownloadDeps {
  readonly clock: Clock;
  /** Makes an address for a picture, and takes it back. */
  readonly urls: Pick<typeof URL, 'createObjectURL' | 'revokeObjectURL'>;
}

/** At most so many pictures that nobody shows, and so many bytes of all, are kept. */
export const PICTURES_KEPT = 60;
export const BYTES_KEPT = 96 * 1024 * 1024;
/** The server answers everything else of this user over the same connections. */
const AT_ONCE = 4;
/** A picture that could not be loaded is requested again after this, then less and less often, up to the second. */
export const AGAIN_MS = 15_000;
const RAREST_MS = 10 * 60_000;

interface Entry {
  readonly attachment: AttachmentResource;
  /** Those who show it or wait for it. */
  readonly holders: Set<PictureHolder>;
  url: string | null;
  fault: PictureFault | null;
  /** Ends the request that is under way, or null if there is none. */
  loading: AbortController | null;
  isQueued: boolean;
  retry: Timer | null;
  retryMs: number;
}

/** The pictures of messages in memory, by attachment. Each is requested once, however many elements show it, and only while somebody
 *  wants it. Bounded: those that nobody shows are dropped, the one used longest ago first, and while too many bytes are shown, further
 *  ones wait. Nothing of them is stored on the device. */
export class ReceivedPictures {
  readonly #deps: ReceivedPicturesDeps;
  /** The one used last comes last. */
  readonly #entries = new Map<string, Entry>();
  readonly #queue: Entry[] = [];
  #running = 0;
  #bytes = 0;
  #stopped = false;

  constructor(deps: ReceivedPicturesDeps) {
    this.#deps = deps;
  }

  need(wanted: PictureHolder): void {
    const { attachment, signal } = wanted;
    if (this.#stopped || signal.aborted) return;
    const entry = this.#entries.get(attachment.id) ?? {
      attachment,
      holders: new Set(),
      url: null,
      fault: null,
      loading: null,
      isQueued: false,
      retry: null,
      retryMs: AGAIN_MS,
    };
    this.#entries.delete(attachment.id);
    this.#entries.set(attachment.id, entry);
    entry.holders.add(wanted);
    signal.addEventListener(
      'abort',
      () => {
        this.#left(entry, wanted);
      },
      { once: true },
    );
    if (entry.url !== null) wanted.show(entry.url);
    else if (entry.fault !== null) wanted.failed(entry.fault);
    else this.#enqueue(entry);
    this.#bound();
  }

  /** The connection is back, or the user asks for it: requests everything again that could not be loaded. */
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

  /** A request that nobody waits for any more is ended. */
  #left(entry: Entry, wanted: PictureHolder): void {
    entry.holders.delete(wanted);
    if (entry.holders.size === 0) entry.loading?.abort();
    this.#bound();
    this.#next();
  }

  #enqueue(entry: Entry): void {
    if (entry.isQueued || (entry.loading !== null && !entry.loading.signal.aborted)) return;
    entry.isQueued = true;
    this.#queue.push(entry);
    this.#next();
  }

  #next(): void {
    while (this.#running < AT_ONCE) {
      const [entry] = this.#queue;
      if (entry === undefined) return;
      const isWanted = entry.holders.size > 0;
      if (isWanted && !this.#hasRoom(entry)) return;
      this.#queue.shift();
      entry.isQueued = false;
      // Whoever wanted it has scrolled on.
      if (isWanted && !this.#stopped) void this.#load(entry);
    }
  }

  /** A single one is loaded whatever its size. */
  #hasRoom({ attachment: { size } }: Entry): boolean {
    const fits = (): boolean => this.#bytes === 0 || this.#bytes + size <= BYTES_KEPT;
    if (!fits()) this.#bound();
    return fits();
  }

  async #load(entry: Entry): Promise<void> {
    const ending = new AbortController();
    entry.loading = ending;
    this.#running += 1;
    this.#bytes += entry.attachment.size;
    let isHeld = false;
    try {
      const url = await this.#fetch(entry.attachment, ending.signal);
      isHeld = this.#loaded(entry, url, ending.signal);
    } catch (error) {
      if (!ending.signal.aborted) this.#failed(entry, problemCode(error));
    } finally {
      this.#running -= 1;
      if (!isHeld) this.#bytes -= entry.attachment.size;
      if (entry.loading === ending) entry.loading = null;
      this.#next();
    }
  }

  /** Null if the bytes are no picture that can be shown. */
  async #fetch(attachment: AttachmentResource, signal: AbortSignal): Promise<string | null> {
    const bytes = await download(attachment, this.#deps, { signal, type: '', tries: 0 });
    const header = pictureHeader(await bytes.slice(0, HEADER_BYTES).arrayBuffer());
    if (signal.aborted || header === null || !isShowable(header)) return null;
    // The type comes from the bytes: nothing that a server or a sender says makes them anything but one of four kinds of picture.
    return this.#deps.urls.createObjectURL(bytes.slice(0, bytes.size, header.type));
  }

  /** Returns whether the picture is kept. */
  #loaded(entry: Entry, url: string | null, signal: AbortSignal): boolean {
    if (this.#stopped || signal.aborted) {
      if (url !== null) this.#deps.urls.revokeObjectURL(url);
      return false;
    }
    entry.retryMs = AGAIN_MS;
    if (url === null) {
      this.#tell(entry, 'unshowable');
      return false;
    }
    entry.url = url;
    entry.fault = null;
    for (const { show } of entry.holders) show(url);
    this.#bound();
    return true;
  }

  #failed(entry: Entry, code: ReturnType<typeof problemCode>): void {
    if (this.#stopped) return;
    const isGone = code === 'not_found' || code === 'gone';
    this.#tell(entry, isGone ? 'gone' : isTemporary(code) ? 'later' : 'unshowable');
    if (entry.fault !== 'later') return;
    const ms = entry.retryMs;
    entry.retryMs = Math.min(2 * ms, RAREST_MS);
    entry.retry = this.#deps.clock.after(ms, () => {
      this.#retry(entry);
    });
  }

  #tell(entry: Entry, fault: PictureFault): void {
    entry.fault = fault;
    for (const { failed } of entry.holders) failed(fault);
  }

  #retry(entry: Entry): void {
    entry.retry?.cancel();
    entry.retry = null;
    entry.fault = null;
    if (entry.holders.size > 0) this.#enqueue(entry);
  }

  #bound(): void {
    const free = [...this.#entries.values()].filter(
      ({ holders, loading, isQueued }) => holders.size === 0 && loading === null && !isQueued,
    );
    const waiting = this.#queue.find(({ holders }) => holders.size > 0)?.attachment.size ?? 0;
    let kept = free.length;
    for (const entry of free) {
      if (kept <= PICTURES_KEPT && this.#bytes + waiting <= BYTES_KEPT) return;
      kept -= 1;
      this.#entries.delete(entry.attachment.id);
      this.#drop(entry);
    }
  }

  #drop(entry: Entry): void {
    entry.retry?.cancel();
    entry.loading?.abort();
    entry.holders.clear();
    if (entry.url === null) return;
    this.#deps.urls.revokeObjectURL(entry.url);
    this.#bytes -= entry.attachment.size;
    entry.url = null;
  }
}
