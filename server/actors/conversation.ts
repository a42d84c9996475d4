import { encodeEvent } from '../protocol/encode.ts';
import type { Actor, ActorContext, Props, ReplyTo } from '../runtime/actor.ts';
import type { Fault } from '../runtime/envelope.ts';
import type { LoggedEvent, Pair, Queries, Writes } from '../storage/store.ts';
import { Marks } from './marks.ts';
import { edge, writer, type ConversationMessage, type Posted } from './refs.ts';

type Post = Extract<ConversationMessage, { type: 'post' }>;
type AppendOutcome = Writes['appendMessage']['out'];
type MarkOutcome = Writes['advanceMark']['out'];

/** What this actor tells itself. */
type Private =
  | {
      readonly type: 'appended';
      readonly post: Post;
      readonly replyTo: ReplyTo | undefined;
      readonly outcome: AppendOutcome;
    }
  | { readonly type: 'append-failed'; readonly replyTo: ReplyTo | undefined; readonly fault: Fault }
  | { readonly type: 'marked'; readonly outcome: MarkOutcome }
  | { readonly type: 'mark-failed' }
  | { readonly type: 'retry-mark' };

type Message = ConversationMessage | Private;
type Context = ActorContext<Message>;

const WRITE_TIMEOUT_MS = 5_000;
const MARK_RETRY_MS = 250;
/** Messages of one conversation that may wait for their commit. */
const WRITES_MAX = 4096;
const BUSY: Fault = { code: 'unavailable', detail: 'This conversation is busy; try again.', retryAfterS: 1 };

/** One pair of people: brings their messages into the writer in the order they came, and tells both after the commit. Holds
 *  nothing that the log doesn't: its loss costs no message. */
class Conversation implements Actor<Message> {
  readonly #pair: Pair;
  readonly #marks: Marks;
  #writes = 0;
  /** For the first message of two people; drawn once, since most messages need none. */
  #newConversationId: string | undefined;

  constructor(pair: Pair, queries: Pick<Queries, 'conversationState'>) {
    this.#pair = pair;
    this.#marks = new Marks(pair, queries.conversationState(pair));
  }

  receive(message: Message, context: Context): void {
    switch (message.type) {
      case 'post':
        this.#post(message, context);
        break;
      case 'appended':
        this.#writes -= 1;
        this.#appended(message, context);
        break;
      case 'append-failed':
        this.#writes -= 1;
        context.fail(message.replyTo, message.fault);
        break;
      case 'mark':
        this.#marks.want(message);
        this.#writeMark(context);
        break;
      case 'marked':
        this.#marks.settled(message.outcome.kind === 'marked');
        if (message.outcome.kind === 'marked') deliver(message.outcome.events, context);
        this.#writeMark(context);
        break;
      case 'mark-failed':
        this.#marks.retry();
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

  #post(post: Post, context: Context): void {
    const { replyTo } = context;
    if (this.#writes >= WRITES_MAX) {
      context.fail(replyTo, BUSY);
      return;
    }
    this.#writes += 1;
    context.pipe(
      writer,
      {
        type: 'appendMessage',
        input: {
          messageId: post.messageId,
          pair: this.#pair,
          senderId: post.senderId,
          newConversationId: (this.#newConversationId ??= context.ids.next()),
          content: post.content,
        },
      },
      WRITE_TIMEOUT_MS,
      (outcome) => ({ type: 'appended', post, replyTo, outcome }),
      (fault) => ({ type: 'append-failed', replyTo, fault }),
    );
  }

  /** After the commit: the answer to the sender, then both people. A repeat is told to nobody. [D1] [D4] */
  #appended({ post, replyTo, outcome }: Extract<Private, { type: 'appended' }>, context: Context): void {
    if (outcome.kind === 'not-found') {
      context.fail(replyTo, { code: 'not_found', detail: 'There is no such person.' });
      return;
    }
    if (outcome.kind === 'conflict') {
      const detail =
        outcome.reason === 'id-taken'
          ? 'This id belongs to another message.'
          : 'This person has deleted their account.';
      context.fail(replyTo, { code: 'conflict', detail });
      return;
    }
    const { conversationId, seq, sentAt, senderCursor, recipientCursor, senderName, duplicate, events } =
      outcome;
    const posted: Posted = { conversationId, seq, sentAt, cursor: senderCursor, duplicate };
    if (duplicate) {
      context.reply(replyTo, posted);
      return;
    }
    deliver(events, context);
    context.reply(replyTo, posted);
    const { messageId, senderId, content } = post;
    const recipientId = senderId === this.#pair.low ? this.#pair.high : this.#pair.low;
    context.tell(edge, {
      type: 'posted',
      messageId,
      conversationId,
      seq,
      senderId,
      senderName,
      recipientId,
      content,
      sentAt,
      senderCursor,
      recipientCursor,
      except: post.socketId,
    });
  }

  /** One mark write at a time: what comes meanwhile is joined into the next one. [R2] */
  #writeMark(context: Context): void {
    const input = this.#marks.next();
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
    const peerId = userId === this.#pair.low ? this.#pair.high : this.#pair.low;
    context.tell(edge, { type: 'typing', conversationId, userId, peerId, typing });
  }
}

/** Tells the edge of events that are in the log now. */
export const deliver = (events: readonly LoggedEvent[], context: Pick<Context, 'tell' | 'ids'>): void => {
  for (const { userId, event } of events) {
    context.tell(edge, {
      type: 'deliver',
      userId,
      cursor: event.cursor,
      frame: encodeEvent(event, context.ids.next()),
    });
  }
};

export const conversationProps = (
  queries: Pick<Queries, 'conversationState'>,
): Props<ConversationMessage> => ({
  kind: 'conversation',
  mailboxLimit: 8192,
  idleMs: 60_000,
  create: (key) => {
    const [low = '', high = ''] = key.split('+');
    return new Conversation({ low, high }, queries);
  },
});
