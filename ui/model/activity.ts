import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { ServerFrameOf } from '../net/frames.ts';
import type { Conversation, Model } from './model.ts';

/** The order of conversations. It depends on the order of events, never on clocks, which may be set back on the
 *  server and on this device. A conversation's `activity` is the cursor of its newest event in the user's own log.
 *  Conversations known only from a list get values in between, in the order of the list. */

/** So small that a thousand conversations fit between two cursors. */
const STEP = 1e-6;

/** A cache from an older build lacks `activity`. */
const activityOf = ({ activity }: Conversation): number =>
  Number.isFinite(activity) ? activity : Number.NEGATIVE_INFINITY;

/** Raises the activity after an event with this cursor. The event may be an old one that is replayed. */
export const raised = (conversation: Conversation, cursor: number): Conversation =>
  cursor > activityOf(conversation) ? { ...conversation, activity: cursor } : conversation;

const timeOf = (conversation: Conversation): string =>
  conversation.lastMessage?.sentAt ?? conversation.createdAt;

export const newestFirst = (a: Conversation, b: Conversation): number =>
  activityOf(b) - activityOf(a) || (timeOf(a) < timeOf(b) ? 1 : -1);

/** The user's own message that is not in its conversation here. */
interface Noted {
  readonly cursor: number;
  readonly seq: number;
}

/** Computes the activity of each conversation in a list, newest first. A conversation that is as the list says keeps
 *  its own activity. One that has gone on since keeps it too. Each other conversation comes directly after the one
 *  before it, and the first one directly before the next event. `from`: the last activity of the previous page, or
 *  how far the log is known. `noted`: events of messages that are not here. */
export const activitiesOf = (
  held: ReadonlyMap<string, Conversation>,
  listed: readonly Pick<ConversationResource, 'id' | 'last_seq'>[],
  from: number,
  noted: ReadonlyMap<string, Noted> = new Map(),
): { activities: ReadonlyMap<string, number>; last: number } => {
  const activities = new Map<string, number>();
  let last = from;
  for (const { id, last_seq } of listed) {
    const conversation = held.get(id);
    const known = conversation === undefined ? Number.NEGATIVE_INFINITY : activityOf(conversation);
    if (conversation !== undefined && conversation.lastSeq > last_seq) {
      activities.set(id, known);
      continue;
    }
    const own = noted.get(id)?.cursor;
    const next = own === undefined ? last - STEP : Math.max(own, known);
    const isHeld = conversation?.lastSeq === last_seq && Number.isFinite(known);
    const activity = !isHeld ? next : Number.isInteger(known) ? known : Math.min(known, next);
    last = Math.min(last, activity);
    activities.set(id, activity);
  }
  return { activities, last };
};

/** Knowledge about activity beyond the conversations in the model. */
export class Activities {
  /** The end of the log when the connection began. */
  #head = 0;
  /** By conversation: the user's own message, of which only the answer has come, while the conversation is still being fetched. Events
   *  of other conversations may come first, so its cursor must not be lost. */
  readonly #noted = new Map<string, Noted>();

  welcome({ payload }: ServerFrameOf<'welcome'>): void {
    this.#head = payload.cursor;
    this.#noted.clear();
  }

  note(frame: ServerFrame, { conversations, pending }: Model): void {
    if (frame.type === 'ack' && frame.payload.status === 'sent') {
      const { conversation_id: conversationId, message_id: messageId, seq } = frame.payload;
      const conversation = conversations.get(conversationId);
      const isPlaced =
        conversation !== undefined &&
        (seq <= conversation.lastSeq || pending.some(({ id }) => id === messageId));
      if (!isPlaced) this.#noted.set(conversationId, { cursor: frame.cursor, seq });
    } else if (frame.type === 'conversation' && frame.payload.change !== 'updated')
      this.#noted.delete(frame.payload.conversation.id);
  }

  /** `above`: the `last` that the previous page returned. */
  learn(
    { conversations, cursor }: Model,
    listed: readonly ConversationResource[],
    above: number | null,
  ): { of: (conversationId: string) => number; last: number } {
    const from = above ?? Math.max(cursor ?? 0, this.#head);
    const { activities, last } = activitiesOf(conversations, listed, from, this.#noted);
    // An answer from before the message is not final; the conversation is fetched again.
    for (const { id, last_seq } of listed)
      if (last_seq >= (this.#noted.get(id)?.seq ?? Infinity)) this.#noted.delete(id);
    return { of: (conversationId) => activities.get(conversationId) ?? from, last };
  }
}
