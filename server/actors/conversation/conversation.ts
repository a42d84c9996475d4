import type { Actor, ActorContext, Props } from '../../runtime/actor.ts';
import { peerIn, type Pair } from '../../storage/pair.ts';
import { REPEATED_AFTER_MS, type Writes } from '../../storage/writes.ts';
import { ReceiptCoalescer } from './receipt-coalescer.ts';
import { edge } from '../services/edge.ts';
import { writer } from '../services/writer.ts';
import type { ConversationMessage } from './messages.ts';

type MarkOutcome = Writes['advancePosition']['out'];

/** Messages from this actor to itself. */
type Private =
  | { readonly type: 'marked'; readonly outcome: MarkOutcome }
  | { readonly type: 'mark-failed' }
  | { readonly type: 'retry-mark' };

type Message = ConversationMessage | Private;
type Context = ActorContext<Message>;

const MARK_RETRY_MS = 250;

/** One pair of users: merges their receipts, and hands on who is typing. Their messages go to the writer directly. Holds nothing
 *  that a client would not send again. */
class Conversation implements Actor<Message> {
  readonly #pair: Pair;
  readonly #receipts: ReceiptCoalescer;

  constructor(pair: Pair) {
    this.#pair = pair;
    this.#receipts = new ReceiptCoalescer(pair);
  }

  receive(message: Message, context: Context): void {
    switch (message.type) {
      case 'mark':
        this.#receipts.want(message);
        this.#writeMark(context);
        break;
      case 'marked':
        this.#receipts.settled(message.outcome);
        this.#writeMark(context);
        break;
      case 'mark-failed':
        this.#receipts.retry();
        context.schedule(MARK_RETRY_MS, { type: 'retry-mark' });
        break;
      case 'retry-mark':
        this.#writeMark(context);
        break;
      case 'typing':
        this.#typing(message, context);
        break;
      default:
        message satisfies never;
    }
  }

  /** One mark write at a time: what comes meanwhile is joined into the next one. [R2] */
  #writeMark(context: Context): void {
    const input = this.#receipts.next();
    if (input === undefined) return;
    context.pipe(
      writer,
      { type: 'advancePosition', input },
      REPEATED_AFTER_MS,
      (outcome) => ({ type: 'marked', outcome }),
      () => ({ type: 'mark-failed' }),
    );
  }

  #typing(
    { userId, conversationId, typing }: Extract<ConversationMessage, { type: 'typing' }>,
    context: Context,
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
