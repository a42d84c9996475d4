import type { LogEvent } from '../protocol/down.ts';
import type { SearchAnswer } from '../protocol/http.ts';
import type { Conversation, Message, Session, User } from '../protocol/resources.ts';

/** The store as actors and edge know it: a map of writes that the writer applies, and queries that any
 *  read-only connection answers. Nothing outside `server/storage/` knows which database stands behind it.
 *  Expected outcomes are values (`kind`), not errors. All times are milliseconds since the epoch; the time of
 *  a write is the writer's clock, one `now` for one transaction. Ids are UUID texts. */

/** The two people of a conversation in ascending order of id: what names it before it exists. */
export interface Pair {
  readonly first: string;
  readonly second: string;
}

export interface NewSession {
  readonly id: string;
  readonly refreshHash: Uint8Array;
  readonly ttlMs: number;
  readonly ipAddress: string;
  readonly userAgent: string;
}

/** One event in one person's log. What a write logged beside the message itself is told by the writer, in the order of commits. */
export interface LoggedEvent {
  readonly userId: string;
  readonly event: LogEvent;
}

export interface Appended {
  readonly kind: 'appended';
  readonly conversationId: string;
  readonly seq: number;
  readonly sentAt: number;
  readonly senderCursor: number;
  readonly recipientCursor: number;
  readonly senderName: string;
  /** A repeated id: the values above are those of the first time, and nobody is told again. [D4] */
  readonly duplicate: boolean;
  /** The sender's first in the conversation: from now on the recipient sees their presence. [S7] */
  readonly first?: true;
}

/** Of deletions that were decided: nothing, partners who are not told yet, or traces that nobody is shown. */
export type DeletionsLeft = 'none' | 'telling' | 'erasing';

export interface Writes {
  /** Name, password and first session of a new person. */
  registerUser: {
    in: {
      id: string;
      username: string;
      passwordHash: string;
      session: NewSession;
      inviteHash: Uint8Array | null;
      signups: { key: string; perHour: number } | null;
    };
    out:
      | { kind: 'registered'; createdAt: number }
      | { kind: 'taken' }
      | { kind: 'invite-invalid' }
      | { kind: 'too-many'; retryAfterS: number };
  };
  /** Login: a further session; `rehash` replaces the stored password hash when parameters rose. */
  openSession: {
    in: { userId: string; session: NewSession; rehash: string | null };
    out: { kind: 'opened' } | { kind: 'not-found' };
  };
  /** Rotation of a refresh token. `repeated`: the same old token, whose successor nobody has used. `reused`: the whole session
   *  has been ended. */
  rotateRefresh: {
    in: { hash: Uint8Array; successorHash: Uint8Array; ttlMs: number };
    out:
      | { kind: 'rotated' | 'repeated'; userId: string; username: string; sessionId: string }
      | { kind: 'reused'; userId: string; sessionId: string }
      | { kind: 'unknown' };
  };
  endSession: { in: { userId: string; sessionId: string }; out: { kind: 'ended' | 'not-found' } };
  /** Ends all sessions but `keepSessionId`. */
  changePassword: {
    in: { userId: string; passwordHash: string; keepSessionId: string };
    out: { kind: 'changed'; endedSessionIds: readonly string[] } | { kind: 'not-found' };
  };
  /** Decides that one person is deleted: from then on they are shown as deleted everywhere. `left`: what `continueDeletions` has
   *  still to do, of this one or of others. [P7] [A5] */
  deleteUser: {
    in: { userId: string };
    out: { kind: 'deleted'; endedSessionIds: readonly string[]; left: DeletionsLeft } | { kind: 'not-found' };
  };
  /** Carries out what deletions have decided: at most so many rows. */
  continueDeletions: { in: { rows: number }; out: { left: DeletionsLeft } };
  /** Counts a failed login of one address (`key`) at one name; a window that has passed starts anew. Answers with the sum over
   *  all names. */
  recordLoginFailure: {
    in: { key: string; username: string; windowMs: number };
    out: { failures: number; firstAt: number };
  };
  /** Takes back the failures of one address at one name; `failures`: how many that were. */
  clearLoginFailures: { in: { key: string; username: string }; out: { kind: 'cleared'; failures: number } };
  createInvite: { in: { hash: Uint8Array }; out: { kind: 'created' } };
  /** Appends a message, assigns `seq` and both cursors, creates the conversation where there is none, shows it
   *  again to whoever had deleted it. `conflict`: the id is taken by another message, or the recipient is deleted. */
  appendMessage: {
    in: { messageId: string; pair: Pair; senderId: string; newConversationId: string; content: string };
    out: Appended | { kind: 'conflict'; reason: 'id-taken' | 'recipient-deleted' } | { kind: 'not-found' };
  };
  /** Moves `userId`'s mark up to the message with this `seq`, which the other person sent. Marks never go back; a mark that
   *  does not move makes no event. `read` moves `delivered` too. */
  advanceMark: {
    in: { conversationId: string; userId: string; seq: number; status: 'delivered' | 'read' };
    out: { kind: 'marked' } | { kind: 'not-found' };
  };
  openConversation: {
    in: { userId: string; peerId: string; newConversationId: string };
    out:
      | { kind: 'created' | 'existed'; conversationId: string }
      | { kind: 'not-found' }
      | { kind: 'peer-deleted' };
  };
  /** Hides and empties a conversation for one person. */
  hideConversation: {
    in: { userId: string; conversationId: string };
    out: { kind: 'hidden' } | { kind: 'not-found' };
  };
  /** A person's presence and which of their sessions have sockets now. `changed`: whether the status is another one than before.
   *  `lastSeen` moves only while the person can be seen; null: they never could. */
  setPresence: {
    in: {
      userId: string;
      status: 'online' | 'offline';
      connections: readonly { sessionId: string; websocketId: string; ipAddress: string }[];
    };
    out: { kind: 'set'; lastSeen: number | null; changed: boolean };
  };
  /** Maintenance in small steps, of at most `budget` rows a kind: expired sessions, limiter windows, what pages still hold of deleted
   *  people. `more`: call again. */
  prune: { in: { budget: number }; out: { more: boolean } };
  /** Proves that the writer commits. */
  probe: { in: Record<never, never>; out: { kind: 'ok' } };
}

