import type { ServerFrame } from '../../server/protocol/down.ts';
import type { Conversation } from '../../server/protocol/resources.ts';
import type { Frame } from '../net/frames.ts';
import type { Chat, Model } from './model.ts';

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

/** An own message in a conversation that is not here. */
interface Noted {
  readonly cursor: number;
  readonly seq: number;
}

/** What a list, newest first, says of each one's activity: one that is held as the list has it stands where its own event put it, one
 *  that has gone on since stands where it is, and the others come right after the one before them, the first right before the
 *  next event. `from`: the last one of the page before, or how far the log is known. `noted`: events of conversations that are not
 *  here. */
export const activitiesOf = (
  held: ReadonlyMap<string, Chat>,
  listed: readonly Pick<Conversation, 'id' | 'last_seq'>[],
  from: number,
  noted: ReadonlyMap<string, Noted> = new Map(),
): { activities: ReadonlyMap<string, number>; last: number } => {
  const activities = new Map<string, number>();
  let last = from;
  for (const { id, last_seq } of listed) {
    const chat = held.get(id);
    const known = chat === undefined ? Number.NEGATIVE_INFINITY : activityOf(chat);
    if (chat !== undefined && chat.lastSeq > last_seq) {
      activities.set(id, known);
      continue;
    }
    const next = noted.get(id)?.cursor ?? last - STEP;
    const isHeld = chat?.lastSeq === last_seq && Number.isFinite(known);
    const activity = !isHeld ? next : Number.isInteger(known) ? known : Math.min(known, next);
    last = Math.min(last, activity);
    activities.set(id, activity);
  }
  return { activities, last };
};

/** What a device knows of activities beside the conversations that it holds. */
export class Activities {
  /** Where the log stood when the connection began. */
  #head = 0;
  /** The own message that brought back a conversation which is being asked for: its number must not be lost. */
  readonly #noted = new Map<string, Noted>();

  welcome({ payload }: Frame<'welcome'>): void {
    this.#head = payload.cursor;
    this.#noted.clear();
  }

  note(frame: ServerFrame, { chats }: Model): void {
    if (frame.type === 'ack' && frame.payload.status === 'sent') {
      const { conversation_id: chatId, seq } = frame.payload;
      if (!chats.has(chatId)) this.#noted.set(chatId, { cursor: frame.cursor, seq });
    } else if (frame.type === 'conversation') this.#noted.delete(frame.payload.conversation.id);
  }

  /** `above`: what it returned for the page before. */
  learn(
    { chats, cursor }: Model,
    listed: readonly Conversation[],
    above: number | null,
  ): { of: (chatId: string) => number; last: number } {
    const from = above ?? Math.max(cursor ?? 0, this.#head);
    const { activities, last } = activitiesOf(chats, listed, from, this.#noted);
    // An answer that was made before the message is asked for again.
    for (const { id, last_seq } of listed)
      if (last_seq >= (this.#noted.get(id)?.seq ?? Infinity)) this.#noted.delete(id);
    return { of: (chatId) => activities.get(chatId) ?? from, last };
  }
}
