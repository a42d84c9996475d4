import type { ResumePoint } from '../../actors/resume.ts';
import type { Identity } from '../../actors/session-deps.ts';
import type { Live } from './connections.ts';
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
  live: Live | undefined;
}
