import type { ClientFramePayload } from '../../protocol/up.ts';
import type { Fault } from '../../runtime/envelope.ts';
import type { Appended, Pair, Writes } from '../../storage/store.ts';
import { conversation, edge, pairOf, user } from '../refs.ts';
import type { OpenSession, SessionContext } from '../session-deps.ts';
import { POISON_MESSAGE } from '../quarantine.ts';
import type { Frame } from './frame.ts';

const POST_TIMEOUT_MS = 8_000;

/** Sends a message; the answer is `ack sent` after the commit, or `error`. Either way the same id may be sent
 *  again. [D2] [D4] */
export const onMessage = (frame: Frame<'message'>, session: OpenSession, context: SessionContext): void => {
  const { id, payload } = frame;
  const { userId } = session.identity;
  if (payload.recipient_id === undefined && payload.conversation_id === undefined) {
    session.refuse('bad_request', 'payload: recipient_id or conversation_id is needed', id, context);
    return;
  }
  if (payload.recipient_id === userId) {
    session.refuse('bad_request', 'payload.recipient_id: one cannot write to oneself', id, context);
    return;
  }
  const pair = pairFor(payload, session);
  if (pair === null) {
    session.refuse('not_found', 'There is no such conversation.', id, context);
    return;
  }
  if (!session.deps.maySend(userId) && !isRepeat(id, session)) {
    session.refuse('too_many_requests', 'You are sending too fast; try again in a moment.', id, context);
    return;
  }
  const { quarantine, locations: places } = session.deps;
  // One that was stored after all is answered as any repeat.
  if (quarantine.isQuarantined(id) && places.message(userId, id) === null) {
    session.refuse(POISON_MESSAGE.code, POISON_MESSAGE.detail, id, context);
    return;
  }
  switch (session.inFlight.add(id, pair, payload.content)) {
    case 'conflict':
      session.refuse('conflict', 'This id belongs to another message.', id, context);
      return;
    case 'full':
      session.refuse(
        'unavailable',
        'Too many messages wait for their answer on this connection.',
        id,
        context,
      );
      return;
    case 'added':
      break;
  }
  const recipientId = pair.first === userId ? pair.second : pair.first;
  const { content } = payload;
  const tellBoth = (appended: Appended): void => {
    context.tell(edge, {
      type: 'posted',
      messageId: id,
      senderId: userId,
      recipientId,
      content,
      except: session.socket.id,
      ...appended,
    });
    // Who is written to for the first time sees from now on whether the sender is there; until something changes, nothing else
    // would say so.
    if (appended.first === true) context.tell(user(userId), { type: 'introduce', peerId: recipientId });
  };
  quarantine.attempt(id, (attempt) => {
    context.pipe(
      conversation(pair),
      {
        type: 'post',
        messageId: id,
        senderId: userId,
        content: payload.content,
      },
      POST_TIMEOUT_MS,
      (outcome) => {
        quarantine.passed(id);
        attempt.done();
        if (outcome.kind !== 'appended')
          return { type: 'post-failed', messageId: id, fault: refusalOf(outcome) };
        // Here and not in the session, which may be gone by now: both people have the message in their logs. Of a repeat too: the
        // first answer may have come after its time, and told nobody. Whoever has the message passes over its number.
        tellBoth(outcome);
        return { type: 'posted', messageId: id, outcome };
      },
      (fault) => {
        const told = quarantine.failed(id, fault, attempt);
        attempt.done();
        return { type: 'post-failed', messageId: id, fault: told };
      },
    );
  });
};

/** What the store does not take. */
const refusalOf = (outcome: Exclude<Writes['appendMessage']['out'], Appended>): Fault => {
  if (outcome.kind === 'not-found') return { code: 'not_found', detail: 'There is no such person.' };
  const detail =
    outcome.reason === 'id-taken'
      ? 'This id belongs to another message.'
      : 'This person has deleted their account.';
  return { code: 'conflict', detail };
};

/** Under way, or stored already: a repeat adds no message, so no limit of messages stands before its answer. [D4] */
const isRepeat = (id: string, session: OpenSession): boolean => {
  const { userId } = session.identity;
  return session.inFlight.has(id) || session.deps.locations.message(userId, id)?.senderId === userId;
};

/** Both ids given must mean the same conversation. */
const pairFor = (payload: ClientFramePayload<'message'>, session: OpenSession): Pair | null => {
  const { userId } = session.identity;
  const byRecipient = payload.recipient_id === undefined ? undefined : pairOf(userId, payload.recipient_id);
  if (payload.conversation_id === undefined) return byRecipient ?? null;
  const byId = session.deps.locations.pair(userId, payload.conversation_id);
  if (byId === null || byRecipient === undefined) return byId;
  return byId.first === byRecipient.first && byId.second === byRecipient.second ? byId : null;
};
