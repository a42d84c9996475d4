import { ackFrame, messageFrame } from './baseline-wire.ts';
import { serveSockets } from './uws-sockets.ts';

/** Baseline (a), the limit: uWebSockets.js relaying JSON with nothing stored, nothing checked, no accounts. */
const online = serveSockets(({ id, type, payload }, senderId) => {
  if (type !== 'message') return;
  const sentAt = new Date().toISOString();
  const { recipient_id: recipientId, content } = payload;
  online.get(recipientId)?.send(messageFrame({ id, senderId, recipientId, content, sentAt }));
  online.get(senderId)?.send(ackFrame(id, sentAt));
});
