import type { TemplatedApp, WebSocket } from 'uWebSockets.js';
import { Connection, connectionProps } from '../../actors/connection/connection.ts';
import { connection as connectionRef } from '../../actors/connection/messages.ts';
import type { ConnectionDeps } from '../../actors/connection/open-connection.ts';
import { CLOSE } from '../../protocol/close-codes.ts';
import { FRAME_MAX_BYTES, UNSENT_MAX_BYTES } from '../../protocol/limits.ts';
import type { Host } from '../../runtime/host.ts';
import type { Logger } from '../../runtime/log/log.ts';
import type { Connections } from './connections.ts';
import { Flusher, Outbound } from './outbound.ts';
import type { SocketData } from './socket-data.ts';
import { upgrade, type UpgradeDeps } from './upgrade.ts';

export interface WsDeps {
  readonly host: Host;
  readonly log: Logger;
  readonly connections: Connections;
  readonly connection: ConnectionDeps;
  readonly upgrade: UpgradeDeps;
}

export interface WsMount {
  /** Sockets closed so far that had not read all that was sent to them: their close frame waits behind it. */
  closedUnsent(): number;
}

/** Larger than FRAME_MAX_BYTES, so that an oversized frame gets its close code; above this limit uWS cuts the connection without
 *  one (1006) [W1]. It also bounds the memory for an incomplete frame; the idle timeout bounds for how long [P9]. */
const PAYLOAD_MAX_BYTES = 4 * 1024 * 1024;
/** uWS has checked the UTF-8; a byte order mark is kept, because a frame that begins with one is not JSON. [W1] */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Seconds without a byte after which uWS closes a connection: for incomplete frames and dead connections that the heartbeat,
 *  which counts whole frames, cannot notice. Longer than the heartbeat needs to close it (twice its interval), so that the
 *  heartbeat comes first. If that is more than uWS supports (960), 0: never. */
export const idleTimeoutS = (heartbeatS: number): number => {
  const seconds = Math.max(8, Math.ceil(3 * heartbeatS));
  return seconds > 960 ? 0 : seconds;
};

/** `GET /ws`: sockets become connections. Every callback is wrapped: what is thrown into uWS ends the process. */
export const mountWs = (app: TemplatedApp, deps: WsDeps): WsMount => {
  const sockets = new Sockets(deps);
  const guarded =
    <A extends unknown[]>(run: (ws: WebSocket<SocketData>, ...args: A) => void) =>
    (ws: WebSocket<SocketData>, ...args: A): void => {
      try {
        run(ws, ...args);
      } catch (error) {
        deps.log.error({ err: error }, 'socket.callback-failed');
      }
    };
  app.ws<SocketData>('/ws', {
    compression: 0,
    maxPayloadLength: PAYLOAD_MAX_BYTES,
    maxBackpressure: 4 * UNSENT_MAX_BYTES,
    sendPingsAutomatically: false,
    idleTimeout: idleTimeoutS(deps.connection.heartbeatS),
    upgrade: (res, req, context) => {
      upgrade(res, req, context, deps.upgrade);
    },
    open: guarded(sockets.opened),
    message: guarded(sockets.received),
    drain: guarded((ws) => ws.getUserData().outbound?.drained()),
    close: guarded(sockets.closed),
  });
  return sockets;
};

/** What happens to the sockets of one app, told to their connections. */
class Sockets implements WsMount {
  readonly #deps: WsDeps;
  readonly #flusher = new Flusher();

  constructor(deps: WsDeps) {
    this.#deps = deps;
  }

  closedUnsent(): number {
    return this.#flusher.closedUnsent;
  }

  readonly opened = (ws: WebSocket<SocketData>): void => {
    const { host, connections, connection: deps } = this.#deps;
    const data = ws.getUserData();
    if (data.admission === undefined) return;
    const { identity, resume, address, ipKey, visible } = data.admission;
    data.admission = undefined;
    const socketId = host.ids.next();
    const ref = connectionRef(socketId);
    data.outbound = new Outbound(socketId, ws, this.#flusher, this.#drained);
    const connection = new Connection(data.outbound, identity, deps);
    connection.visible = visible;
    data.live = {
      socketId,
      sessionId: identity.sessionId,
      userId: identity.userId,
      ipAddress: address,
      ipKey,
      visible,
      actor: ref,
      connection,
      admitted: false,
    };
    host.adopt(ref, connectionProps, connection);
    // Subscribed first, then the log is read: nothing falls between.
    connections.opened(data.live);
    host.tell(ref, { type: 'open', ...resume });
  };

  readonly received = (ws: WebSocket<SocketData>, bytes: ArrayBuffer, isBinary: boolean): void => {
    const { host, connections } = this.#deps;
    const at = host.clock.monotonic();
    const { live } = ws.getUserData();
    if (live === undefined) return;
    const { actor: ref, connection } = live;
    if (isBinary)
      host.tell(ref, { type: 'close', code: CLOSE.policy, reason: 'text frames only', revoked: false });
    else if (bytes.byteLength > FRAME_MAX_BYTES) host.tell(ref, { type: 'too-big' });
    else {
      // The buffer is uWS' own until we return; the text is ours.
      const text = utf8.decode(bytes);
      if (connection.backlog.add(text.length)) host.tell(ref, { type: 'frame', text, at });
      else connections.close(live, CLOSE.flooding, 'too many frames are waiting', false);
    }
  };

  readonly closed = (ws: WebSocket<SocketData>): void => {
    const { host, connections } = this.#deps;
    const { outbound, live } = ws.getUserData();
    outbound?.gone();
    if (live === undefined) return;
    connections.closed(live);
    host.tell(live.actor, { type: 'close', code: CLOSE.normal, reason: 'gone', revoked: false });
  };

  /** One function for all sockets. */
  readonly #drained = (socketId: string): void => {
    this.#deps.host.tell(connectionRef(socketId), { type: 'drained' });
  };
}
