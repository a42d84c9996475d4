import type { Pair } from '../../storage/pair.ts';
import type { Writes } from '../../storage/writes.ts';

type Position = Writes['advancePosition']['in'];
export type PositionOutcome = Writes['advancePosition']['out'];

/** `userId` has received (or read) what the other user wrote in a conversation up to `seq`. */
export type Receipt = Position;

/** How far one user has received and read one conversation: as it is stored, as far as that is known, and as it was said by any of the
 *  user's devices. Both only rise [R1], and what is said during a write is joined into the next one [R2]. What is stored is learnt from the
 *  answers of the writes. */
export class ReceiptProgress {
  readonly #conversationId: string;
  readonly #pair: Pair;
  readonly #userId: string;
  #delivered = 0;
  #read = 0;
  #wantedDelivered = 0;
  #wantedRead = 0;

  constructor({ conversationId, pair, userId }: Pick<Receipt, 'conversationId' | 'pair' | 'userId'>) {
    this.#conversationId = conversationId;
    this.#pair = pair;
    this.#userId = userId;
  }

  want({ seq, status }: Pick<Receipt, 'seq' | 'status'>): void {
    if (status === 'read') this.#wantedRead = Math.max(this.#wantedRead, seq);
    else this.#wantedDelivered = Math.max(this.#wantedDelivered, seq);
  }

  /** Whether something has moved that is not stored. */
  get isDue(): boolean {
    return this.#wantedRead > this.#read || this.#wantedDelivered > this.#delivered;
  }

  /** What has to be written, if anything. `read` first: it moves `delivered` along. */
  get next(): Position {
    const isRead = this.#wantedRead > this.#read;
    return {
      conversationId: this.#conversationId,
      pair: this.#pair,
      userId: this.#userId,
      seq: isRead ? this.#wantedRead : this.#wantedDelivered,
      status: isRead ? 'read' : 'delivered',
    };
  }

  /** Nothing is known of what is stored any more. */
  forget(): void {
    this.#delivered = 0;
    this.#read = 0;
  }

  /** A write was answered. What the store refuses is dropped. */
  settled({ seq, status }: Position, outcome: PositionOutcome): void {
    if (outcome.kind === 'not-found') {
      if (status === 'read') this.#wantedRead = this.#read;
      else this.#wantedDelivered = this.#delivered;
      return;
    }
    // A position that names a message of one's own stays below what was wanted, and is settled nevertheless.
    this.#read = Math.max(this.#read, outcome.read, status === 'read' ? seq : 0);
    const delivered = status === 'delivered' ? seq : this.#read;
    this.#delivered = Math.max(this.#delivered, outcome.delivered, delivered);
  }
}
