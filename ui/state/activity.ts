import type { Conversation } from '../../server/protocol/views.ts';
import type { Chat } from './model.ts';

/** The order of conversations: by what happened last, never by clocks, which may be set back on the server and on this device. A
 *  conversation's `activity` is the number that its newest event has in one's own log. What is known from a list alone comes in
 *  between, in the order of the list. */

/** So little that a thousand conversations stand between two numbers of a log. */
const STEP = 1e-6;

/** In a cache that an older build wrote it is missing. */
const activityOf = ({ activity }: Chat): number =>
  Number.isFinite(activity) ? activity : Number.NEGATIVE_INFINITY;

/** After an event with this number, which may be an old one told again. */
export const raised = (chat: Chat, cursor: number): Chat =>
  cursor > activityOf(chat) ? { ...chat, activity: cursor } : chat;

const timeOf = (chat: Chat): string => chat.lastMessage?.at ?? chat.createdAt;

export const newestFirst = (a: Chat, b: Chat): number =>
  activityOf(b) - activityOf(a) || (timeOf(a) < timeOf(b) ? 1 : -1);

/** What a list, newest first, says of each one's activity: one that is held as the list has it stands where its own event put it, one
 *  that has gone on since stands where it is, and the others come right after the one before them. `above`: the last one of
 *  the page before; null for a first page, or a single conversation. */
export const activitiesOf = (
  held: ReadonlyMap<string, Chat>,
  listed: readonly Pick<Conversation, 'id' | 'last_seq'>[],
  above: number | null,
): { activities: ReadonlyMap<string, number>; last: number } => {
  const ahead = new Set(
    listed.filter(({ id, last_seq }) => (held.get(id)?.lastSeq ?? 0) > last_seq).map(({ id }) => id),
  );
  let last = above ?? 0;
  if (above === null)
    for (const chat of held.values())
      if (!ahead.has(chat.id)) last = Math.max(last, activityOf(chat) + 2 * STEP);
  const activities = new Map<string, number>();
  for (const { id, last_seq } of listed) {
    const chat = held.get(id);
    const known = chat === undefined ? Number.NEGATIVE_INFINITY : activityOf(chat);
    const isHeld = Number.isFinite(known) && chat?.lastSeq === last_seq;
    if (!ahead.has(id)) last = isHeld ? Math.min(last, known) : last - STEP;
    activities.set(id, ahead.has(id) || isHeld ? known : last);
  }
  return { activities, last };
};
