import { conversationOf, type DurableFrame } from '../net/frames.ts';

/** Remembers which conversations were deleted, and whether that was after a request was made. The answer to an
 *  earlier request must not bring a conversation back, and neither must an event that is told after the deletion and was before it in the log. */
export class Tombstones {
  readonly #at = new Map<string, number>();
  /** The cursors of the deletions. */
  readonly #cursors = new Map<string, number>();
  #count = 0;

  /** To be stored with a request and passed to `since`. */
  get mark(): number {
    return this.#count;
  }

  /** `cursor`: of the event; it is missing if the deletion became known otherwise. */
  note(conversationId: string, cursor?: number): void {
    this.#count += 1;
    this.#at.set(conversationId, this.#count);
    if (cursor !== undefined) this.#cursors.set(conversationId, cursor);
  }

  /** Whether what an event tells went with a later deletion of its conversation. */
  covers(frame: DurableFrame): boolean {
    return frame.cursor < (this.#cursors.get(conversationOf(frame) ?? '') ?? 0);
  }

  /** The server has another history, with other cursors. */
  forget(): void {
    this.#cursors.clear();
  }

  since(mark: number, conversationId: string): boolean {
    return (this.#at.get(conversationId) ?? 0) > mark;
  }
}
