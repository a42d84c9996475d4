import type { Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import { ASK_AGAIN_MS } from './refetch-queue.ts';
import { messageAt } from './history.ts';
import type { Receipts } from './receipts.ts';
import type { Sync } from './sync.ts';

/** Tells the server what was read here and, because of a crash, never told. */
export class UnsyncedReads {
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #sync: Sync;
  readonly #receipts: Receipts;

  constructor(api: Api, clock: Clock, sync: Sync, receipts: Receipts) {
    this.#api = api;
    this.#clock = clock;
    this.#sync = sync;
    this.#receipts = receipts;
  }

  /** The message that was read last may be on no page that is loaded here: then the server is asked for it, until it
   *  has answered or the connection is another one, which finds it anew. */
  async tell(chatId: string, seq: number): Promise<void> {
    const { era } = this.#sync;
    try {
      const message = await messageAt(this.#sync.model.get(), this.#api, chatId, seq);
      // Another connection may be to another history, with another message at this place: it finds out anew.
      if (era !== this.#sync.era) return;
      if (message?.seq === seq && !message.mine) this.#receipts.read(chatId, message.id, seq);
    } catch {
      this.#clock.after(ASK_AGAIN_MS, () => {
        if (era === this.#sync.era && !this.#sync.isStopped) void this.tell(chatId, seq);
      });
    }
  }
}
