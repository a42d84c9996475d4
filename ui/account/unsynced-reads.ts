import type { Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import { ASK_AGAIN_MS } from '../sync/refetch-queue.ts';
import { messageAt } from '../history/history.ts';
import type { ReceiptSender } from '../sync/receipts.ts';
import type { Sync } from '../sync/sync.ts';

/** Tells the server what was read here but, because of a crash, never reported. */
export class UnsyncedReads {
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #sync: Sync;
  readonly #receipts: ReceiptSender;

  constructor(api: Api, clock: Clock, sync: Sync, receipts: ReceiptSender) {
    this.#api = api;
    this.#clock = clock;
    this.#sync = sync;
    this.#receipts = receipts;
  }

  /** Reports the reading up to `seq`. If that message is not loaded, asks the server for it, until the server has
   *  answered or a new connection begins. The new connection finds the reading again. */
  async tell(conversationId: string, seq: number): Promise<void> {
    const { generation } = this.#sync;
    try {
      const message = await messageAt(this.#sync.model.get(), this.#api, conversationId, seq);
      // A new connection may belong to another history, with another message at this `seq`. It checks again.
      if (generation !== this.#sync.generation) return;
      if (message?.seq === seq && !message.mine) this.#receipts.read(conversationId, message.id, seq);
    } catch {
      this.#clock.after(ASK_AGAIN_MS, () => {
        if (generation === this.#sync.generation && !this.#sync.isStopped)
          void this.tell(conversationId, seq);
      });
    }
  }
}
