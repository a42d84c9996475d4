import type { CatchUp } from '../../actors/connection/catch-up.ts';
import type { FrameBacklog } from '../../actors/connection/frame-backlog.ts';
import type { InFlightReactions } from '../../actors/connection/in-flight-reactions.ts';
import type { InFlightSends } from '../../actors/connection/in-flight-sends.ts';
import type { ConnectionMessage } from '../../actors/connection/messages.ts';
import type { ConnectionInfo } from '../../actors/user/messages.ts';
import type { CloseCode } from '../../protocol/close-codes.ts';
import type { Ref } from '../../runtime/address.ts';

/** What the list of all sockets asks of a connection in the same turn. See `Connection`. */
export interface SocketConnection {
  /** The messages that it is sending itself. */
  readonly inFlight: Pick<InFlightSends, 'has'>;
  /** The reactions that it has asked for itself. */
  readonly reactions: Pick<InFlightReactions, 'has'>;
  /** How far its user's log was sent. */
  readonly catchUp: Pick<CatchUp, 'cursor' | 'isLive'>;
  /** Frames that arrived and are not handled yet. */
  readonly backlog: Pick<FrameBacklog, 'add'>;
  closeNow(code: CloseCode, reason: string, revoked: boolean): void;
}

/** An open socket, as the list of all of them has it. */
export interface OpenSocket extends ConnectionInfo {
  readonly userId: string;
  readonly ipKey: string;
  readonly actor: Ref<ConnectionMessage>;
  readonly connection: SocketConnection;
  /** Its session was found in the store. */
  admitted: boolean;
}

/** What the actor of its user knows of it. */
export const infoOf = ({ socketId, sessionId, ipAddress, visible }: OpenSocket): ConnectionInfo => ({
  socketId,
  sessionId,
  ipAddress,
  visible,
});
