import type { SentMessage } from '../../protocol/messages/message.ts';
import type { CloseCode } from '../../protocol/errors.ts';
import { refOf } from '../../runtime/address.ts';
import type { BrokerState } from '../../notifier/host-notices.ts';
import type { Notice } from '../../notifier/notice.ts';
import type { SeenPresence } from '../../storage/reads.ts';

/** What the edge is told for the connections it holds. */
export type EdgeMessage =
  /** A numbered event, already encoded, for every connection of one user. `requestId`: but not for the connection that made this
   *  request, which gets the writer's answer. */
  | {
      readonly type: 'deliver';
      readonly userId: string;
      readonly cursor: number;
      readonly frame: string;
      readonly requestId?: string;
    }
  /** A committed message, for every connection of both users. */
  | ({
      readonly type: 'message';
      readonly senderCursor: number;
      readonly recipientCursor: number;
    } & SentMessage)
  /** Something may have been committed without an announcement: the connections of these users compare themselves with the store. */
  | { readonly type: 'compare'; readonly userIds: readonly string[] | 'all' }
  /** `userId` has written to `peerId` for the first time, and this comes after that message [S7]; or has blocked or unblocked them [B3]. */
  | { readonly type: 'introduce'; readonly userId: string; readonly peerId: string }
  | {
      readonly type: 'typing';
      readonly conversationId: string;
      readonly userId: string;
      readonly peerId: string;
      readonly typing: boolean;
    }
  /** The presence of a user has changed; for those who see it. */
  | { readonly type: 'presence'; readonly presence: SeenPresence }
  /** A frame without a number for every connection of these users; may be dropped under pressure. */
  | {
      readonly type: 'ephemeral';
      readonly userIds: readonly string[];
      readonly frame: string;
      /** Whose state the frame tells. Under pressure the newest frame about each user is kept for later instead. */
      readonly about?: string;
    }
  /** Connections that gave way to a newer one of their user. Those of other hosts are for these to close. */
  | {
      readonly type: 'evict';
      readonly userId: string;
      readonly connections: readonly { readonly socketId: string; readonly hostId: string }[];
    }
  /** Close the sockets of these sessions, after a `session revoked` frame. */
  | {
      readonly type: 'revoke';
      readonly userId: string;
      readonly sessionIds: readonly string[];
      readonly code: CloseCode;
      readonly reason: string;
    }
  /** Another host has something to tell. */
  | { readonly type: 'notice'; readonly notice: Notice }
  /** Another host may have told something that did not arrive: everything connected here is compared with the store. */
  | { readonly type: 'reconcile' }
  | { readonly type: 'broker'; readonly broker: BrokerState };
export const edge = refOf<EdgeMessage>('edge', 'main');
