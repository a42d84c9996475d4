import { backoffMs } from '../net/backoff.ts';
import type { Clock, Timer } from '../net/clock.ts';
import { isTemporary, type ApiProblem } from '../net/problem.ts';

export interface UploadQueueDeps {
  readonly clock: Clock;
  /** Gives [0, 1). */
  readonly random: () => number;
  /** Does what is to be done with a key. Resolves with null when there is no more to do, and with why it failed otherwise. Never rejects. */
  readonly run: (key: string, signal: AbortSignal) => Promise<ApiProblem | null>;
  /** It will not be tried again by itself. */
  readonly onRefused: (key: string, problem: ApiProblem) => void;
}

/** Uploads at the same time. The connection has to carry messages too. */
const AT_ONCE = 2;
/** A disk that is nearly full at the server does not become empty in seconds. */
const NO_ROOM_MS = 30_000;

interface Entry {
  readonly key: string;
  attempts: number;
  running: AbortController | null;
  retry: Timer | null;
}

/** Uploads in the order in which they were added, a few at a time, and only while there is a connection. What fails for a while is tried
 *  again, less and less often; a new connection begins anew. What is under way when the connection goes is left alone, because it may
 *  still arrive. */
export class UploadQueue {
  readonly #deps: UploadQueueDeps;
  readonly #entries = new Map<string, Entry>();
  #running = 0;
  #online = false;

  constructor(deps: UploadQueueDeps) {
    this.#deps = deps;
  }

  /** A key that is there already stays where it is. */
  add(key: string): void {
    if (!this.#entries.has(key)) this.#entries.set(key, { key, attempts: 0, running: null, retry: null });
    this.#next();
  }

  /** Ends the upload, if it is under way, and forgets it. */
  remove(key: string): void {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    entry?.retry?.cancel();
    entry?.running?.abort();
  }

  connected(online: boolean): void {
    this.#online = online;
    if (!online) return;
    for (const entry of this.#entries.values()) {
      entry.retry?.cancel();
      entry.retry = null;
      entry.attempts = 0;
    }
    this.#next();
  }

  stop(): void {
    this.#online = false;
    for (const key of [...this.#entries.keys()]) this.remove(key);
  }

  #next(): void {
    for (const entry of this.#entries.values()) {
      if (!this.#online || this.#running >= AT_ONCE) return;
      if (entry.running === null && entry.retry === null) void this.#start(entry);
    }
  }

  async #start(entry: Entry): Promise<void> {
    const running = new AbortController();
    entry.running = running;
    this.#running += 1;
    const problem = await this.#deps.run(entry.key, running.signal);
    this.#running -= 1;
    entry.running = null;
    if (this.#entries.get(entry.key) === entry) this.#settle(entry, problem);
    this.#next();
  }

  #settle(entry: Entry, problem: ApiProblem | null): void {
    if (problem !== null && isTemporary(problem.code)) {
      this.#retryLater(entry, problem);
      return;
    }
    this.#entries.delete(entry.key);
    if (problem !== null) this.#deps.onRefused(entry.key, problem);
  }

  #retryLater(entry: Entry, { code, retryAfterS }: ApiProblem): void {
    const { clock, random } = this.#deps;
    const least = code === 'insufficient_storage' ? NO_ROOM_MS : (retryAfterS ?? 0) * 1_000;
    entry.retry = clock.after(least + backoffMs(entry.attempts, random), () => {
      entry.retry = null;
      this.#next();
    });
    entry.attempts += 1;
  }
}
