import uWS, { type WebSocket } from 'uWebSockets.js';
import {
  accountIn,
  ackFrame,
  messageFrame,
  sayListening,
  syncFrame,
  type SentFrame,
} from './baseline-wire.ts';

/** Baseline (a), the limit: uWebSockets.js relaying JSON with nothing stored, nothing checked, no accounts. */
interface Data {
  readonly accountId: string;
}

const online = new Map<string, WebSocket<Data>>();
const utf8 = new TextDecoder();

uWS
  .App()
  .ws<Data>('/ws', {
    upgrade: (res, req, context) => {
      res.upgrade(
        { accountId: accountIn(req.getHeader('authorization')) },
        req.getHeader('sec-websocket-key'),
        '',
        req.getHeader('sec-websocket-extensions'),
        context,
      );
    },
    open: (ws) => {
      online.set(ws.getUserData().accountId, ws);
      ws.send(syncFrame(0));
    },
    message: (ws, bytes) => {
      const { id, type, payload } = JSON.parse(utf8.decode(bytes)) as SentFrame;
      if (type !== 'message') return;
      const sentAt = new Date().toISOString();
      const { recipient_id: recipientId, content } = payload;
      const senderId = ws.getUserData().accountId;
      online.get(recipientId)?.send(messageFrame({ id, senderId, recipientId, content, sentAt }));
      ws.send(ackFrame(id, sentAt));
    },
    close: (ws) => {
      online.delete(ws.getUserData().accountId);
    },
  })
  .listen('127.0.0.1', 0, (socket) => {
    if (socket === false) throw new Error('the relay found no port');
    sayListening(uWS.us_socket_local_port(socket));
  });
