import type { ChatSocket, ServerFrameOf } from './chat-socket.ts';

/** Reacts to a message, and takes the server's answer. */
export const react = async (
  socket: ChatSocket,
  messageId: string,
  emoji: string | null,
): Promise<ServerFrameOf<'ack'>> => {
  socket.send('reaction', { message_id: messageId, emoji });
  return await socket.next(
    'ack',
    ({ payload }) => payload.status === 'reacted' && payload.message_id === messageId,
  );
};

/** A reaction that the server refuses: under which code. */
export const refusedReaction = async (
  socket: ChatSocket,
  messageId: string,
  emoji: string | null,
): Promise<string> => {
  const ref = socket.send('reaction', { message_id: messageId, emoji });
  return (await socket.next('error', ({ payload }) => payload.ref === ref)).payload.code;
};
