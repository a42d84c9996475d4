import type { LogEvent } from '../../server/protocol/server-frames.ts';
import type { WriteOutcome } from '../../server/storage/outcome.ts';
import type { Appended, Reacted, WriteMessage, Writes } from '../../server/storage/writes.ts';
import { SettingsLedger, type SettingsCopy } from './settings-ledger.ts';
import { isReplaced, subjectOf, type Entry } from './replaced-events.ts';
import { ProfileLedger, type LedgerProfile, type ProfilesCopy } from './profile-ledger.ts';

type Append = Writes['appendMessage']['in'];
type React = Writes['setReaction']['in'];
export interface StoredMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly senderId: string;
  readonly recipientId: string;
  readonly content: string;
  readonly sentAt: number;
  /** The id of the message that it replies to. */
  readonly replyTo: string | null;
}
/** How a user's reaction to a message was left by its last change. */
interface LedgerReaction {
  readonly messageId: string;
  readonly userId: string;
  readonly emoji: string | null;
  readonly cursor: number;
}
type Entries<K, V> = readonly (readonly [K, V])[];
export interface LedgerCopy {
  readonly messages: Entries<string, StoredMessage>;
  readonly conversations: Entries<string, readonly [string, string]>;
  readonly logs: Entries<string, Map<number, Entry>>;
  readonly deleted: Entries<string, number>;
  readonly ended: Entries<string, number>;
  readonly cleared: Entries<string, Map<string, number>>;
  readonly removed: Entries<string, number>;
  readonly written: readonly string[];
  readonly marks: Entries<string, number>;
  readonly reactions: Entries<string, LedgerReaction>;
  readonly profiles: ProfilesCopy;
  readonly settings: SettingsCopy;
}

const refill = <K, V>(map: Map<K, V>, entries: Entries<K, V>): void => {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
};

/** All that was committed, kept beside the store and by other means, so that the two can be held against each other. */
export class Ledger {
  readonly messages = new Map<string, StoredMessage>();
  readonly conversations = new Map<string, readonly [string, string]>();
  /** By person, by cursor. */
  readonly logs = new Map<string, Map<number, Entry>>();
  /** When each person was deleted. */
  readonly deleted = new Map<string, number>();
  /** When each session ended. */
  readonly ended = new Map<string, number>();
  /** By person, by conversation: up to which seq it was emptied. */
  readonly cleared = new Map<string, Map<string, number>>();
  /** By conversation: up to which seq retention has removed messages. */
  readonly #removed = new Map<string, number>();
  /** By message and user, in the order of the last changes. */
  readonly #reactions = new Map<string, LedgerReaction>();
  readonly profiles: ProfileLedger;
  readonly settings: SettingsLedger;
  readonly #written = new Set<string>();
  readonly #marks = new Map<string, number>();
  readonly #broken: (rule: string, what: string) => void;

  constructor(broken: (rule: string, what: string) => void) {
    this.#broken = broken;
    this.profiles = new ProfileLedger(broken);
    this.settings = new SettingsLedger(broken);
  }

