import type { Message } from '../model/model.ts';
import type { ReactionUpdate } from '../model/reactions.ts';
import type { Notices } from './notices.ts';

/** Notifications that are loaded with the first connection, because neither the first screen nor anything before it needs them. Until
 *  they are there, the newest message of each conversation waits. If they could not be loaded, the next connection tries again. */
export class LateNotices implements Pick<Notices, 'received' | 'reacted' | 'connected' | 'forget' | 'stop'> {
  readonly #load: () => Promise<Notices>;
  #notices: Notices | null = null;
  readonly #early = new Map<string, Message>();
  #begun = false;
  #live = false;
  #isLoading = false;
  #stopped = false;

  constructor(load: () => Promise<Notices>) {
    this.#load = load;
  }

  received(message: Message): void {
    if (this.#notices !== null) this.#notices.received(message);
    else if (this.#begun) this.#early.set(message.conversationId, message);
  }

  /** Those that come before the part is loaded are only shown. */
  reacted(reaction: ReactionUpdate): void {
    this.#notices?.reacted(reaction);
  }

  connected(live: boolean): void {
    this.#live = live;
    this.#begun ||= live;
    if (this.#notices !== null) this.#notices.connected(live);
    else if (live && !this.#isLoading && !this.#stopped) void this.#open();
  }

  forget(): void {
    this.#early.clear();
    this.#notices?.forget();
  }

  stop(): void {
    this.#stopped = true;
    this.#early.clear();
    this.#notices?.stop();
  }

  async #open(): Promise<void> {
    this.#isLoading = true;
    const notices = await this.#load().catch(() => null);
    this.#isLoading = false;
    if (notices === null || this.#stopped) return;
    this.#notices = notices;
    notices.connected(true);
    for (const message of this.#early.values()) notices.received(message);
    this.#early.clear();
    if (!this.#live) notices.connected(false);
  }
}
