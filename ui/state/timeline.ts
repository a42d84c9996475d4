import type { ChatMessage, Timeline } from './model.ts';

const seqOf = (message: ChatMessage | undefined): number => message?.seq ?? 0;
export const firstSeq = (timeline: Timeline): number => seqOf(timeline.messages[0]);
export const lastSeq = (timeline: Timeline): number => seqOf(timeline.messages.at(-1));

/** With a live message at the end. Null: messages are missing between, so the run must be loaded anew. */
export const append = (timeline: Timeline, message: ChatMessage): Timeline | null => {
  const seq = seqOf(message);
  const last = lastSeq(timeline);
  if (seq <= last) return timeline;
  if (timeline.messages.length === 0 ? timeline.older : seq !== last + 1) return null;
  return { ...timeline, messages: [...timeline.messages, message] };
};

/** Two runs that touch or overlap as one; null when messages are missing between them. */
export const join = (a: Timeline, b: Timeline): Timeline | null => {
  if (a.messages.length === 0) return b;
  if (b.messages.length === 0) return { ...a, older: a.older && b.older, newer: a.newer && b.newer };
  const [early, late] = firstSeq(a) <= firstSeq(b) ? [a, b] : [b, a];
  if (firstSeq(late) > lastSeq(early) + 1) return null;
  const rest = late.messages.filter((message) => seqOf(message) > lastSeq(early));
  const end = lastSeq(late) >= lastSeq(early) ? late : early;
  return { messages: [...early.messages, ...rest], older: early.older, newer: end.newer };
};

/** Messages of a conversation that stay loaded when nobody looks at it, or when the reader is back at its end. */
export const LOADED_KEPT = 200;
/** With more than that they are let go down to LOADED_KEPT: not with each message that comes in. */
export const LOADED_MOST = 600;
/** The most that stays loaded around somebody who reads further back. */
export const READ_MOST = 2_000;

/** Only the newest messages, for conversations nobody looks at. */
export const trimmed = (timeline: Timeline): Timeline =>
  timeline.messages.length <= LOADED_KEPT
    ? timeline
    : { ...timeline, messages: timeline.messages.slice(-LOADED_KEPT), older: true };

/** What lies too far below somebody who reads upwards is let go. */
export const withoutNewest = (timeline: Timeline): Timeline =>
  timeline.messages.length <= READ_MOST
    ? timeline
    : { ...timeline, messages: timeline.messages.slice(0, READ_MOST), newer: true };

/** What lies too far above somebody who reads downwards is let go. */
export const withoutOldest = (timeline: Timeline): Timeline =>
  timeline.messages.length <= READ_MOST
    ? timeline
    : { ...timeline, messages: timeline.messages.slice(-READ_MOST), older: true };
