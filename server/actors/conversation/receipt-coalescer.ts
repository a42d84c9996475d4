import type { Pair } from '../../storage/pair.ts';
import type { Writes } from '../../storage/writes.ts';

type MarkInput = Writes['advancePosition']['in'];
type MarkOutcome = Writes['advancePosition']['out'];
type Status = MarkInput['status'];

/** One user's positions: those that are known to be stored, and those that are requested. */
interface Progress {
  readonly userId: string;
  delivered: number;
  read: number;
  wantedDelivered: number;
  wantedRead: number;
}

const progressOf = (userId: string): Progress => ({
  userId,
  delivered: 0,
  read: 0,
  wantedDelivered: 0,
  wantedRead: 0,
});

/** The delivered and read positions of two users, and which of them still have to be written. Positions only rise. Receipts that
 *  arrive during a write are merged into the next one [R1] [R2]. What is stored is learnt from the answers of the writes. */
export class ReceiptCoalescer {
  readonly #pair: Pair;
  readonly #first: Progress;
  readonly #second: Progress;
  #conversationId: string | undefined;
  #writing: MarkInput | undefined;

  constructor(pair: Pair) {
    this.#pair = pair;
    this.#first = progressOf(pair.first);
    this.#second = progressOf(pair.second);
  }

  want(mark: { readerId: string; conversationId: string; seq: number; status: Status }): void {
    const reader = this.#of(mark.readerId);
    if (reader === undefined) return;
    this.#conversationId = mark.conversationId;
    if (mark.status === 'read') reader.wantedRead = Math.max(reader.wantedRead, mark.seq);
    else reader.wantedDelivered = Math.max(reader.wantedDelivered, mark.seq);
  }

  /** The next write, unless one is under way or nothing moved. `read` first: it moves `delivered` along. */
  next(): MarkInput | undefined {
    if (this.#writing !== undefined || this.#conversationId === undefined) return undefined;
    const due = dueOf(this.#first) ?? dueOf(this.#second);
    if (due !== undefined) this.#writing = { conversationId: this.#conversationId, pair: this.#pair, ...due };
    return this.#writing;
  }

  /** The write was answered. A position that the store refused is dropped. */
  settled(outcome: MarkOutcome): void {
    const written = this.#writing;
    this.#writing = undefined;
    const reader = written === undefined ? undefined : this.#of(written.userId);
    if (written === undefined || reader === undefined) return;
    if (outcome.kind === 'not-found') {
      if (written.status === 'read') reader.wantedRead = reader.read;
      else reader.wantedDelivered = reader.delivered;
      return;
    }
    // A position that names a message of one's own stays below what was wanted, and is settled nevertheless.
    const seqOf = (status: Status): number => (written.status === status ? written.seq : 0);
    reader.read = Math.max(reader.read, outcome.read, seqOf('read'));
    reader.delivered = Math.max(reader.delivered, outcome.delivered, reader.read, seqOf('delivered'));
  }

  /** The outcome of the write is unknown, so it is repeated, which is harmless. */
  retry(): void {
    this.#writing = undefined;
  }

  #of(userId: string): Progress | undefined {
    if (userId === this.#first.userId) return this.#first;
    return userId === this.#second.userId ? this.#second : undefined;
  }
}

const dueOf = (reader: Progress): Pick<MarkInput, 'userId' | 'seq' | 'status'> | undefined => {
  const { userId } = reader;
  if (reader.wantedRead > reader.read) {
    return { userId, seq: reader.wantedRead, status: 'read' };
  }
  if (reader.wantedDelivered > reader.delivered) {
    return { userId, seq: reader.wantedDelivered, status: 'delivered' };
  }
  return undefined;
};
