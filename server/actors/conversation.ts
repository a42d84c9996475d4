import type { Actor, ActorContext, Props } from '../runtime/actor.ts';
import type { Pair, Queries, Writes } from '../storage/store.ts';
import { ReceiptCoalescer } from './receipt-coalescer.ts';
import { edge, writer, type ConversationMessage } from './refs.ts';

type Post = Extract<ConversationMessage, { type: 'post' }>;
type MarkOutcome = Writes['advanceMark']['out'];

/** What this actor tells itself. */
type Private =
  | { readonly type: 'marked'; readonly outcome: MarkOutcome }
  | { readonly type: 'mark-failed' }
  | { readonly type: 'retry-mark' };

type Message = ConversationMessage | Private;
type Context = ActorContext<Message>;

const WRITE_TIMEOUT_MS = 5_000;
const MARK_RETRY_MS = 250;

/** One pair of people: brings their messages to the writer in the order they came, and joins their receipts. Holds nothing that
 *  the log doesn't: its loss costs no message. */
class Conversation implements Actor<Message> {
  readonly #pair: Pair;
  readonly #receipts: ReceiptCoalescer;
  /** For the first message of two people; drawn once, since most messages need none. */
  #newConversationId: string | undefined;

  constructor(pair: Pair, queries: Pick<Queries, 'conversationState'>) {
    this.#pair = pair;
    this.#receipts = new ReceiptCoalescer(pair, queries.conversationState(pair));
  }

  receive(message: Message, context: Context): void {
    switch (message.type) {
      case 'post':
        this.#post(message, context);
        break;
      case 'mark':
        this.#receipts.want(message);
        this.#writeMark(context);
        break;
      case 'marked':
        this.#receipts.settled(message.outcome.kind === 'marked');
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

  /** The writer answers whoever asked, after the commit: nothing comes back this way. [D1] */
  #post({ messageId, senderId, content }: Post, context: Context): void {
    const newConversationId = (this.#newConversationId ??= context.ids.next());
    const input = { messageId, pair: this.#pair, senderId, newConversationId, content };
    context.forward(writer, { type: 'appendMessage', input });
  }

  /** One mark write at a time: what comes meanwhile is joined into the next one. [R2] */
  #writeMark(context: Context): void {
    const input = this.#receipts.next();
    if (input === undefined) return;
    context.pipe(
      writer,
      { type: 'advanceMark', input },
      WRITE_TIMEOUT_MS,
      (outcome) => ({ type: 'marked', outcome }),
      () => ({ type: 'mark-failed' }),
    );
  }

  #typing(
    { userId, conversationId, typing }: Extract<ConversationMessage, { type: 'typing' }>,
    context: Context,
  ): void {
    const peerId = userId === this.#pair.first ? this.#pair.second : this.#pair.first;
    context.tell(edge, { type: 'typing', conversationId, userId, peerId, typing });
  }
}

export const conversationProps = (
  queries: Pick<Queries, 'conversationState'>,
): Props<ConversationMessage> => ({
  kind: 'conversation',
  mailboxLimit: 8192,
  idleMs: 60_000,
  create: (key) => {
    const [first = '', second = ''] = key.split('+');
    return new Conversation({ first, second }, queries);
  },
});
