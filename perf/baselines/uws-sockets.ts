import uWS, { type WebSocket } from 'uWebSockets.js';
import { accountIn, sayListening, syncFrame, type SentFrame } from './baseline-wire.ts';

interface Data {
  readonly accountId: string;
}

const utf8 = new TextDecoder();

/** The sockets of the servers that are made of uWebSockets.js and nothing else, by account. `received` is called for each frame. */
export const serveSockets = (
  received: (frame: SentFrame, accountId: string) => void,
): ReadonlyMap<string, Pick<WebSocket<unknown>, 'send'>> => {
  const online = new Map<string, WebSocket<Data>>();
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
        received(JSON.parse(utf8.decode(bytes)) as SentFrame, ws.getUserData().accountId);
      },
      close: (ws) => {
        online.delete(ws.getUserData().accountId);
      },
    })
    .listen('127.0.0.1', 0, (socket) => {
      if (socket === false) throw new Error('no port was free');
      sayListening(uWS.us_socket_local_port(socket));
    });
  return online;
};
