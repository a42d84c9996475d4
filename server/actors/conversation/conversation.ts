import type { Actor, ActorContext, Props } from '../../runtime/actor.ts';
import { peerIn, type Pair } from '../../storage/pair.ts';
import { edge } from '../services/edge.ts';
import type { ConversationMessage } from './messages.ts';

/** One pair of users: hands on who is typing. Their messages and receipts go to the writer directly. Holds nothing. */
class Conversation implements Actor<ConversationMessage> {
  readonly #pair: Pair;

  constructor(pair: Pair) {
    this.#pair = pair;
  }

  receive(
    { userId, conversationId, typing }: ConversationMessage,
    context: ActorContext<ConversationMessage>,
  ): void {
    const peerId = peerIn(this.#pair, userId);
    context.tell(edge, { type: 'typing', conversationId, userId, peerId, typing });
  }
}

export const conversationProps: Props<ConversationMessage> = {
  kind: 'conversation',
  mailboxLimit: 8192,
  idleMs: 60_000,
  create: (key) => {
    const [first = '', second = ''] = key.split('+');
    return new Conversation({ first, second });
  },
};
