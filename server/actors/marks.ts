import type { ConversationState, Pair, Writes } from '../storage/store.ts';

type MarkInput = Writes['advanceMark']['in'];
type Status = MarkInput['status'];

interface Known {
  delivered: number;
  read: number;
}

/** How far each of two people has got and read, and what of it still has to be written. Marks only rise; many small steps
 *  that arrive while a write is under way become one. [R1] [R2] */
export class Marks {
  readonly #known = new Map<string, Known>();
  readonly #wanted = new Map<string, Known>();
  #conversationId: string | undefined;
  #writing: MarkInput | undefined;

  constructor(pair: Pair, state: ConversationState | null) {
    for (const [userId, marks] of [
      [pair.low, state?.low],
      [pair.high, state?.high],
    ] as const) {
      this.#known.set(userId, { delivered: marks?.deliveredSeq ?? 0, read: marks?.readSeq ?? 0 });
      this.#wanted.set(userId, { delivered: 0, read: 0 });
    }
  }

  want(mark: { readerId: string; conversationId: string; seq: number; status: Status }): void {
    const wanted = this.#wanted.get(mark.readerId);
    if (wanted === undefined) return;
    this.#conversationId = mark.conversationId;
    wanted[mark.status] = Math.max(wanted[mark.status], mark.seq);
  }

  /** The next write, unless one is under way or nothing moved. `read` first: it moves `delivered` along. */
  next(): MarkInput | undefined {
    if (this.#writing !== undefined || this.#conversationId === undefined) return undefined;
    for (const [userId, wanted] of this.#wanted) {
      const known = this.#known.get(userId);
      if (known === undefined) continue;
      for (const status of ['read', 'delivered'] as const) {
        if (wanted[status] > known[status]) {
          this.#writing = { conversationId: this.#conversationId, userId, seq: wanted[status], status };
          return this.#writing;
        }
      }
    }
    return undefined;
  }

  /** The write was answered. What the store refused is not wanted any more. */
  settled(marked: boolean): void {
    const written = this.#writing;
    this.#writing = undefined;
    if (written === undefined) return;
    const known = this.#known.get(written.userId);
    const wanted = this.#wanted.get(written.userId);
    if (known === undefined || wanted === undefined) return;
    if (!marked) {
      wanted[written.status] = known[written.status];
      return;
    }
    known[written.status] = Math.max(known[written.status], written.seq);
    if (written.status === 'read') known.delivered = Math.max(known.delivered, written.seq);
  }

  /** The write's outcome is unknown: it is made again, which does no harm. */
  retry(): void {
    this.#writing = undefined;
  }
}
