/** Which conversations were deleted here, and when in relation to a question: an answer that was asked for before is of
 *  before, and must not bring one back. */
export class Tombstones {
  readonly #at = new Map<string, number>();
  #count = 0;

  /** To be kept with a question. */
  get mark(): number {
    return this.#count;
  }

  note(chatId: string): void {
    this.#count += 1;
    this.#at.set(chatId, this.#count);
  }

  since(mark: number, chatId: string): boolean {
    return (this.#at.get(chatId) ?? 0) > mark;
  }
}
