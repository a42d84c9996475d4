import type { Clock, Timer } from '../net/clock.ts';

export interface ReceiptDeps {
  readonly clock: Clock;
  /** Returns the id of the frame; null if there is no connection. */
  readonly send: (messageId: string, status: Status) => string | null;
}

type Status = 'delivered' | 'read';

interface Receipt {
  readonly messageId: string;
  readonly seq: number;
}

interface SentReceipt {
  readonly frameId: string;
  readonly receipt: Receipt & { readonly status: Status };
}

const GATHER_MS = 40;
const SEND_AGAIN_MS = 3_000;

/** Tells the server what was delivered and read. Receipts are cumulative [D8], so for each conversation only the
 *  newest is sent, after a short delay. Receipts that may have been lost with a connection, or that the server could
 *  not take, are sent again. */
export class ReceiptSender {
  readonly #deps: ReceiptDeps;
  readonly #delivered = new Map<string, Receipt>();
  readonly #read = new Map<string, Receipt>();
  #dirty = new Map<string, SentReceipt['receipt']>();
  /** The newest of each kind in each conversation, of those sent on this connection. */
  readonly #sent = new Map<string, SentReceipt>();
  #timer: Timer | null = null;
  #againTimer: Timer | null = null;
  #online = false;

  constructor(deps: ReceiptDeps) {
    this.#deps = deps;
  }

  delivered(conversationId: string, messageId: string, seq: number): void {
    this.#note(this.#delivered, 'delivered', conversationId, { messageId, seq });
  }

  read(conversationId: string, messageId: string, seq: number): void {
    this.#note(this.#read, 'read', conversationId, { messageId, seq });
  }

  /** The server's log holds the read position `seq`, so it need not be sent again. */
  readStored(conversationId: string, seq: number): void {
    if ((this.#read.get(conversationId)?.seq ?? Infinity) <= seq) this.#read.delete(conversationId);
  }

  /** The server cannot take this frame now. Older receipts are covered by the newest, which is the one to repeat. */
  refused(frameId: string): void {
    const [key, sent] = [...this.#sent].find(([, each]) => each.frameId === frameId) ?? [];
    if (key === undefined || sent === undefined) return;
    this.#sent.delete(key);
    if (!this.#dirty.has(key)) this.#dirty.set(key, sent.receipt);
    this.#againTimer ??= this.#deps.clock.after(SEND_AGAIN_MS, () => {
      this.flush();
    });
  }

  connected(online: boolean): void {
    this.#online = online;
    if (!online) return;
    this.#sent.clear();
    for (const [conversationId, receipt] of this.#delivered) this.#mark('delivered', conversationId, receipt);
    for (const [conversationId, receipt] of this.#read) this.#mark('read', conversationId, receipt);
    this.flush();
    // The receipts were sent on this connection, after the replay, so those of the previous one are no longer in
    // doubt.
    this.#delivered.clear();
  }

  /** The server has another history, where the same numbers belong to other messages that nobody has seen. */
  forget(): void {
    for (const table of [this.#delivered, this.#read, this.#dirty, this.#sent]) table.clear();
  }

  /** Sends now what waits for others, for instance because the window closes. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#againTimer?.cancel();
    this.#againTimer = null;
    if (!this.#online) return;
    const due = this.#dirty;
    this.#dirty = new Map();
    for (const [key, receipt] of due) {
      const frameId = this.#deps.send(receipt.messageId, receipt.status);
      if (frameId !== null) this.#sent.set(key, { frameId, receipt });
    }
  }

  stop(): void {
    this.#timer?.cancel();
    this.#againTimer?.cancel();
    this.#online = false;
  }

  #note(table: Map<string, Receipt>, status: Status, conversationId: string, receipt: Receipt): void {
    if ((table.get(conversationId)?.seq ?? 0) >= receipt.seq) return;
    table.set(conversationId, receipt);
    this.#mark(status, conversationId, receipt);
    if (!this.#online) return;
    this.#timer ??= this.#deps.clock.after(GATHER_MS, () => {
      this.flush();
    });
  }

  /** Reading implies delivery, so one frame per conversation is enough, unless the read position is further back. */
  #mark(status: Status, conversationId: string, receipt: Receipt): void {
    const key = `${status}:${conversationId}`;
    this.#dirty.set(key, { ...receipt, status });
    const other = this.#dirty.get(`delivered:${conversationId}`);
    if (status === 'read' && other !== undefined && other.seq <= receipt.seq)
      this.#dirty.delete(`delivered:${conversationId}`);
  }
}
