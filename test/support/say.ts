import type { ChatSocket, ServerFrameOf } from './chat-socket.ts';

/** Sends a message, or a reply, and takes its `ack sent`. */
export const say = async (
  socket: ChatSocket,
  recipient: { readonly id: string },
  content: string,
  id: string = crypto.randomUUID(),
  replyTo?: string,
): Promise<ServerFrameOf<'ack'>> => {
  const reply = replyTo === undefined ? {} : { reply_to: replyTo };
  socket.send('message', { recipient_id: recipient.id, content, ...reply }, id);
  return await socket.next('ack', ({ payload }) => payload.message_id === id && payload.status === 'sent');
};
