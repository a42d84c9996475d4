import type { EdgeMessage } from '../../actors/services/edge.ts';
import type { Notice } from '../../notifier/notice.ts';
import type { CloseCode } from '../../protocol/close-codes.ts';

/** What the other hosts have to hear of something that this host's edge was told; null where it concerns this host alone, or where the
 *  writer tells them. `found`: of an eviction, the connections that are open here. */
export const noticeOf = (message: EdgeMessage, found: ReadonlySet<string>): Notice | null => {
  switch (message.type) {
    case 'typing':
      return { typing: [[message.conversationId, message.userId, message.peerId, message.typing]] };
    case 'presence':
      return { presence: [message.userId] };
    case 'revoke': {
      const { userId, sessionIds, code, reason } = message;
      return { revoked: sessionIds.map((sessionId) => [userId, sessionId, code, reason] as const) };
    }
    case 'evict': {
      const elsewhere = message.connections.filter(({ socketId }) => !found.has(socketId));
      if (elsewhere.length === 0) return null;
      return { evicted: elsewhere.map(({ socketId }) => [message.userId, socketId] as const) };
    }
    default:
      return null;
  }
};

/** What the edge does when another host has told this; without what has to be read from the store first: logs and presence. */
export const messagesOf = (notice: Notice): readonly EdgeMessage[] => [
  ...(notice.typing ?? []).map(([conversationId, userId, peerId, typing]): EdgeMessage => ({
    ...{ type: 'typing', conversationId, userId, peerId, typing },
  })),
  ...(notice.revoked ?? []).map(([userId, sessionId, code, reason]): EdgeMessage => ({
    // Sealed by a host of this cluster, which closed its own connections with it.
    ...{ type: 'revoke', userId, sessionIds: [sessionId], code: code as CloseCode, reason },
  })),
  ...(notice.evicted ?? []).map(([userId, socketId]): EdgeMessage => ({
    ...{ type: 'evict', userId, connections: [{ socketId, hostId: '' }] },
  })),
  ...(notice.introduced ?? []).map(([userId, peerId]): EdgeMessage => ({
    type: 'introduce',
    userId,
    peerId,
  })),
];
