import type { Pair } from './pair.ts';
import type { Blocked, ConversationWrites } from './conversation-writes.ts';
import type { ProfileWrites } from './profile-writes.ts';
import type { AttachmentWrites, StoredAttachment } from './attachments/stored-attachment.ts';
import type { PushWrites } from './push-subscriptions.ts';

/** What the store can be changed to: a map of writes, which the writer applies in the order of their arrival. Nothing outside
 *  `server/storage/` knows which database is behind it. Expected outcomes are return values (`kind`), not errors. All times are
 *  milliseconds since the epoch; a write's time is the writer's clock, with one `now` for a transaction. Ids are UUIDs as text. */

/** How long an actor waits for a write before it asks again. */
export const REPEATED_AFTER_MS = 5_000;

export interface NewSession {
  readonly id: string;
  readonly refreshHash: Uint8Array;
  readonly ttlMs: number;
  readonly ipAddress: string;
  readonly userAgent: string;
}

/** The message that another one replies to. */
export interface RepliedTo {
  readonly id: string;
  readonly seq: number;
}

export interface Appended {
  readonly kind: 'appended';
  readonly conversationId: string;
  readonly seq: number;
  readonly sentAt: number;
  readonly senderCursor: number;
  readonly recipientCursor: number;
  readonly senderName: string;
  /** A repeated id: the values above are those of the first time, and nothing is announced again [D4]. */
  readonly duplicate: boolean;
  /** Of a reply that is stored for the first time. */
  readonly replyTo?: RepliedTo;
  /** Of a message with attachments that is stored for the first time, in their order. */
  readonly attachments?: readonly StoredAttachment[];
  /** The sender's first in the conversation: from now on the recipient sees their presence. [S7] */
  readonly first?: true;
}

export interface Reacted {
  readonly kind: 'reacted';
  readonly conversationId: string;
  readonly seq: number;
  readonly at: number;
  /** In the log of the user who reacted. */
  readonly cursor: number;
  readonly isNew: boolean;
}

/** Who carries out an operator's write, for the audit log: an account of the system or `admin:` and a user id, and from where. */
export interface Audit {
  readonly actor: string;
  readonly origin: string;
}

export type Role = 'user' | 'admin';
export type InviteRule = 'required' | 'first-admin' | 'optional';
export type AuditDetail = Readonly<Record<string, string | number | boolean | null>>;

/** What `continueSteps` still has to do: nothing, tell partners of a deletion or of a changed profile, or erase traces that are no longer
 *  shown. */
export type StepsLeft = 'none' | 'telling' | 'erasing';

/** The stored presence of a user after a write [S6] [S8]: online with the first visible connection at any host; offline at once if the
 *  others are invisible, and after a grace time if there are none. */
export interface PresenceState {
  readonly userId: string;
  readonly status: 'online' | 'offline';
  /** Moves only while the user is visible; null: they never were. */
  readonly lastSeen: number | null;
  /** Whether the user has a connection at any host. If not, whoever has removed the last one calls `settlePresence` after the grace
   *  time. */
  readonly isConnected: boolean;
  /** Who has to be told: those whom the user has written to, if this write has changed the status [S7]. */
  readonly observers: readonly string[];
}

interface TellsAnyway {
  /** The answer to an earlier write was lost: `observers` are named even if this one changes nothing. */
  readonly tellAnyway: boolean;
}

