import type { ChatMessage } from '../state/model.ts';
import { indexOfSeq } from '../state/text/row-window.ts';

/** Pixels of a row that have to be on screen. */
const SEEN_PX = 16;

/** The seq of the last message that is on screen; 0 for none. `rows` in order, each with a `data-seq` once it has a number. */
export const lastSeen = (scroller: Element, rows: readonly HTMLElement[]): number => {
  const end = scroller.getBoundingClientRect().bottom;
  const row = rows.findLast(
    (each) => each.dataset['seq'] !== undefined && each.getBoundingClientRect().top < end - SEEN_PX,
  );
  return Number(row?.dataset['seq'] ?? 0);
};

/** Messages of the other person that came in below what was seen. */
export class UnseenBelow {
  #seen = 0;

  /** Another conversation, of which so much counts as seen. */
  forget(seq: number): void {
    this.#seen = seq;
  }

  saw(seq: number): void {
    this.#seen = Math.max(this.#seen, seq);
  }

  countIn(messages: readonly ChatMessage[]): number {
    let count = 0;
    for (let at = indexOfSeq(messages, this.#seen + 1); at < messages.length; at += 1)
      if (messages[at]?.mine === false) count += 1;
    return count;
  }
}
