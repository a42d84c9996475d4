import type { LogEvent } from '../protocol/server-frames.ts';
import type { SearchAnswer } from '../protocol/resources/search.ts';
import type { ConversationResource } from '../protocol/resources/conversation.ts';
import type { MessageResource } from '../protocol/resources/message.ts';
import type { SessionResource } from '../protocol/resources/session.ts';
import type { UserResource } from '../protocol/resources/user.ts';
import type { Pair } from './pair.ts';
import type { AttachmentReads, StoredAttachment } from './attachments/stored-attachment.ts';
import type { Avatar } from './profile-writes.ts';
import type { PushAudience, PushQuestion, PushSubscription } from './push-subscriptions.ts';
import type { AuditDetail, PresenceState, RepliedTo, Role } from './writes.ts';

/** What the store can be asked. All times are milliseconds since the epoch. Ids are UUIDs
 *  as text. */

export interface MessageLocation {
  readonly conversationId: string;
  readonly pair: Pair;
  readonly seq: number;
  readonly senderId: string;
}

/** One call looks at a bounded number of messages, however few of them are hits. `next`: where another call continues the page;
 *  null if the page is full or no messages are left. */
export type SearchPage = SearchAnswer & { readonly next: number | null };

export interface LogPage {
  readonly events: readonly LogEvent[];
  /** Where to continue: everything up to here is covered. The end of the log if `more` is false. */
  readonly cursor: number;
  readonly more: boolean;
}

/** Which conversations of a list are wanted; what is not given makes no difference. */
export interface ListFilter {
  readonly pinned?: boolean;
  readonly archived?: boolean;
}

/** The log of one user, from a cursor on. */
export interface AskedLog {
  readonly userId: string;
  readonly after: number;
}

export interface SeenPresence extends Pick<PresenceState, 'userId' | 'status' | 'lastSeen'> {
  /** Who sees it: those whom the user has written to, and does not block [S7]. */
  readonly observers: readonly string[];
  /** Who would see it, if the user did not block them [B3]. */
  readonly hiddenFrom: readonly string[];
}

/** A host that is registered in the store. Times are those of the store. */
interface StoredHost {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly startedAt: number;
  readonly heartbeatAt: number;
  /** Of its users. */
  readonly connections: number;
}

/** A login session and its user. */
export interface StoredSession {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly expiresAt: number;
}

/** A user as operators see them. */
export interface AdminUser {
  readonly id: string;
  readonly username: string;
  readonly displayName: string | null;
  readonly about: string | null;
  /** The version of the avatar. */
  readonly avatar: string | null;
  readonly role: Role;
  readonly createdAt: number;
  /** Null for a user who may log in. */
  readonly disabledAt: number | null;
  /** Null for one who was never online. */
  readonly lastSeen: number | null;
  /** Login sessions that have not expired. */
  readonly sessions: number;
}

/** A reaction to a message, as it is when the message goes. */
interface ExpiredReaction {
  readonly userId: string;
  readonly emoji: string;
  readonly at: number;
  /** In the log of this user. */
  readonly cursor: number;
  /** In the log of the other user; null if it is not there. */
  readonly peerCursor: number | null;
}

/** A message that is past its time, with all that an archive holds of it. */
export interface ExpiredMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly senderId: string;
  readonly senderCursor: number;
  readonly recipientCursor: number;
  readonly sentAt: number;
  readonly content: string;
  readonly replyTo: RepliedTo | null;
  readonly reactions: readonly ExpiredReaction[];
  /** The ids of all attachments that it was sent with, in their order. */
  readonly attachmentIds: readonly string[];
  /** Those that are still there. */
  readonly attachments: readonly ExpiredAttachment[];
}

/** `at`: when it was uploaded. `position`: among those of its message, from 0. */
interface ExpiredAttachment extends StoredAttachment {
  readonly at: number;
  readonly position: number;
}

