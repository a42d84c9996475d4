import type { DurableType, LogEvent } from '../../protocol/server-frames.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import { KIND } from '../rules/event-kinds.ts';
import type { Kind, KindName } from '../rules/event-kinds.ts';
import type { PlacedMessage, PresentedRows, ShownMessage, ShownReactionChange } from './presented-rows.ts';
import { DELETED_NAME, type Presenters } from './presenters.ts';

/** A row of `events`. */
export interface StoredEvent {
  readonly cursor: number;
  readonly kind: Kind;
  readonly at: number;
  readonly subject: number;
}

/** What an event is about, as far as it stands elsewhere than in the event. */
interface EventSubjects {
  /** The message of a receipt. */
  receiptMessage(): Pick<ShownMessage, 'id' | 'conversation' | 'seq'>;
  reactionChange(): ShownReactionChange;
}

/** The kinds that each type of frame carries. A durable type without a kind does not compile. The events of the type `message` are
 *  rows of `messages` and have no kind. */
export const KINDS_OF = {
  ack: ['delivered', 'read'],
  conversation: ['conversationCreated', 'conversationDeleted', 'conversationUpdated'],
  user: ['userDeleted', 'userUpdated', 'userBlocked', 'userUnblocked'],
  reaction: ['reaction'],
} as const satisfies Readonly<Record<Exclude<DurableType, 'message'>, readonly [KindName, ...KindName[]]>>;

const CHANGES = {
  [KIND.conversationCreated]: 'created',
  [KIND.conversationDeleted]: 'deleted',
  [KIND.conversationUpdated]: 'updated',
} as const;

/** An event of a log, and the message that it is about. Once the user has deleted the conversation with that message, replays leave
 *  the event out [C4] [D10]. Null: it is about no message, or stays nevertheless. */
interface Replayed {
  readonly event: LogEvent;
  readonly about: Pick<ShownMessage, 'conversation' | 'seq'> | null;
}

export const messageEvents = (
  presenters: Presenters,
  messages: readonly PlacedMessage[],
): readonly LogEvent[] => {
  const payloads = presenters.messages(messages);
  return messages.flatMap(({ place, sentAt }, at) => {
    const payload = payloads[at];
    return payload === undefined ? [] : [{ cursor: place, at: sentAt, type: 'message', payload }];
  });
};

export const replayedMessages = (
  presenters: Presenters,
  messages: readonly PlacedMessage[],
): readonly Replayed[] => {
  const events = messageEvents(presenters, messages);
  return messages.flatMap((about, at) => {
    const event = events[at];
    return event === undefined ? [] : [{ event, about }];
  });
};

/** The event as it would be announced now, with the current state of conversations and users. Null for the change of a profile that is
 *  gone with its user: their deletion is told by an event of its own [U4]. */
export const otherEvent = (
  rows: PresentedRows,
  presenters: Presenters,
  { cursor, kind, at, subject }: StoredEvent,
  subjects: EventSubjects,
): Replayed | null => {
  switch (kind) {
    case KIND.delivered:
    case KIND.read: {
      const message = subjects.receiptMessage();
      const payload = {
        message_id: message.id,
        conversation_id: rows.conversationAt(message.conversation).id,
        seq: message.seq,
        status: kind === KIND.read ? ('read' as const) : ('delivered' as const),
        at: rfc3339(at),
      };
      // A receipt stays: it holds a position and no text, and a position outlasts the messages before it.
      return { event: { cursor, at, type: 'ack', payload }, about: null };
    }
    case KIND.conversationCreated:
    case KIND.conversationDeleted:
    case KIND.conversationUpdated: {
      const change = CHANGES[kind];
      const conversation = presenters.conversation(rows.conversationAt(subject));
      const payload = { change, conversation };
      return { event: { cursor, at, type: 'conversation', payload }, about: null };
    }
    case KIND.userDeleted: {
      const user = { id: rows.userAt(subject).id, username: DELETED_NAME, deleted: true } as const;
      return { event: { cursor, at, type: 'user', payload: { change: 'deleted', user } }, about: null };
    }
    case KIND.userUpdated: {
      const user = presenters.user(rows.userAt(subject));
      if ('deleted' in user) return null;
      return { event: { cursor, at, type: 'user', payload: { change: 'updated', user } }, about: null };
    }
    case KIND.userBlocked:
    case KIND.userUnblocked: {
      const change = kind === KIND.userBlocked ? ('blocked' as const) : ('unblocked' as const);
      const user = presenters.user(rows.userAt(subject));
      return { event: { cursor, at, type: 'user', payload: { change, user } }, about: null };
    }
    case KIND.reaction: {
      const { message, user, emoji } = subjects.reactionChange();
      const payload = {
        message_id: message.id,
        conversation_id: rows.conversationAt(message.conversation).id,
        seq: message.seq,
        user_id: rows.userAt(user).id,
        emoji,
        at: rfc3339(at),
      };
      return { event: { cursor, at, type: 'reaction', payload }, about: message };
    }
  }
};
