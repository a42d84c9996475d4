import type { TemplatedApp, WebSocket } from 'uWebSockets.js';
import { Session, sessionProps } from '../../actors/session.ts';
import { session as sessionRef } from '../../actors/refs.ts';
import type { SessionDeps } from '../../actors/session-deps.ts';
import { CLOSE } from '../../protocol/errors.ts';
import { FRAME_MAX_BYTES, UNSENT_MAX_BYTES } from '../../protocol/limits.ts';
import type { Host } from '../../runtime/host.ts';
import type { Log } from '../../runtime/log.ts';
import type { Connections } from './connections.ts';
import { Flusher, Outbound } from './outbound.ts';
import type { SocketData } from './socket-data.ts';
import { upgrade, type UpgradeDeps } from './upgrade.ts';

export interface WsDeps {
  readonly host: Host;
  readonly log: Log;
  readonly connections: Connections;
  readonly session: SessionDeps;
  readonly upgrade: UpgradeDeps;
}

export interface WsMount {
  /** Sockets closed so far that had not read all that was sent to them: their close frame waits behind it. */
  closedUnsent(): number;
}

/** Above our own limit, so that a frame that is too big gets its close code: past this uWS cuts the line without a word (1006).
 *  The most that a socket's half frame can hold in memory; the idle timeout bounds for how long. [P9] */
const PAYLOAD_MAX_BYTES = 4 * 1024 * 1024;
/** uWS has checked the UTF-8; a byte order mark is kept, because a frame that begins with one is not JSON. [W1] */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Seconds without a byte after which uWS cuts a line: half frames and dead lines that the heartbeat of whole envelopes can't
 *  see. Longer than the heartbeat takes to close it itself (twice its length), so that this one never comes first; where
 *  that is more than uWS can count (960), 0: never. */
export const idleTimeoutS = (heartbeatS: number): number => {
  const seconds = Math.max(8, Math.ceil(3 * heartbeatS));
  return seconds > 960 ? 0 : seconds;
};

/** `GET /ws`: sockets become sessions. Every callback is wrapped: what is thrown into uWS ends the process. */
export const mountWs = (app: TemplatedApp, parts: WsDeps): WsMount => {
  const { host, log, connections } = parts;
  const flusher = new Flusher();

  /** One for all sockets. */
  const drained = (socketId: string): void => {
    host.tell(sessionRef(socketId), { type: 'drained' });
  };

  const guarded =
    <A extends unknown[]>(run: (ws: WebSocket<SocketData>, ...args: A) => void) =>
    (ws: WebSocket<SocketData>, ...args: A): void => {
      try {
        run(ws, ...args);
      } catch (error) {
        log.error({ err: error }, 'socket.callback-failed');
      }
    };

  app.ws<SocketData>('/ws', {
    compression: 0,
    maxPayloadLength: PAYLOAD_MAX_BYTES,
    maxBackpressure: 4 * UNSENT_MAX_BYTES,
    sendPingsAutomatically: false,
    idleTimeout: idleTimeoutS(parts.session.heartbeatS),
    upgrade: (res, req, context) => {
      upgrade(res, req, context, parts.upgrade);
    },
    open: guarded((ws) => {
      const data = ws.getUserData();
      const { identity, resume, address, ipKey } = data;
      const socketId = host.ids.next();
      const ref = sessionRef(socketId);
      data.outbound = new Outbound(socketId, ws, flusher, drained);
      data.live = {
        socketId,
        sessionId: identity.sessionId,
        userId: identity.userId,
        ipAddress: address,
        ipKey,
        visible: data.visible,
        session: ref,
      };
      const session = new Session(data.outbound, identity, parts.session);
      session.visible = data.visible;
      host.adopt(ref.address, sessionProps, session);
      // Subscribed first, then the log is read: nothing falls between.
      connections.opened(data.live);
      host.tell(ref, { type: 'open', ...resume });
    }),
    message: guarded((ws, bytes, isBinary) => {
      const ref = ws.getUserData().live?.session;
      if (ref === undefined) return;
      if (isBinary)
        host.tell(ref, { type: 'close', code: CLOSE.policy, reason: 'text frames only', revoked: false });
      else if (bytes.byteLength > FRAME_MAX_BYTES) host.tell(ref, { type: 'too-big' });
      // The buffer is uWS' own until we return; the text is ours.
      else host.tell(ref, { type: 'frame', text: utf8.decode(bytes) });
    }),
    drain: guarded((ws) => {
      ws.getUserData().outbound?.drained();
    }),
    close: guarded((ws) => {
      const { outbound, live } = ws.getUserData();
      outbound?.gone();
      if (live === undefined) return;
      connections.closed(live);
      host.tell(live.session, { type: 'close', code: CLOSE.normal, reason: 'gone', revoked: false });
    }),
  });
  return { closedUnsent: () => flusher.closedUnsent };
};
