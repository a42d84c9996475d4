import type { Message, Timeline } from './model.ts';

const seqOf = (message: Message | undefined): number => message?.seq ?? 0;
export const firstSeq = (timeline: Timeline): number => seqOf(timeline.messages[0]);
export const lastSeq = (timeline: Timeline): number => seqOf(timeline.messages.at(-1));

/** Appends a live message. Returns null if messages before it are missing; the run must then be loaded again. */
export const append = (timeline: Timeline, message: Message): Timeline | null => {
  const seq = seqOf(message);
  const last = lastSeq(timeline);
  if (seq <= last) return timeline;
  if (timeline.messages.length === 0 ? timeline.older : seq !== last + 1) return null;
  return { ...timeline, messages: [...timeline.messages, message] };
};

/** Joins two runs that touch or overlap. Returns null if messages between them are missing. */
export const join = (a: Timeline, b: Timeline): Timeline | null => {
  if (a.messages.length === 0) return b;
  if (b.messages.length === 0) return { ...a, older: a.older && b.older, newer: a.newer && b.newer };
  const [early, late] = firstSeq(a) <= firstSeq(b) ? [a, b] : [b, a];
  if (firstSeq(late) > lastSeq(early) + 1) return null;
  const rest = late.messages.filter((message) => seqOf(message) > lastSeq(early));
  const end = lastSeq(late) >= lastSeq(early) ? late : early;
  return { messages: [...early.messages, ...rest], older: early.older, newer: end.newer };
};

/** The number of messages that stay loaded when nobody is reading the conversation, or when the reader is back at its
 *  end. */
export const LOADED_KEPT = 200;
/** Above this number, messages are dropped down to LOADED_KEPT. The difference avoids dropping with each new message. */
export const LOADED_MOST = 600;
/** The maximum number of messages that stay loaded around a reader who is further back. */
export const READ_MOST = 2_000;

/** Keeps only the newest messages, for conversations that nobody is reading. */
export const trimmed = (timeline: Timeline): Timeline =>
  timeline.messages.length <= LOADED_KEPT
    ? timeline
    : { ...timeline, messages: timeline.messages.slice(-LOADED_KEPT), older: true };

/** Drops what is too far below a user who reads upwards. */
export const withoutNewest = (timeline: Timeline): Timeline =>
  timeline.messages.length <= READ_MOST
    ? timeline
    : { ...timeline, messages: timeline.messages.slice(0, READ_MOST), newer: true };

/** Drops what is too far above a user who reads downwards. */
export const withoutOldest = (timeline: Timeline): Timeline =>
  timeline.messages.length <= READ_MOST
    ? timeline
    : { ...timeline, messages: timeline.messages.slice(-READ_MOST), older: true };
