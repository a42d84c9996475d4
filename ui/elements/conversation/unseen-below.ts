import type { Message } from '../../model/model.ts';
import { indexOfSeq } from '../../history/index-of-seq.ts';

/** A row counts as seen when this many of its pixels are on screen. */
const SEEN_PX = 16;

/** Returns the `seq` of the last message on screen, or 0. `rows`: in order, each with a `data-seq` once it has a
 *  number. */
export const lastSeen = (scroller: Element, rows: readonly HTMLElement[]): number => {
  const end = scroller.getBoundingClientRect().bottom;
  const row = rows.findLast(
    (each) => each.dataset['seq'] !== undefined && each.getBoundingClientRect().top < end - SEEN_PX,
  );
  return Number(row?.dataset['seq'] ?? 0);
};

/** Counts messages of the peer that arrived below what was seen. */
export class UnseenBelow {
  #seen = 0;

  /** Another conversation was opened. Everything up to `seq` counts as seen. */
  forget(seq: number): void {
    this.#seen = seq;
  }

  saw(seq: number): void {
    this.#seen = Math.max(this.#seen, seq);
  }

  countIn(messages: readonly Message[]): number {
    let count = 0;
    for (let at = indexOfSeq(messages, this.#seen + 1); at < messages.length; at += 1)
      if (messages[at]?.mine === false) count += 1;
    return count;
  }
}
