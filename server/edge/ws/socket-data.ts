import type { ResumePoint } from '../../actors/connection/resume.ts';
import type { Identity } from '../../actors/services/tokens.ts';
import type { OpenSocket } from './open-socket.ts';
import type { Outbound } from './outbound.ts';

/** What a handshake says about the connection that it asks for. */
export interface Admission {
  readonly identity: Identity;
  readonly resume: ResumePoint;
  /** False: the connection appears offline from its first moment. */
  readonly visible: boolean;
  readonly address: string;
  readonly ipKey: string;
}

/** What a socket carries from its upgrade on. uWS copies each field to its own object. */
export interface SocketData {
  /** Until the socket is open. */
  admission: Admission | undefined;
  /** Since the socket is open. */
  outbound: Outbound | undefined;
  live: OpenSocket | undefined;
}
