import type { ConversationState, Pair, Writes } from '../storage/store.ts';

type MarkInput = Writes['advanceMark']['in'];
type Status = MarkInput['status'];

/** One person's: how far they are known to have got and read, and how far that was asked for. */
interface Progress {
  readonly userId: string;
  delivered: number;
  read: number;
  wantedDelivered: number;
  wantedRead: number;
}

const progressOf = (userId: string, marks: ConversationState['first'] | undefined): Progress => ({
  userId,
  delivered: marks?.deliveredSeq ?? 0,
  read: marks?.readSeq ?? 0,
  wantedDelivered: 0,
  wantedRead: 0,
});

/** How far each of two people has got and read, and what of it still has to be written. Marks only rise; many small steps
 *  that arrive while a write is under way become one. [R1] [R2] */
export class ReceiptCoalescer {
  readonly #first: Progress;
  readonly #second: Progress;
  #conversationId: string | undefined;
  #writing: MarkInput | undefined;

  constructor(pair: Pair, state: ConversationState | null) {
    this.#first = progressOf(pair.first, state?.first);
    this.#second = progressOf(pair.second, state?.second);
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
    this.#writing = dueOf(this.#first, this.#conversationId) ?? dueOf(this.#second, this.#conversationId);
    return this.#writing;
  }

  /** The write was answered. What the store refused is not wanted any more. */
  settled(marked: boolean): void {
    const written = this.#writing;
    this.#writing = undefined;
    const reader = written === undefined ? undefined : this.#of(written.userId);
    if (written === undefined || reader === undefined) return;
    if (!marked) {
      if (written.status === 'read') reader.wantedRead = reader.read;
      else reader.wantedDelivered = reader.delivered;
      return;
    }
    reader.delivered = Math.max(reader.delivered, written.seq);
    if (written.status === 'read') reader.read = Math.max(reader.read, written.seq);
  }

  /** The write's outcome is unknown: it is made again, which does no harm. */
  retry(): void {
    this.#writing = undefined;
  }

  #of(userId: string): Progress | undefined {
    if (userId === this.#first.userId) return this.#first;
    return userId === this.#second.userId ? this.#second : undefined;
  }
}

const dueOf = (reader: Progress, conversationId: string): MarkInput | undefined => {
  const { userId } = reader;
  if (reader.wantedRead > reader.read) {
    return { conversationId, userId, seq: reader.wantedRead, status: 'read' };
  }
  if (reader.wantedDelivered > reader.delivered) {
    return { conversationId, userId, seq: reader.wantedDelivered, status: 'delivered' };
  }
  return undefined;
};
