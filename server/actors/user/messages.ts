import type { Question } from '../../runtime/actor.ts';
import { refOf } from '../../runtime/address.ts';

/** One open connection of a user, as the user's actor knows it. */
export interface ConnectionInfo {
  readonly socketId: string;
  readonly sessionId: string;
  readonly ipAddress: string;
  /** False: this connection appears offline. */
  readonly visible: boolean;
}

/** `hostId`: under which this host is registered in the store now. */
export type UserMessage =
  | { readonly type: 'connected'; readonly hostId: string; readonly connection: ConnectionInfo }
  | { readonly type: 'disconnected'; readonly socketId: string }
  | Roster;

/** All open connections, after the thread of this actor was lost, or the host has registered anew. Answered once the store has them. */
export interface Roster extends Question<'registered'> {
  readonly type: 'roster';
  readonly hostId: string;
  readonly connections: readonly ConnectionInfo[];
}

export const user = (userId: string) => refOf<UserMessage>('user', userId);