  /** What there is now. */
  copy(): LedgerCopy {
    const { messages, conversations, logs, deleted, ended, cleared } = this;
    return {
      messages: [...messages],
      conversations: [...conversations],
      logs: [...logs].map(([id, log]) => [id, new Map(log)]),
      deleted: [...deleted],
      ended: [...ended],
      cleared: [...cleared].map(([id, seqs]) => [id, new Map(seqs)]),
      removed: [...this.#removed],
      written: [...this.#written],
      marks: [...this.#marks],
      reactions: [...this.#reactions],
      profiles: this.profiles.copy(),
      settings: this.settings.copy(),
    };
  }

  /** Nothing since the copy has happened. Returns the ids of the messages that are gone. */
  putBack(copy: LedgerCopy): ReadonlySet<string> {
    const kept = new Set(copy.messages.map(([id]) => id));
    const gone = new Set([...this.messages.keys()].filter((id) => !kept.has(id)));
    refill(this.messages, copy.messages);
    refill(this.conversations, copy.conversations);
    refill(
      this.logs,
      copy.logs.map(([id, log]) => [id, new Map(log)]),
    );
    refill(this.deleted, copy.deleted);
    refill(this.ended, copy.ended);
    refill(
      this.cleared,
      copy.cleared.map(([id, seqs]) => [id, new Map(seqs)]),
    );
    refill(this.#removed, copy.removed);
    this.#written.clear();
    for (const pair of copy.written) this.#written.add(pair);
    refill(this.#marks, copy.marks);
    refill(this.#reactions, copy.reactions);
    this.profiles.putBack(copy.profiles);
    this.settings.putBack(copy.settings);
    return gone;
  }

  head(userId: string): number {
    return this.logs.get(userId)?.size ?? 0;
  }

  /** The consent by which `to` sees the presence of `from`. [S7] */
  hasWritten(from: string, to: string): boolean {
    return this.#written.has(`${from} ${to}`);
  }

  /** Whether the message that stands at this place of a person's log, or that the event there is about, is gone for them: they have
   *  deleted the conversation with it, or retention has removed it. Receipts are something else [D10]. */
  isGone(userId: string, { frame: { payload }, receipt }: Entry): boolean {
    return !receipt && Number(payload['seq']) <= this.goneTo(userId, String(payload['conversation_id']));
  }

  /** Up to which seq a conversation is gone for a person. */
  goneTo(userId: string, conversationId: string): number {
    const cleared = this.cleared.get(userId)?.get(conversationId) ?? 0;
    return Math.max(cleared, this.removedTo(conversationId));
  }

  /** Up to which seq retention has removed the messages of a conversation. */
  removedTo(conversationId: string): number {
    return this.#removed.get(conversationId) ?? 0;
  }

  /** Whether the event at this place of a log is no longer told, because a later one says more. */
  isReplaced(userId: string, cursor: number, entry: Entry): boolean {
    return isReplaced(this.logs.get(userId) ?? new Map(), this.deleted, cursor, entry);
  }

  /** What a message shows, oldest first. */
  reactionsTo(messageId: string): readonly { readonly user_id: string; readonly emoji: string }[] {
    return [...this.#reactions.values()].flatMap((each) =>
      each.messageId === messageId && each.emoji !== null
        ? [{ user_id: each.userId, emoji: each.emoji }]
        : [],
    );
  }

  /** Whether a user can read a message: it was stored, and is not gone for them. */
  canRead(userId: string, messageId: string): boolean {
    const message = this.messages.get(messageId);
    if (message === undefined) return false;
    const isTheirs = [message.senderId, message.recipientId].includes(userId);
    return isTheirs && message.seq > this.goneTo(userId, message.conversationId);
  }

  arePartners(a: string, b: string): boolean {
    return [...this.conversations.values()].some((pair) => pair.includes(a) && pair.includes(b));
  }

  lastSeq(conversationId: string): number {
    let last = 0;
    for (const message of this.messages.values())
      if (message.conversationId === conversationId) last = Math.max(last, message.seq);
    return last;
  }

  committed(write: WriteMessage, outcome: WriteOutcome, now: number): void {
    if (!outcome.ok) return;
    const { result, events } = outcome;
    if (write.type === 'changeProfile' && 'kind' in result) {
      const { userId } = write.input;
      const isDeleted = this.deleted.has(userId);
      const kind = result.kind as Writes['changeProfile']['out']['kind'];
      this.profiles.changed(write.input, kind, { isDeleted, partners: this.#partnersOf(userId) });
    }
    if (write.type === 'changeSettings' && 'kind' in result) this.settings.changed(write.input, result.kind);
    if (write.type === 'setBlock' && 'kind' in result) this.settings.blocked(write.input, result.kind);
    const isStored = write.type === 'appendMessage' && 'kind' in result && result.kind === 'appended';
    // What a message brings back is told after it.
    const isBefore = ({ userId, event }: (typeof events)[number]): boolean =>
      !isStored ||
      event.cursor < (userId === write.input.senderId ? result.senderCursor : result.recipientCursor);
    for (const { userId, event } of events.filter(isBefore)) this.#log(userId, event.cursor, event);
    if (isStored) {
      this.#appended(write.input, result);
      for (const each of events) if (!isBefore(each)) this.#log(each.userId, each.event.cursor, each.event);
    } else if (write.type === 'setReaction' && 'isNew' in result)
      this.#reacted(
        write.input,
        result,
        events.map(({ userId }) => userId),
      );
    else if (write.type === 'openConversation' && 'conversationId' in result) {
      const { userId, peerId } = write.input;
      this.conversations.set(result.conversationId, [userId, peerId]);
    } else if (write.type === 'hideConversation' && 'kind' in result && result.kind === 'hidden') {
      const { userId, conversationId } = write.input;
      const mine = this.cleared.get(userId) ?? new Map<string, number>();
      this.cleared.set(userId, mine.set(conversationId, this.lastSeq(conversationId)));
      this.settings.reset(conversationId, userId);
    } else if (write.type === 'removeMessages' && 'kind' in result && result.kind === 'removed')
      this.#remove(write.input.ids);
    else if (write.type === 'endSession' && 'kind' in result && result.kind === 'ended')
      this.ended.set(write.input.sessionId, now);
    else if (write.type === 'deleteUser' && 'endedSessionIds' in result) {
      this.deleted.set(write.input.userId, now);
      this.settings.removed(write.input.userId);
      for (const id of result.endedSessionIds) this.ended.set(id, now);
    }
  }

  #appended(input: Append, answer: Appended): void {
    const { messageId, senderId, pair, content, replyTo = null } = input;
    const recipientId = senderId === pair.first ? pair.second : pair.first;
    const { conversationId, seq, sentAt, senderCursor, recipientCursor } = answer;
    const known = this.messages.get(messageId);
    if (answer.duplicate) {
      const same =
        known?.conversationId === conversationId &&
        known.seq === seq &&
        known.sentAt === sentAt &&
        known.replyTo === replyTo;
      if (!same) this.#broken('I2', `a retry of ${messageId} was answered differently`);
      return;
    }
    if (known !== undefined) this.#broken('I2', `${messageId} was stored twice`);
    if (senderId !== pair.first && senderId !== pair.second)
      this.#broken('I8', `${messageId} is of a stranger`);
    if (this.deleted.has(pair.first) || this.deleted.has(pair.second))
      this.#broken('I7', `${messageId} was stored after a deletion`);
    const repliedTo = replyTo === null ? undefined : this.messages.get(replyTo);
    if (repliedTo?.seq !== answer.replyTo?.seq || (repliedTo?.id ?? null) !== replyTo)
      this.#broken('M2', `${messageId} replies to ${String(replyTo)}, and was told otherwise`);
    if (repliedTo !== undefined && !this.canRead(senderId, repliedTo.id))
      this.#broken('M1', `${messageId} replies to what its sender can't read`);
    if (repliedTo !== undefined && repliedTo.conversationId !== conversationId)
      this.#broken('M1', `${messageId} replies to another conversation`);
    const next = this.lastSeq(conversationId) + 1;
    if (seq !== next) this.#broken('I3', `seq ${String(seq)} follows ${String(next - 1)}`);
    this.conversations.set(conversationId, [pair.first, pair.second]);
    this.#written.add(`${senderId} ${recipientId}`);
    this.settings.appended(conversationId, senderId, recipientId);
    for (const twin of this.messages.values())
      if (twin.content === content) this.#broken('I2', `${messageId} and ${twin.id} are one message`);
    this.messages.set(messageId, {
      id: messageId,
      conversationId,
      seq,
      senderId,
      recipientId,
      content,
      sentAt,
      replyTo,
    });
    const payload = {
      message_id: messageId,
      conversation_id: conversationId,
      seq,
      sender_id: senderId,
      content,
      reply_to: repliedTo === undefined ? null : { message_id: repliedTo.id, seq: repliedTo.seq },
    };
    this.#log(senderId, senderCursor, { type: 'message', payload });
    this.#log(recipientId, recipientCursor, { type: 'message', payload });
  }

  /** C8: the oldest ones go. A step that is repeated changes nothing, and a store may hold messages of other histories. */
  #remove(ids: readonly string[]): void {
    for (const id of ids) {
      const message = this.messages.get(id);
      if (message === undefined) continue;
      const { conversationId, seq } = message;
      const to = this.removedTo(conversationId);
      if (seq > to + 1) this.#broken('C8', `seq ${String(seq)} was removed, and ${String(to + 1)} is there`);
      this.#removed.set(conversationId, Math.max(to, seq));
    }
  }

  #partnersOf(userId: string): readonly string[] {
    return [...this.conversations.values()].flatMap((pair) => (pair.includes(userId) ? pair : []));
  }

  /** M4, M6, M8. `told`: whose log got an event. */
  #reacted({ messageId, userId, emoji }: React, answer: Reacted, told: readonly string[]): void {
    const key = `${messageId} ${userId}`;
    const before = this.#reactions.get(key);
    const message = this.messages.get(messageId);
    const broken = (rule: string, what: string): void => {
      this.#broken(rule, `the reaction of ${userId} to ${messageId} ${what}`);
    };
    if (message === undefined || !this.canRead(userId, messageId)) {
      broken('M7', 'is to what they cannot read');
      return;
    }
    if (((before?.emoji ?? null) !== emoji) !== answer.isNew) broken('M6', 'is not what it was said to be');
    if (!answer.isNew) {
      if (told.length > 0) broken('M6', 'is told, though nothing changed');
      if (before !== undefined && before.cursor !== answer.cursor)
        broken('M6', 'was made so by another event');
      return;
    }
    const peer = message.senderId === userId ? message.recipientId : message.senderId;
    if (this.deleted.has(userId) || this.deleted.has(peer)) broken('M7', 'was stored after a deletion');
    const expected = this.canRead(peer, messageId) ? [userId, peer] : [userId];
    if (told.join() !== expected.join()) broken('M8', `is told to ${told.join(' ')}`);
    this.#reactions.delete(key);
    this.#reactions.set(key, { messageId, userId, emoji, cursor: answer.cursor });
  }

  #log(userId: string, cursor: number, event: { type: LogEvent['type']; payload: object }): void {
    const log = this.logs.get(userId) ?? new Map<number, Entry>();
    this.logs.set(userId, log);
    if (cursor !== log.size + 1)
      this.#broken('P4', `cursor ${String(cursor)} of ${userId} follows ${String(log.size)}`);
    const payload = { ...event.payload } as Record<string, unknown>;
    log.set(cursor, { frame: { type: event.type, payload }, receipt: event.type === 'ack' });
    if (event.type === 'ack') this.#receipt(userId, payload);
    const about = subjectOf({ type: event.type, payload });
    if (about !== null && payload['change'] === 'updated')
      this.profiles.told(userId, about, payload['user'] as LedgerProfile);
  }

  /** I5: in one log the receipts of one kind about one conversation only rise. */
  #receipt(userId: string, payload: Readonly<Record<string, unknown>>): void {
    const own = this.messages.get(String(payload['message_id']))?.senderId === userId;
    const key = `${userId} ${String(payload['conversation_id'])} ${String(payload['status'])} ${String(own)}`;
    const seq = Number(payload['seq']);
    if (seq <= (this.#marks.get(key) ?? 0))
      this.#broken('I5', `a receipt went back to ${String(seq)}: ${key}`);
    this.#marks.set(key, seq);
  }
}
