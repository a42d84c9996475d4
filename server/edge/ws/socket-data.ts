import type { ResumePoint } from '../../actors/connection/resume.ts';
import type { Identity } from '../../actors/services/tokens.ts';
import type { OpenSocket } from './open-socket.ts';
import type { Outbound } from './outbound.ts';

/** What a socket carries from its upgrade on. */
export interface SocketData {
  readonly identity: Identity;
  readonly resume: ResumePoint;
  /** False: the connection appears offline from its first moment. */
  readonly visible: boolean;
  readonly address: string;
  readonly ipKey: string;
  /** Since the socket is open. */
  outbound: Outbound | undefined;
  live: OpenSocket | undefined;
}
