import type { SocketConnection } from '../../server/edge/ws/open-socket.ts';

/** A connection that sends nothing itself and has the log up to a cursor, as the list of all sockets sees it. */
export const quietConnection = (part: Partial<SocketConnection> = {}): SocketConnection => ({
  inFlight: { has: () => false },
  reactions: { has: () => false },
  catchUp: { cursor: 0, isLive: true },
  backlog: { add: () => true },
  closeNow: () => undefined,
  ...part,
});
