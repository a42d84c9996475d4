import type { ClientFramePayload } from '../../../protocol/client-frames.ts';
import { BLOCKED_WORDS } from '../../../protocol/blocked-words.ts';
import type { Fault } from '../../../runtime/envelope.ts';
import { pairOf, type Pair } from '../../../storage/pair.ts';
import type { Appended, Writes } from '../../../storage/writes.ts';
import { POISON_MESSAGE } from '../../quarantine/quarantine.ts';
import { writer } from '../../services/writer.ts';
import type { ConnectionContext } from '../messages.ts';
import { andThen, type MaybePromise } from '../../../runtime/maybe-promise.ts';
import { isHostCurrent, type OpenConnection } from '../open-connection.ts';
import type { ClientFrameOf } from './frame.ts';
import { NOT_CURRENT, TOO_FAST } from './refusals.ts';

type Payload = ClientFramePayload<'message'>;

const POST_TIMEOUT_MS = 8_000;
const NO_CONVERSATION: Fault = { code: 'not_found', detail: 'There is no such conversation.' };

/** Sends a message; the answer is `ack sent` after the commit, or `error`. Either way the same id may be sent
 *  again. [D2] [D4] */
export const onMessage = (
  { id, payload }: ClientFrameOf<'message'>,
  connection: OpenConnection,
  context: ConnectionContext,
): void | Promise<void> => {
  if (connection.deps.tracer?.isArmed === true) claim(id, connection);
  if (!isHostCurrent(connection.deps)) {
    connection.refuse(NOT_CURRENT.code, NOT_CURRENT.detail, id, context);
    return undefined;
  }
  return andThen(pairFor(payload, connection), (pair) => {
    if ('code' in pair) {
      connection.refuse(pair.code, pair.detail, id, context);
      return;
    }
    return andThen(refusalBefore(id, connection), (before) => {
      if (connection.isClosed) return;
      const { content, reply_to: replyTo } = payload;
      const sent = { content, replyTo, attachments: namedIn(payload) };
      const added = () => connection.inFlight.add(id, pair, sent, connection.arrivedAt);
      // The host may have stood still while the store was asked.
      const refusal = isHostCurrent(connection.deps) ? (before ?? refusalInFlight(added())) : NOT_CURRENT;
      if (refusal !== null) connection.refuse(refusal.code, refusal.detail, id, context);
      else post(id, pair, payload, connection, context);
    });
  });
};

/** The attachments that the frame names; none for an empty list [G3]. */
const namedIn = ({ attachments }: Payload): Payload['attachments'] =>
  attachments?.length === 0 ? undefined : attachments;

const claim = (messageId: string, { identity, socket, arrivedAt, deps }: OpenConnection): void => {
  deps.tracer?.claim({ messageId, senderId: identity.userId, socketId: socket.id, arrivedAt });
};

/** The two users that the frame names, or the fault for one that names none. Both ids given must mean the same conversation. */
const pairFor = (payload: Payload, connection: OpenConnection): MaybePromise<Pair | Fault> => {
  const { userId } = connection.identity;
  const { recipient_id: recipientId, conversation_id: conversationId } = payload;
  if (recipientId === undefined && conversationId === undefined)
    return { code: 'bad_request', detail: 'payload: recipient_id or conversation_id is needed' };
  if (recipientId === userId)
    return { code: 'bad_request', detail: 'payload.recipient_id: one cannot write to oneself' };
  const byRecipient = recipientId === undefined ? null : pairOf(userId, recipientId);
  if (conversationId === undefined) return byRecipient ?? NO_CONVERSATION;
  return andThen(connection.deps.locations.pair(userId, conversationId), (byId) => {
    if (byId === null) return NO_CONVERSATION;
    const isOther =
      byRecipient !== null && (byId.first !== byRecipient.first || byId.second !== byRecipient.second);
    return isOther ? NO_CONVERSATION : byId;
  });
};

/** The fault for a message that is not let in now. */
const refusalBefore = (id: string, connection: OpenConnection): MaybePromise<Fault | null> => {
  const { userId } = connection.identity;
  const { maySend, quarantine, locations } = connection.deps;
  return andThen(maySend(userId) || isRepeat(id, connection), (mayGo) => {
    if (!mayGo) return TOO_FAST;
    if (!quarantine.isQuarantined(id)) return null;
    // If it was stored nevertheless, it is answered like any repeat.
    return andThen(locations.message(userId, id), (stored) => (stored === null ? POISON_MESSAGE : null));
  });
};

/** Under way, or stored already: a repeat adds no message, so no limit of messages stands before its answer. [D4] */
const isRepeat = (id: string, connection: OpenConnection): MaybePromise<boolean> => {
  const { userId } = connection.identity;
  if (connection.inFlight.has(id)) return true;
  return andThen(connection.deps.locations.message(userId, id), (stored) => stored?.senderId === userId);
};

const refusalInFlight = (added: 'added' | 'conflict' | 'full'): Fault | null => {
  switch (added) {
    case 'added':
      return null;
    case 'conflict':
      return { code: 'conflict', detail: 'This id belongs to another message.' };
    case 'full':
      return {
        code: 'unavailable',
        detail: 'Too many messages wait for their answer on this connection.',
      };
  }
};

/** Asks the writer. Once the message is committed, the writer tells both users of it, and answers this connection. */
const post = (
  messageId: string,
  pair: Pair,
  payload: Payload,
  connection: OpenConnection,
  context: ConnectionContext,
): void => {
  const { quarantine, tracer } = connection.deps;
  const { content, reply_to: replyTo } = payload;
  const attachments = namedIn(payload);
  const senderId = connection.identity.userId;
  quarantine.attempt(messageId, (attempt) => {
    const message = { messageId, pair, senderId, newConversationId: context.ids.next(), content };
    const input =
      replyTo === undefined && attachments === undefined
        ? message
        : { ...message, ...(replyTo !== undefined && { replyTo }), ...(attachments && { attachments }) };
    const isTraced = tracer?.isFollowing === true && tracer.follows(messageId, connection.socket.id);
    if (isTraced) tracer.asked();
    context.pipe(
      writer,
      isTraced ? { type: 'appendMessage', input, traced: true } : { type: 'appendMessage', input },
      POST_TIMEOUT_MS,
      (outcome) => {
        quarantine.passed(messageId);
        attempt.done();
        return outcome.kind === 'appended'
          ? { type: 'posted', messageId, outcome }
          : { type: 'post-failed', messageId, fault: refusalOf(outcome) };
      },
      (fault) => {
        const told = quarantine.failed(messageId, fault, attempt);
        attempt.done();
        return { type: 'post-failed', messageId, fault: told };
      },
    );
  });
};

/** The fault for a message that the store refuses. */
const refusalOf = (outcome: Exclude<Writes['appendMessage']['out'], Appended>): Fault => {
  if (outcome.kind === 'not-found') return { code: 'not_found', detail: 'There is no such person.' };
  if (outcome.kind === 'bad-reply')
    return { code: 'bad_request', detail: 'payload.reply_to: there is no such message in this conversation' };
  if (outcome.kind === 'bad-attachment')
    return {
      code: 'bad_request',
      detail: 'payload.attachments: each must be one that you have uploaded and not sent',
    };
  if (outcome.kind === 'blocked') return { code: 'forbidden', detail: BLOCKED_WORDS[outcome.by] };
  const detail =
    outcome.reason === 'id-taken'
      ? 'This id belongs to another message.'
      : 'This person has deleted their account.';
  return { code: 'conflict', detail };
};
