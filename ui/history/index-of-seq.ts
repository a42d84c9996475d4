import type { Message } from '../model/model.ts';

/** Messages without a `seq` come last. */
export const seqOf = (message: Message | undefined): number => message?.seq ?? Infinity;

/** The index of the first message whose `seq` is not less than `seq`. */
export const indexOfSeq = (messages: readonly Message[], seq: number): number => {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (seqOf(messages[middle]) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
};
