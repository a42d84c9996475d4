import type { ChatMessage } from '../model.ts';

/** Which of the loaded messages have rows: those from `from` up to and without `to`. The others cost nothing until
 *  somebody scrolls near them. */
export interface RowWindow {
  readonly from: number;
  readonly to: number;
}

/** Rows that are added at a time. */
export const ROWS_STEP = 40;
/** No row is lower, in any text size. */
const ROW_MIN_PX = 32;
const ROWS_BEYOND = 130;
/** So many fewer at the end, where nothing lies below. */
const ROWS_BELOW = 60;

/** The most rows at a time. More than two screens and what lies ahead of them, so that the rows let go at one end are never on
 *  screen and are not wanted back at once. */
export const mostRows = (viewportPx: number): number =>
  ROWS_BEYOND + Math.ceil((2 * viewportPx) / ROW_MIN_PX);

/** The most at the end, and what a conversation begins with. */
export const rowsAtEnd = (most: number): number => most - ROWS_BELOW;

export const windowAtEnd = (count: number, most: number): RowWindow => ({
  from: Math.max(0, count - rowsAtEnd(most)),
  to: count,
});

export const windowAround = (index: number, count: number): RowWindow => ({
  from: Math.max(0, index - ROWS_STEP),
  to: Math.min(count, index + ROWS_STEP),
});

/** A step further up or down. What is too much is let go at the other end. */
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

/** What has no number yet stands at the end. */
const seqOf = (message: ChatMessage | undefined): number => message?.seq ?? Infinity;

/** Where the first message that is not before `seq` stands. */
export const indexOfSeq = (messages: readonly ChatMessage[], seq: number): number => {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (seqOf(messages[middle]) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
};

const indexOf = (messages: readonly ChatMessage[], { id, seq }: ChatMessage): number => {
  const at = seq === null ? -1 : indexOfSeq(messages, seq);
  if (seq !== null && (messages[at]?.seq ?? seq + 1) === seq) return at;
  // It was numbered, or lost its number, since: then it stands near the end.
  const byId = messages.findLastIndex((message) => message.id === id);
  return byId >= 0 || at < 0 ? byId : at;
};

export interface Following {
  readonly most: number;
  /** Somebody stands at the end, and goes on standing there. */
  readonly atEnd: boolean;
  /** The id of the first message on screen. */
  readonly anchor: string | null;
}

/** The same rows after messages came or went. Whoever stands at the end goes on with what comes there; for all others those
 *  around what is on screen stay when they are too many. Null: none of them is there any more. */
export const followed = (
  window: RowWindow,
  before: readonly ChatMessage[],
  after: readonly ChatMessage[],
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