export interface StoredInvite {
  readonly id: number;
  readonly createdAt: number;
  readonly usesLeft: number;
  readonly uses: number;
  /** Of the last use. */
  readonly usedAt: number | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

export interface AuditRecord {
  /** Rises with each record. */
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly origin: string;
  readonly action: string;
  /** The user it was done to, by the name they have now. */
  readonly subject: { readonly id: string; readonly username: string } | null;
  readonly target: string | null;
  readonly detail: AuditDetail | null;
}

/** The reads, by name: what they are asked and what they answer. Each is bounded by an index and a limit. Point queries may be asked
 *  by any thread that serves users; the others only in the helper pool. Answers contain what `viewerId` may see: what belongs to
 *  others is null or absent, exactly like what does not exist [P5]. */
export interface Reads extends AttachmentReads {
  // point queries
  session(sessionId: string): StoredSession | null;
  /** The id of the stored history: created with the store, renewed by every restore and import. */
  history(): string;
  headCursor(userId: string): number;
  /** The cursor at which a message stands in a person's log; null when it is not in it. */
  messageCursor(userId: string, messageId: string): number | null;
  /** The last cursor in the log of the user of this session; null if the session has ended. */
  sessionHead(sessionId: string): number | null;
  pair(conversationId: string): Pair | null;
  messageLocation(messageId: string): MessageLocation | null;
  /** Ready for a login; null for an unknown or deleted name. */
  credentials(username: string): { userId: string; passwordHash: string } | null;
  credentialsById(userId: string): { username: string; passwordHash: string } | null;
  signups(key: string): { count: number; firstAt: number } | null;
  /** Whose code for a new password this is; null for an unknown, used or expired one. */
  passwordReset(codeHash: Uint8Array): { userId: string; username: string } | null;
  /** Proves that the store can be read. */
  probe(): number;
  // helper pool
  me(userId: string): UserResource | null;
  user(viewerId: string, userId: string): UserResource | null;
  /** Null for an unknown or deleted user, and for one without an avatar. */
  avatar(userId: string): Avatar | null;
  userIdByName(username: string): string | null;
  /** Users whose username begins with `prefix`, in the order of the names; then those with a display name of which some words begin with
   *  the words of `prefix` [U7]. */
  users(viewerId: string, prefix: string, limit: number): readonly UserResource[];
  /** Whom a user blocks, the last one first. */
  blocks(userId: string): readonly UserResource[];
  /** Whether one of the two users of a conversation blocks the other. */
  hasBlock(conversationId: string): boolean;
  /** The people this person has written to and does not block: those who see their presence. [S7] [B3] */
  partners(userId: string): readonly string[];
  presenceOf(
    userIds: readonly string[],
  ): readonly { userId: string; status: 'online' | 'offline'; lastSeen: number | null }[];
  conversation(viewerId: string, conversationId: string): ConversationResource | null;
  conversations(
    viewerId: string,
    limit: number,
    before: string | null,
    only?: ListFilter,
  ): { conversations: readonly ConversationResource[]; next: string | null } | null;
  messages(
    viewerId: string,
    conversationId: string,
    page: { before?: number; after?: number; around?: number; limit: number },
  ): { messages: readonly MessageResource[]; has_more: boolean } | null;
  sessions(userId: string, currentSessionId: string): readonly SessionResource[];
  /** Where pushes for this session go; null if it has asked for none. */
  pushSubscription(sessionId: string): PushSubscription | null;
  search(
    viewerId: string,
    q: string,
    options: {
      type?: 'messages' | 'conversations' | 'users';
      limit: number;
      before?: string;
      /** `next` of the previous call: continues with messages only. */
      below?: number;
    },
  ): SearchPage;
  /** Events after a cursor, oldest first, without receipts that a later one covers, and without messages of conversations that
   *  this user has deleted since. A page may be empty and still have a next one [P4] [D10]. */
  eventsAfter(userId: string, cursor: number, limit: number): LogPage;
  /** Messages to this user that no device has acknowledged as delivered [D11]. `cursor` 0: from the beginning. */
  undelivered(userId: string, cursor: number, limit: number): LogPage;
  // for many users at once, in the helper pool
  /** `sessionHead` of many, in the order of the ids. */
  sessionHeads(sessionIds: readonly string[]): readonly (number | null)[];
  /** `eventsAfter` of many, in the order of the questions. */
  logs(asked: readonly AskedLog[], limit: number): readonly LogPage[];
  /** The presence of users, and who sees it. Unknown and deleted users are left out [S7]. */
  seenPresence(userIds: readonly string[]): readonly SeenPresence[];
  /** Users whose presence may have changed at this time or later, by id. `after`: the last id of the page before. */
  presenceChangedSince(at: number, page: { after: string | null; limit: number }): readonly string[];
  /** Who has blocked or unblocked whom at this time or later, as far as the log of the one who did so still says it: pairs of that user and
   *  the other one, in the order of these times, each as often as it has changed. `after`: `next` of the page before; null from the
   *  beginning. */
  blocksChangedSince(
    at: number,
    page: { after: string | null; limit: number },
  ): { pairs: readonly (readonly [userId: string, peerId: string])[]; next: string | null };
  /** Who is to be told of messages by pushes, in the order of the questions. Sessions that have expired are left out. `hostId`: the host
   *  that asks, which knows its own connections better than the store. */
  pushAudiences(asked: readonly PushQuestion[], hostId: string): readonly PushAudience[];
  // for operators, in the helper pool
  /** By name. `after`: the last name of the page before. */
  adminUsers(page: { after: string | null; prefix: string; limit: number }): readonly AdminUser[];
  adminUser(username: string): AdminUser | null;
  /** What users are called now; a deleted one like all of them. Unknown ids are left out. */
  usernames(userIds: readonly string[]): readonly { userId: string; username: string }[];
  adminSessions(userId: string): readonly SessionResource[];
  /** Newest first. `before`: the last id of the page before. */
  invites(page: { before: number | null; limit: number }): readonly StoredInvite[];
  /** Newest first. `before`: the last id of the page before. */
  auditRecords(page: { before: number | null; limit: number }): readonly AuditRecord[];
  /** Those that live, the oldest first; none with a store that only one host can use. */
  hosts(): readonly StoredHost[];
  /** Messages that retention may remove next: the oldest ones that are there, as far as they were sent before a time. Messages before one
   *  that stays, stay too: those stored before it with SQLite, those of its conversation with PostgreSQL. `after`: `next` of the page
   *  before, which need not have been removed; null from the beginning. A page may be empty and still have a next one. */
  expiredMessages(page: { before: number; after: string | null; limit: number }): {
    messages: readonly ExpiredMessage[];
    next: string | null;
  };
  /** How many messages retention has removed from this store, and when its last run ended. */
  retention(): { removed: number; lastRunAt: number | null };
  /** How many users and conversations there have ever been: deleted users count, and so do conversations that nobody lists any more.
   *  Messages are those that are there, and reactions those that are set on them. Attachments that are not sent yet count too;
   *  `attachmentBytes`: of all of them, each as if it had its own file. From 10,000 attachments on, both may be a minute old. */
  storeCounts(): {
    users: number;
    conversations: number;
    messages: number;
    reactions: number;
    attachments: number;
    attachmentBytes: number;
  };
}
export type QueryName = keyof Reads;

/** Asks the store. Sees every commit that has been answered. Rejects with `unavailable` (ParleyError) if the store cannot be read
 *  now, and with `internal` if what it holds is damaged. */
export type Queries = {
  readonly [Q in QueryName]: (...args: Parameters<Reads[Q]>) => Promise<ReturnType<Reads[Q]>>;
};
