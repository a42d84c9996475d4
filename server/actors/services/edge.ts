import type { SentMessage } from '../../protocol/messages/message.ts';
import type { CloseCode } from '../../protocol/close-codes.ts';
import { refOf } from '../../runtime/address.ts';
import type { BrokerState } from '../../notifier/host-notices.ts';
import type { Notice } from '../../notifier/notice.ts';
import type { ShownPresence } from '../../storage/shown-presence.ts';

/** What the edge is told for the connections it holds. */
export type EdgeMessage =
  /** A numbered event, already encoded, for every connection of one user. `requestId`: but not for the connection that made this
   *  request, which gets the writer's answer. */
  | {
      readonly type: 'deliver';
      readonly userId: string;
      readonly cursor: number;
      readonly frame: string;
      /** Whose presence the frame shows. Absent: nobody's. */
      readonly shown?: ShownPresence;
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
  /** What `peerId` sees of the presence of `userId` may have changed. They have written to `peerId` for the first time, and this comes after
   *  that message [S7]; or have blocked or unblocked them [B3]. */
  | { readonly type: 'introduce'; readonly userId: string; readonly peerId: string }
  | {
      readonly type: 'typing';
      readonly conversationId: string;
      readonly userId: string;
      readonly peerId: string;
      readonly typing: boolean;
    }
  /** The presence of a user has changed; those who see it are told what the store has by then. */
  | { readonly type: 'presence'; readonly userId: string }
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
