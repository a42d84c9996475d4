import type { DurableType, LogEvent } from '../../protocol/server-frames.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import { KIND } from '../rules/event-kinds.ts';
import type { Kind, KindName } from '../rules/event-kinds.ts';
import type { PlacedMessage, PresentedRows, ShownMessage } from './presented-rows.ts';
import { DELETED_NAME, type Presenters } from './presenters.ts';

/** A row of `events`. */
export interface StoredEvent {
  readonly cursor: number;
  readonly kind: Kind;
  readonly at: number;
  readonly subject: number;
}

/** What a receipt says of its message. */
type ReceiptMessage = Pick<ShownMessage, 'id' | 'conversation' | 'seq'>;

/** The kinds that each type of frame carries. A durable type without a kind does not compile. The events of the type `message` are
 *  rows of `messages` and have no kind. */
export const KINDS_OF = {
  ack: ['delivered', 'read'],
  conversation: ['conversationCreated', 'conversationDeleted'],
  user: ['userDeleted'],
} as const satisfies Readonly<Record<Exclude<DurableType, 'message'>, readonly [KindName, ...KindName[]]>>;

/** An event of a log, and the message that it is about. Once the user has deleted the conversation with that message, replays leave
 *  the event out [C4] [D10]. Null: it is about no message, or stays nevertheless. */
interface Replayed {
  readonly event: LogEvent;
  readonly about: Pick<ShownMessage, 'conversation' | 'seq'> | null;
}

export const messageEvent = (presenters: Presenters, message: PlacedMessage): LogEvent => ({
  cursor: message.place,
  at: message.sentAt,
  type: 'message',
  payload: presenters.message(message),
});

export const replayedMessage = (presenters: Presenters, message: PlacedMessage): Replayed => ({
  event: messageEvent(presenters, message),
  about: message,
});

/** The event as it would be announced now, with the current state of conversations and users. `receiptMessage`: finds the message of
 *  a receipt. */
export const otherEvent = (
  rows: PresentedRows,
  presenters: Presenters,
  { cursor, kind, at, subject }: StoredEvent,
  receiptMessage: () => ReceiptMessage,
): Replayed => {
  switch (kind) {
    case KIND.delivered:
    case KIND.read: {
      const message = receiptMessage();
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
    case KIND.conversationDeleted: {
      const change = kind === KIND.conversationCreated ? ('created' as const) : ('deleted' as const);
      const conversation = presenters.conversation(rows.conversationAt(subject));
      const payload = { change, conversation };
      return { event: { cursor, at, type: 'conversation', payload }, about: null };
    }
    case KIND.userDeleted: {
      const user = { id: rows.userAt(subject).id, username: DELETED_NAME, deleted: true } as const;
      return { event: { cursor, at, type: 'user', payload: { change: 'deleted', user } }, about: null };
    }
  }
};
