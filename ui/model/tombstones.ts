/** Remembers which conversations were deleted, and whether that was after a request was made. The answer to an
 *  earlier request must not bring a conversation back. */
export class Tombstones {
  readonly #at = new Map<string, number>();
  #count = 0;

  /** To be stored with a request and passed to `since`. */
  get mark(): number {
    return this.#count;
  }

  note(conversationId: string): void {
    this.#count += 1;
    this.#at.set(conversationId, this.#count);
  }

  since(mark: number, conversationId: string): boolean {
    return (this.#at.get(conversationId) ?? 0) > mark;
  }
}
