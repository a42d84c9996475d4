import type { Clock, Timer } from '../net/clock.ts';

export interface ReceiptDeps {
  readonly clock: Clock;
  readonly send: (messageId: string, status: 'delivered' | 'read') => boolean;
}

interface Receipt {
  readonly messageId: string;
  readonly seq: number;
}

const GATHER_MS = 40;

/** Tells the server what arrived and what was read. Receipts are cumulative (SPEC §5.2), so of each conversation
 *  only the newest is sent, a moment later; what may have been lost with a connection is said again. */
export class Receipts {
  readonly #deps: ReceiptDeps;
  readonly #delivered = new Map<string, Receipt>();
  readonly #read = new Map<string, Receipt>();
  #dirty = new Map<string, Receipt & { status: 'delivered' | 'read' }>();
  #timer: Timer | null = null;
  #online = false;

  constructor(deps: ReceiptDeps) {
    this.#deps = deps;
  }

  delivered(chatId: string, messageId: string, seq: number): void {
    this.#note(this.#delivered, 'delivered', chatId, { messageId, seq });
  }

  read(chatId: string, messageId: string, seq: number): void {
    this.#note(this.#read, 'read', chatId, { messageId, seq });
  }

  /** The server's log holds the reading up to `seq`; it need not be said again. */
  readStored(chatId: string, seq: number): void {
    if ((this.#read.get(chatId)?.seq ?? Infinity) <= seq) this.#read.delete(chatId);
  }

  connected(online: boolean): void {
    this.#online = online;
    if (!online) return;
    for (const [chatId, receipt] of this.#delivered) this.#mark('delivered', chatId, receipt);
    for (const [chatId, receipt] of this.#read) this.#mark('read', chatId, receipt);
    this.#flush();
    // Said on this connection, after everything was replayed: nothing of the last one is in doubt any more.
    this.#delivered.clear();
  }

  /** Another history: under the same numbers stand other messages, which nobody has seen. */
  forget(): void {
    for (const table of [this.#delivered, this.#read, this.#dirty]) table.clear();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#online = false;
  }

  #note(table: Map<string, Receipt>, status: 'delivered' | 'read', chatId: string, receipt: Receipt): void {
    if ((table.get(chatId)?.seq ?? 0) >= receipt.seq) return;
    table.set(chatId, receipt);
    this.#mark(status, chatId, receipt);
    if (!this.#online) return;
    this.#timer ??= this.#deps.clock.after(GATHER_MS, () => {
      this.#flush();
    });
  }

  /** Reading implies delivery, so one frame a conversation is enough, unless the reading lies further back. */
  #mark(status: 'delivered' | 'read', chatId: string, receipt: Receipt): void {
    const key = `${status}:${chatId}`;
    this.#dirty.set(key, { ...receipt, status });
    const other = this.#dirty.get(`delivered:${chatId}`);
    if (status === 'read' && other !== undefined && other.seq <= receipt.seq)
      this.#dirty.delete(`delivered:${chatId}`);
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (!this.#online) return;
    const due = this.#dirty;
    this.#dirty = new Map();
    for (const { messageId, status } of due.values()) this.#deps.send(messageId, status);
  }
}
