import { storeAccess } from '../../actors/services/store-access.ts';
import { presenceFrame } from '../../actors/user/presence-frame.ts';
import { CLOSE, type CloseCode } from '../../protocol/close-codes.ts';
import type { Host } from '../../runtime/host.ts';
import type { OpenSocket } from './open-socket.ts';
import { PresenceTeller, type PresenceTellerDeps } from './presence-teller.ts';

/** The connections of this host. */
interface LocalConnections {
  of(userId: string): readonly OpenSocket[];
  close(live: OpenSocket, code: CloseCode, reason: string, revoked: boolean): void;
}

/** Tells these connections what the store has of the presence of others. */
export const presenceHere = (
  host: Host,
  connections: LocalConnections,
  onIncomplete: PresenceTellerDeps['onIncomplete'],
): PresenceTeller =>
  new PresenceTeller({
    read: storeAccess(host).read,
    clock: host.clock,
    tell: (presence, userIds) => {
      const here = userIds.flatMap((userId) => connections.of(userId));
      if (here.length === 0) return;
      const frame = presenceFrame(presence, host);
      for (const { actor } of here) host.tell(actor, { type: 'ephemeral', frame, about: presence.userId });
    },
    isConnected: (userId) => connections.of(userId).length > 0,
    disconnect: (userId) => {
      for (const live of connections.of(userId))
        connections.close(live, CLOSE.overloaded, 'presence cannot be told now', false);
    },
    onIncomplete,
  });
