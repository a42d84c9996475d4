import { BLOCKED_WORDS } from '../../../protocol/blocked-words.ts';
import type { Fault } from '../../../runtime/envelope.ts';
import { andThen } from '../../../runtime/maybe-promise.ts';
import type { MessageLocation } from '../../../storage/reads.ts';
import type { Reacted, Writes } from '../../../storage/writes.ts';
import { writer } from '../../services/writer.ts';
import type { ConnectionContext } from '../messages.ts';
import { isHostCurrent, type OpenConnection } from '../open-connection.ts';
import type { ClientFrameOf } from './frame.ts';
import { NOT_CURRENT, TOO_FAST } from './refusals.ts';

const REACT_TIMEOUT_MS = 8_000;
const NO_MESSAGE: Fault = { code: 'not_found', detail: 'There is no such message.' };
const TOO_MANY: Fault = {
  code: 'unavailable',
  detail: 'Too many reactions wait for their answer on this connection.',
};

/** Reacts to a message; the answer is `ack reacted` after the commit, or `error`. It may be repeated [M5] [M6]. */
export const onReaction = (
  frame: ClientFrameOf<'reaction'>,
  connection: OpenConnection,
  context: ConnectionContext,
): void | Promise<void> => {
  const { arrivedAt, deps, identity } = connection;
  const refuse = ({ code, detail }: Fault): void => {
    connection.refuse(code, detail, frame.id, context);
    deps.onHandled?.('reaction', arrivedAt);
  };
  if (!isHostCurrent(deps)) {
    refuse(NOT_CURRENT);
    return undefined;
  }
  if (!deps.maySend(identity.userId)) {
    refuse(TOO_FAST);
    return undefined;
  }
  return andThen(deps.locations.message(identity.userId, frame.payload.message_id), (place) => {
    if (connection.isClosed) return;
    const requestId = context.ids.next();
    if (!isHostCurrent(deps)) refuse(NOT_CURRENT);
    else if (place === null) refuse(NO_MESSAGE);
    else if (!connection.reactions.add(requestId, arrivedAt)) refuse(TOO_MANY);
    else react(frame, place, requestId, connection, context);
  });
};

/** Asks the writer. Once the reaction is committed, the writer tells both users of it, and answers this connection. */
const react = (
  { id, payload: { message_id: messageId, emoji } }: ClientFrameOf<'reaction'>,
  { pair }: MessageLocation,
  requestId: string,
  connection: OpenConnection,
  context: ConnectionContext,
): void => {
  const { userId } = connection.identity;
  context.pipe(
    writer,
    { type: 'setReaction', input: { messageId, pair, userId, emoji, requestId } },
    REACT_TIMEOUT_MS,
    (outcome) =>
      outcome.kind === 'reacted'
        ? { type: 'reacted', requestId, messageId, emoji, outcome }
        : { type: 'react-failed', requestId, ref: id, fault: refusalOf(outcome) },
    (fault) => ({ type: 'react-failed', requestId, ref: id, fault }),
  );
};

/** The fault for a reaction that the store refuses. */
const refusalOf = (outcome: Exclude<Writes['setReaction']['out'], Reacted>): Fault => {
  if (outcome.kind === 'not-found') return NO_MESSAGE;
  if (outcome.kind === 'blocked') return { code: 'forbidden', detail: BLOCKED_WORDS[outcome.by] };
  return { code: 'conflict', detail: 'This person has deleted their account.' };
};
