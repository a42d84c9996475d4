import type { ChatSocket, ServerFrameOf } from './chat-socket.ts';

/** Sends a message and takes its `ack sent`. */
export const say = async (
  socket: ChatSocket,
  recipient: { readonly id: string },
  content: string,
  id: string = crypto.randomUUID(),
): Promise<ServerFrameOf<'ack'>> => {
  socket.send('message', { recipient_id: recipient.id, content }, id);
  return await socket.next('ack', ({ payload }) => payload.message_id === id && payload.status === 'sent');
};