export interface Writes extends ProfileWrites, ConversationWrites, PushWrites, AttachmentWrites {
  /** Name, password and first session of a new user. `inviteHash` may be that of the first-admin link, which makes the user an admin.
   *  `inviteRule` says what it has to be. `required` (if absent): a valid invitation, or that link. `first-admin`: that link.
   *  `optional`: that link if it is still good; invitations are not looked at [A2] [A11]. */
  registerUser: {
    in: {
      id: string;
      username: string;
      passwordHash: string;
      session: NewSession;
      inviteHash: Uint8Array | null;
      inviteRule?: InviteRule;
      signups: { key: string; perHour: number } | null;
    };
    out:
      | { kind: 'registered'; createdAt: number; role: Role }
      | { kind: 'taken' }
      | { kind: 'invite-invalid' }
      | { kind: 'too-many'; retryAfterS: number };
  };
  /** Login: adds a session, unless the user is disabled [A9]. `verifiedHash`: the stored hash that the password was checked against;
   *  `stale`: another one is stored by now, so the password has to be checked again. `rehash` replaces the stored password hash after
   *  the parameters were raised. */
  openSession: {
    in: { userId: string; session: NewSession; verifiedHash: string; rehash: string | null };
    out: { kind: 'opened' } | { kind: 'not-found' } | { kind: 'disabled' } | { kind: 'stale' };
  };
  /** Rotates a refresh token. `repeated`: the old token came again, and its successor was not used yet. `reused`: its successor
   *  was used, and the whole session has been ended. */
  rotateRefresh: {
    in: { hash: Uint8Array; successorHash: Uint8Array; ttlMs: number };
    out:
      | { kind: 'rotated' | 'repeated'; userId: string; username: string; sessionId: string }
      | { kind: 'reused'; userId: string; sessionId: string }
      | { kind: 'unknown' };
  };
  /** `audit`: an operator ends it. */
  endSession: {
    in: { userId: string; sessionId: string; audit?: Audit | null };
    out: { kind: 'ended' | 'not-found' };
  };
  /** Ends all sessions but `keepSessionId`. `verifiedHash` and `stale`: as in `openSession`. */
  changePassword: {
    in: { userId: string; verifiedHash: string; passwordHash: string; keepSessionId: string };
    out: { kind: 'changed'; endedSessionIds: readonly string[] } | { kind: 'not-found' } | { kind: 'stale' };
  };
  /** Marks a user as deleted, and removes their profile; from then on every answer shows that. `left`: what `continueSteps` still has to do for this or
   *  other deletions [P7] [A5]. `audit`: an operator deletes the user, without a password. `verifiedHash` and `stale`: as in
   *  `openSession`. */
  deleteUser: {
    in: { userId: string; verifiedHash: string } | { userId: string; audit: Audit };
    out:
      | { kind: 'deleted'; endedSessionIds: readonly string[]; left: StepsLeft }
      | { kind: 'not-found' }
      | { kind: 'stale' };
  };
  /** Carries on with what takes long, over at most `rows` rows: tells partners of changed profiles and of deletions, and erases what
   *  deleted users have left. */
  continueSteps: { in: { rows: number }; out: { left: StepsLeft } };
  /** Takes a slot, without which no password from an address (`key`) is tried, if its failures and the slots that it holds are fewer
   *  than `maxFailures`. So guesses at the same moment cannot pass before they are counted, whichever hosts they come to. A slot
   *  lasts `LOGIN_SLOT_MS`, so those of a host that died end. `slot`: its id, new for each attempt. `limited`: the failures alone
   *  reach the limit, until their window ends at `until`. `wait`: an outcome is awaited; how many slots there are, and when the first
   *  of them ends [A4]. */
  enterLogin: {
    in: { key: string; slot: string; maxFailures: number; windowMs: number };
    out:
      | { kind: 'entered' }
      | { kind: 'limited'; until: number }
      | { kind: 'wait'; slots: number; firstEndsAt: number };
  };
  /** Gives a slot back. `wrong`: a failure with one name takes its place, in the window that began with the first failure; a slot that
   *  has ended counts too, because its holder did try a password. `right`: takes back the failures with this name. `void`: no
   *  password was tried. Returns the failures of the address that count now, and when their window began. */
  settleLogin: {
    in: {
      key: string;
      slot: string;
      username: string;
      outcome: 'right' | 'wrong' | 'void';
      windowMs: number;
    };
    out: { failures: number; firstAt: number };
  };
  /** Forgets the failed logins with one user name at all addresses, or all those of one address (`key`). `keys`: the addresses
   *  whose login throttles have to read their counts again. `more`: call again; one call handles a bounded number of addresses. */
  unlockLogins: {
    in: ({ username: string } | { key: string }) & { audit: Audit | null };
    out:
      { kind: 'unlocked'; failures: number; keys: readonly string[]; more: boolean } | { kind: 'not-found' };
  };
  /** Makes an invitation that is good for `uses` registrations (1 if absent), for `ttlMs` (without end if absent or null). `id`:
   *  its number in lists [A2]. */
  createInvite: {
    in: { hash: Uint8Array; uses?: number; ttlMs?: number | null; audit?: Audit | null };
    out: { kind: 'created'; id: number };
  };
  /** `unchanged`: it had been revoked before. Who registered with it is not affected. */
  revokeInvite: {
    in: { id: number; audit: Audit | null };
    out: { kind: 'revoked' | 'unchanged' | 'not-found' };
  };
  /** Makes the link of a store that has never had a user; whoever registers with it is an admin. It is good once, for `ttlMs`, and
   *  the one before is no longer valid. `in-use`: there is or was a user, and nothing has changed [A11]. */
  offerFirstAdmin: {
    in: { hash: Uint8Array; ttlMs: number };
    out: { kind: 'offered'; expiresAt: number } | { kind: 'in-use' };
  };
  setUserRole: {
    in: { username: string; role: Role; audit: Audit | null };
    out: { kind: 'changed' | 'unchanged'; userId: string } | { kind: 'not-found' };
  };
  /** Disabling ends all sessions, and no new one can begin until the user is enabled. The history stays [A9]. */
  setUserDisabled: {
    in: { username: string; disabled: boolean; audit: Audit | null };
    out:
      | { kind: 'changed' | 'unchanged'; userId: string; endedSessionIds: readonly string[] }
      | { kind: 'not-found' };
  };
  /** Makes a one-time code for a new password; an earlier one of the same user is no longer valid [A10]. */
  createPasswordReset: {
    in: { username: string; codeHash: Uint8Array; ttlMs: number; audit: Audit | null };
    out: { kind: 'created'; userId: string; expiresAt: number } | { kind: 'not-found' };
  };
  /** Uses up a code: sets the password, ends all sessions and adds a new one. `disabled`: nothing has changed [A10]. */
  usePasswordReset: {
    in: { codeHash: Uint8Array; passwordHash: string; session: NewSession };
    out:
      | { kind: 'used'; userId: string; endedSessionIds: readonly string[] }
      | { kind: 'invalid' }
      | { kind: 'disabled' };
  };
  /** Records what an operator did outside the writes above, such as a backup. `target` names what is not a user. Neither `target`
   *  nor `detail` may hold the name of a user: the record outlives it. */
  recordAudit: {
    in: {
      audit: Audit;
      action: string;
      subjectId: string | null;
      target: string | null;
      detail: AuditDetail | null;
    };
    out: { kind: 'recorded' };
  };
  /** Appends a message and assigns `seq` and both cursors. Creates the conversation if there is none, and shows it again to a
   *  user who had deleted it. `replyTo`: the id of the message that it replies to. `conflict`: the id belongs to another message, or the
   *  recipient is deleted. `bad-reply`: there is no such message to reply to that the sender can read [M1]. `attachments`: the ids of those
   *  that it carries, in their order. `bad-attachment`: one of them is none that the sender has uploaded and not sent, or is named twice
   *  [G3]. */
  appendMessage: {
    in: {
      messageId: string;
      pair: Pair;
      senderId: string;
      newConversationId: string;
      content: string;
      replyTo?: string;
      attachments?: readonly string[];
    };
    out:
      | Appended
      | { kind: 'conflict'; reason: 'id-taken' | 'recipient-deleted' }
      | Blocked
      | { kind: 'bad-reply' }
      | { kind: 'bad-attachment' }
      | { kind: 'not-found' };
  };
  /** Sets, replaces or takes back (`emoji` null) the reaction of a user to a message. `pair`: the two users of its conversation.
   *  `requestId`: by it the connection that asked is known, which gets the answer in place of the event. Answers with the change that
   *  made it so, which has happened now (`isNew`) or earlier; if there never was one, with the message's own cursor and time [M6].
   *  `conflict`: the other user is deleted. */
  setReaction: {
    in: { messageId: string; pair: Pair; userId: string; emoji: string | null; requestId: string };
    out: Reacted | { kind: 'conflict' } | Blocked | { kind: 'not-found' };
  };
  /** Moves the delivered or read position of `userId` up to the message with this `seq`, which the peer sent. Positions never go
   *  back; one that does not move makes no event. `read` moves `delivered` too [D8]. Answers with the positions that are stored now.
   *  `pair`: the two users of the conversation. */
  advancePosition: {
    in: { conversationId: string; pair: Pair; userId: string; seq: number; status: 'delivered' | 'read' };
    out: { kind: 'advanced'; delivered: number; read: number } | { kind: 'not-found' };
  };
  /** Says that a host lives; to be repeated every second. `registers`: its first, under an id that is new with each life of a host.
   *  `gone`: it is not registered, or has been silent for so long that it counts as dead; it registers anew with a new id, and its
   *  open connections after it. `others`: the ids of the other hosts that live. `abandoned`: connections of dead hosts are left, or
   *  users who closed theirs there right before, for `settleAbandoned`. */
  heartbeat: {
    in: { hostId: string; registers: { name: string; version: string } | null };
    out: { kind: 'alive' | 'gone'; others: readonly string[]; abandoned: boolean };
  };
  /** Registers an open connection of a user at a host; again for one that is registered already. Beyond `SOCKETS_PER_USER` at all
   *  hosts together the oldest of the user's are removed (`evicted`), for their hosts to close [O11]. `cursor`: the end of the user's
   *  log. `ended`: the session does not exist (any more). `gone`: as in `heartbeat`. */
  openConnection: {
    in: {
      hostId: string;
      userId: string;
      sessionId: string;
      socketId: string;
      visible: boolean;
      ipAddress: string;
    } & TellsAnyway;
    out:
      | {
          kind: 'opened';
          cursor: number;
          presence: PresenceState;
          evicted: readonly { socketId: string; hostId: string }[];
        }
      | { kind: 'ended' }
      | { kind: 'gone' };
  };
  /** Removes the connections of a user at a host, all but those with the ids in `keep`. */
  closeConnections: {
    in: { hostId: string; userId: string; keep: readonly string[] } & TellsAnyway;
    out: { presence: PresenceState };
  };
  /** Makes one connection visible or invisible; nothing happens if it is not registered [S8]. */
  showConnection: {
    in: { userId: string; socketId: string; visible: boolean } & TellsAnyway;
    out: { presence: PresenceState };
  };
  /** After the grace time: a user without any connection is offline. */
  settlePresence: { in: { userId: string } & TellsAnyway; out: { presence: PresenceState } };
  /** Removes the connections of dead hosts, of at most `limit` users. The grace time of these users has passed, and so has that of
   *  users who closed their last connection right before: the host that was to settle them is dead. Any host may do so. `more`: call
   *  again. */
  settleAbandoned: { in: { limit: number }; out: { presences: readonly PresenceState[]; more: boolean } };
  /** Begins a run of retention, or goes on with one that was broken off. `run`: its id. `file`: the name of its archive. `everyMs`: not
   *  if the last run ended less than this ago (`not-due`). `busy`: another run is under way. The answer names the archive: that of a run
   *  that was broken off, or this `file`, and how many of its bytes hold messages that are gone; what follows there is still in the
   *  store. */
  startRetention: {
    in: { run: string; file: string; everyMs: number };
    out: { kind: 'started'; file: string; bytes: number } | { kind: 'busy' } | { kind: 'not-due' };
  };
  /** Removes messages that are archived: `bytes` is how long the archive is with them. They must be those that `expiredMessages` named
   *  first. What stays of each is what a repeat of its id needs for the first answer [D4]. `lost`: another run has taken over, or the
   *  messages are not the oldest; nothing has changed. May be repeated. */
  removeMessages: {
    in: { run: string; ids: readonly string[]; file: string; bytes: number };
    out: { kind: 'removed' | 'lost' };
  };
  /** `removed`: how many messages this run has removed, for the audit log. A run without messages leaves no record there. */
  endRetention: {
    in: { run: string; removed: number; before: number; audit: Audit | null };
    out: { kind: 'ended' | 'lost' };
  };
  /** Maintenance in small steps of at most `budget` rows of each kind: expired sessions and codes, windows of limits, remaining traces of
   *  deleted users, the oldest audit records. `auditKept`: how many of these stay, if other than `AUDIT_KEPT`. `more`: call again. */
  prune: { in: { budget: number; auditKept?: number }; out: { more: boolean } };
  /** Proves that the writer commits. */
  probe: { in: Record<never, never>; out: { kind: 'ok' } };
}

export type WriteName = keyof Writes;
export type WriteMessage = {
  [W in WriteName]: { readonly type: W; readonly input: Writes[W]['in'] };
}[WriteName];
export type Write = <W extends WriteName>(type: W, input: Writes[W]['in']) => Promise<Writes[W]['out']>;
