import type { Message } from '../model/model.ts';
import { indexOfSeq, seqOf } from './index-of-seq.ts';

/** The loaded messages that have rows: from `from` up to but excluding `to`. The others cost nothing until the user
 *  scrolls near them. */
export interface RowWindow {
  readonly from: number;
  readonly to: number;
}

/** The number of rows that are added at a time. */
export const ROWS_STEP = 40;
/** A row is at least this high, with any text size. */
const ROW_MIN_PX = 32;
const ROWS_BEYOND = 130;
/** At the end there are this many rows fewer, because nothing lies below. */
const ROWS_BELOW = 60;

/** The maximum number of rows. It exceeds two screens and what is rendered ahead of them, so that rows dropped at one
 *  end are never on screen and are not needed again at once. */
export const mostRows = (viewportPx: number): number =>
  ROWS_BEYOND + Math.ceil((2 * viewportPx) / ROW_MIN_PX);

/** The maximum at the end, and what a conversation opens with. */
export const rowsAtEnd = (most: number): number => most - ROWS_BELOW;

export const windowAtEnd = (count: number, most: number): RowWindow => ({
  from: Math.max(0, count - rowsAtEnd(most)),
  to: count,
});

export const windowAround = (index: number, count: number): RowWindow => ({
  from: Math.max(0, index - ROWS_STEP),
  to: Math.min(count, index + ROWS_STEP),
});

/** Moves the window one step up or down. Rows beyond `most` are dropped at the other end. */
export const shifted = (
  { from, to }: RowWindow,
  direction: 'up' | 'down',
  count: number,
  most: number,
): RowWindow => {
  if (direction === 'up') {
    const start = Math.max(0, from - ROWS_STEP);
    return { from: start, to: Math.min(to, start + most) };
  }
  const end = Math.min(count, to + ROWS_STEP);
  return { from: Math.max(from, end - most), to: end };
};

const indexOf = (messages: readonly Message[], { id, seq }: Message): number => {
  const at = seq === null ? -1 : indexOfSeq(messages, seq);
  if (seq !== null && (messages[at]?.seq ?? seq + 1) === seq) return at;
  // The message has received or lost its `seq` since, so it is near the end.
  const byId = messages.findLastIndex((message) => message.id === id);
  return byId >= 0 || at < 0 ? byId : at;
};

export interface Following {
  readonly most: number;
  /** Whether the list is at its end and stays there. */
  readonly atEnd: boolean;
  /** The id of the first message on screen. */
  readonly anchor: string | null;
}

/** Returns the window for the same rows after messages were added or removed. A list at its end follows what arrives
 *  there. Otherwise, if there are too many rows, those around the visible ones are kept. Returns null if none of the
 *  rows is left. */
export const followed = (
  window: RowWindow,
  before: readonly Message[],
  after: readonly Message[],
  { most, atEnd, anchor }: Following,
): RowWindow | null => {
  const first = before[window.from];
  const last = before[window.to - 1];
  if (first === undefined || last === undefined || after.length === 0) return null;
  if (seqOf(last) < seqOf(after[0]) || (first.seq !== null && first.seq > seqOf(after.at(-1)))) return null;
  const from = indexOf(after, first);
  const hadEnd = window.to === before.length;
  const to = hadEnd ? after.length : Math.min(after.length, indexOf(after, last) + 1);
  if (from < 0 || to <= from) return null;
  if (atEnd && hadEnd) {
    return { from: Math.max(from, to - rowsAtEnd(most)), to };
  }
  if (to - from <= most) return { from, to };
  const seen = anchor === null ? -1 : after.slice(from, to).findIndex(({ id }) => id === anchor);
  const start = Math.max(from, Math.min(to - most, from + seen - Math.floor(most / 2)));
  return { from: start, to: start + most };
};
