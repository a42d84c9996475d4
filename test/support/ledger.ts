import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** One line: a message about to be sent for the first time, or an `ack sent` that arrived. */
export type Entry =
  | {
      readonly k: 'sent';
      readonly id: string;
      readonly from: string;
      readonly to: string;
      readonly content: string;
    }
  | {
      readonly k: 'acked';
      readonly id: string;
      readonly conversationId: string;
      readonly seq: number;
      readonly sentAt: string;
    };

/** What the clients know, written to a file of its own before the next step: whatever happens to the server, this is what
 *  it promised. */
export class Ledger {
  readonly #file: number;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'a');
  }

  write(entry: Entry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  /** Reads the file back, so that the check sees what was written and not what was meant. */
  read(): {
    sent: Map<string, Extract<Entry, { k: 'sent' }>>;
    acked: Map<string, Extract<Entry, { k: 'acked' }>>;
  } {
    fsyncSync(this.#file);
    const sent = new Map<string, Extract<Entry, { k: 'sent' }>>();
    const acked = new Map<string, Extract<Entry, { k: 'acked' }>>();
    for (const line of readFileSync(this.#path, 'utf8').split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as Entry;
      if (entry.k === 'sent') {
        sent.set(entry.id, entry);
        continue;
      }
      const first = acked.get(entry.id);
      if (first !== undefined && (first.seq !== entry.seq || first.sentAt !== entry.sentAt)) {
        throw new Error(
          `message ${entry.id} was acknowledged as ${String(first.seq)} and then as ${String(entry.seq)}`,
        );
      }
      acked.set(entry.id, entry);
    }
    return { sent, acked };
  }

  close(): void {
    closeSync(this.#file);
  }
}