export type WriteName = keyof Writes;
export type WriteMessage = {
  [W in WriteName]: { readonly type: W; readonly input: Writes[W]['in'] };
}[WriteName];
export type Write = <W extends WriteName>(type: W, input: Writes[W]['in']) => Promise<Writes[W]['out']>;

export interface ConversationState {
  readonly id: string;
  readonly lastSeq: number;
  /** By person: how far messages are delivered to and read by them. */
  readonly first: { readonly deliveredSeq: number; readonly readSeq: number };
  readonly second: { readonly deliveredSeq: number; readonly readSeq: number };
}

export interface MessageLocation {
  readonly conversationId: string;
  readonly pair: Pair;
  readonly seq: number;
  readonly senderId: string;
}

/** One call looks at a bounded number of messages, however few of them are hits. `next`: where a further call goes on for the rest of
 *  the page; null when the page is full, or nothing is left to look at. */
export type SearchPage = SearchAnswer & { readonly next: number | null };

export interface LogPage {
  readonly events: readonly LogEvent[];
  /** Where to go on: everything up to here is known. The head when `more` is false. */
  readonly cursor: number;
  readonly more: boolean;
}

/** Reads. Synchronous, each bounded by an index and a limit. Those named point queries may run on any thread that
 *  serves people; the others only in the helper pool. Everything is seen as `viewerId` may see it: what is not
 *  theirs is null or absent, exactly as what does not exist. [P5] */
export interface Queries {
  // point queries
  session(sessionId: string): { userId: string; username: string; expiresAt: number } | null;
  /** The id of the history that is stored here: made with the store, renewed by every restore and import. */
  history(): string;
  headCursor(userId: string): number;
  /** The cursor at which a message stands in a person's log; null when it is not in it. */
  messageCursor(userId: string, messageId: string): number | null;
  /** The last number of the log of the person whose session this is; null when the session has been ended. */
  sessionHead(sessionId: string): number | null;
  pair(conversationId: string): Pair | null;
  conversationState(pair: Pair): ConversationState | null;
  messageLocation(messageId: string): MessageLocation | null;
  /** A person by id; `deleted` people keep their row. */
  person(userId: string): { username: string; deleted: boolean } | null;
  /** Ready for a login; null for an unknown or deleted name. */
  credentials(username: string): { userId: string; passwordHash: string } | null;
  credentialsById(userId: string): { username: string; passwordHash: string } | null;
  loginFailures(key: string): { failures: number; firstAt: number } | null;
  signups(key: string): { count: number; firstAt: number } | null;
  /** Proves that the store can be read. */
  probe(): number;
  // helper pool
  me(userId: string): User | null;
  user(viewerId: string, userId: string): User | null;
  userIdByName(username: string): string | null;
  users(viewerId: string, prefix: string, limit: number): readonly User[];
  /** The people this person has written to: those who see their presence. [S7] */
  partners(userId: string): readonly string[];
  presenceOf(
    userIds: readonly string[],
  ): readonly { userId: string; status: 'online' | 'offline'; lastSeen: number | null }[];
  conversation(viewerId: string, conversationId: string): Conversation | null;
  conversations(
    viewerId: string,
    limit: number,
    before: string | null,
  ): { conversations: readonly Conversation[]; next: string | null } | null;
  messages(
    viewerId: string,
    conversationId: string,
    page: { before?: number; after?: number; around?: number; limit: number },
  ): { messages: readonly Message[]; has_more: boolean } | null;
  sessions(userId: string, currentSessionId: string): readonly Session[];
  search(
    viewerId: string,
    q: string,
    options: {
      type?: 'messages' | 'conversations' | 'users';
      limit: number;
      before?: string;
      /** `next` of the call before: goes on with messages alone. */
      below?: number;
    },
  ): SearchPage;
  /** Events after a cursor, oldest first, without receipts that a later one covers and without messages that this person has
   *  cleared. A page may be empty and lead on. [P4] [D10] */
  eventsAfter(userId: string, cursor: number, limit: number): LogPage;
  /** Messages to this person that no device has acknowledged as delivered. `cursor` 0 starts. */
  undelivered(userId: string, cursor: number, limit: number): LogPage;
}
export type QueryName = keyof Queries;
