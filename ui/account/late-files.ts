import type { FileSender } from '../attachments/file-sender.ts';
import type { Clock, Timer } from '../net/clock.ts';
import { signal } from '../model/signal.ts';

/** Without a connection it is loaded after so many milliseconds: the files of drafts and of unsent messages are to be seen. */
const WITHOUT_MS = 2_000;

/** What sends files, which is loaded with the first connection, because neither the first screen nor anything before it needs it. If it
 *  could not be loaded, the next connection tries again. */
export class LateFiles {
  /** Null until it is loaded. */
  readonly sender = signal<FileSender | null>(null);
  readonly #clock: Clock;
  readonly #load: (() => Promise<FileSender>) | undefined;
  #live = false;
  #isLoading = false;
  #stopped = false;
  #timer: Timer | null = null;

  /** `load`: absent where no files are sent. */
  constructor(clock: Clock, load?: () => Promise<FileSender>) {
    this.#clock = clock;
    this.#load = load;
  }

  start(): void {
    if (this.#load !== undefined) this.#timer = this.#clock.after(WITHOUT_MS, () => void this.#open());
  }

  connected(live: boolean): void {
    this.#live = live;
    this.sender.get()?.connected(live);
    if (live) void this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.sender.get()?.end();
  }

  async #open(): Promise<void> {
    const load = this.#load;
    if (load === undefined || this.sender.get() !== null || this.#isLoading || this.#stopped) return;
    this.#isLoading = true;
    const sender = await load().catch(() => null);
    this.#isLoading = false;
    if (sender === null) return;
    // Logged out meanwhile.
    if (this.#stopped as boolean) sender.end();
    else {
      this.sender.set(sender);
      sender.connected(this.#live);
    }
  }
}
