import type { LogEvent } from '../../server/protocol/server-frames.ts';
import type { WriteOutcome } from '../../server/storage/outcome.ts';
import type { Appended, WriteMessage, Writes } from '../../server/storage/writes.ts';

type Append = Writes['appendMessage']['in'];
export interface StoredMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly senderId: string;
  readonly recipientId: string;
  readonly content: string;
  readonly sentAt: number;
}
/** What stands at one place of one person's log. `receipt`: a later one may have taken its place away. */
export interface Entry {
  readonly frame: { readonly type: LogEvent['type']; readonly payload: Readonly<Record<string, unknown>> };
  readonly receipt: boolean;
}

type Entries<K, V> = readonly (readonly [K, V])[];
export interface LedgerCopy {
  readonly messages: Entries<string, StoredMessage>;
  readonly conversations: Entries<string, readonly [string, string]>;
  readonly logs: Entries<string, Map<number, Entry>>;
  readonly deleted: Entries<string, number>;
  readonly ended: Entries<string, number>;
  readonly cleared: Entries<string, Map<string, number>>;
  readonly written: readonly string[];
  readonly marks: Entries<string, number>;
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
  readonly #written = new Set<string>();
  readonly #marks = new Map<string, number>();
  readonly #broken: (rule: string, what: string) => void;

  constructor(broken: (rule: string, what: string) => void) {
    this.#broken = broken;
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
      written: [...this.#written],
      marks: [...this.#marks],
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
    this.#written.clear();
    for (const pair of copy.written) this.#written.add(pair);
    refill(this.#marks, copy.marks);
    return gone;
  }

  head(userId: string): number {
    return this.logs.get(userId)?.size ?? 0;
  }

  /** The consent by which `to` sees the presence of `from`. [S7] */
  hasWritten(from: string, to: string): boolean {
    return this.#written.has(`${from} ${to}`);
  }

  /** Whether a person has deleted their conversation with the message that stands at this place of their log, or that the event
   *  there is about. Receipts are not cleared [D10]. */
  isCleared(userId: string, { frame: { payload }, receipt }: Entry): boolean {
    const cleared = this.cleared.get(userId)?.get(String(payload['conversation_id'])) ?? 0;
    return !receipt && Number(payload['seq']) <= cleared;
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
    for (const { userId, event } of events) this.#log(userId, event.cursor, event);
    if (write.type === 'appendMessage' && 'kind' in result && result.kind === 'appended')
      this.#appended(write.input, result);
    else if (write.type === 'openConversation' && 'conversationId' in result) {
      const { userId, peerId } = write.input;
      this.conversations.set(result.conversationId, [userId, peerId]);
    } else if (write.type === 'hideConversation' && 'kind' in result && result.kind === 'hidden') {
      const { userId, conversationId } = write.input;
      const mine = this.cleared.get(userId) ?? new Map<string, number>();
      this.cleared.set(userId, mine.set(conversationId, this.lastSeq(conversationId)));
    } else if (write.type === 'endSession' && 'kind' in result && result.kind === 'ended')
      this.ended.set(write.input.sessionId, now);
    else if (write.type === 'deleteUser' && 'endedSessionIds' in result) {
      this.deleted.set(write.input.userId, now);
      for (const id of result.endedSessionIds) this.ended.set(id, now);
    }
  }

  #appended(input: Append, answer: Appended): void {
    const { messageId, senderId, pair, content } = input;
    const recipientId = senderId === pair.first ? pair.second : pair.first;
    const { conversationId, seq, sentAt, senderCursor, recipientCursor } = answer;
    const known = this.messages.get(messageId);
    if (answer.duplicate) {
      const same = known?.conversationId === conversationId && known.seq === seq && known.sentAt === sentAt;
      if (!same) this.#broken('I2', `a retry of ${messageId} was answered differently`);
      return;
    }
    if (known !== undefined) this.#broken('I2', `${messageId} was stored twice`);
    if (senderId !== pair.first && senderId !== pair.second)
      this.#broken('I8', `${messageId} is of a stranger`);
    if (this.deleted.has(pair.first) || this.deleted.has(pair.second))
      this.#broken('I7', `${messageId} was stored after a deletion`);
    const next = this.lastSeq(conversationId) + 1;
    if (seq !== next) this.#broken('I3', `seq ${String(seq)} follows ${String(next - 1)}`);
    this.conversations.set(conversationId, [pair.first, pair.second]);
    this.#written.add(`${senderId} ${recipientId}`);
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
    });
    const payload = {
      message_id: messageId,
      conversation_id: conversationId,
      seq,
      sender_id: senderId,
      content,
    };
    this.#log(senderId, senderCursor, { type: 'message', payload });
    this.#log(recipientId, recipientCursor, { type: 'message', payload });
  }

  #log(userId: string, cursor: number, event: { type: LogEvent['type']; payload: object }): void {
    const log = this.logs.get(userId) ?? new Map<number, Entry>();
    this.logs.set(userId, log);
    if (cursor !== log.size + 1)
      this.#broken('P4', `cursor ${String(cursor)} of ${userId} follows ${String(log.size)}`);
    const payload = { ...event.payload } as Record<string, unknown>;
    log.set(cursor, { frame: { type: event.type, payload }, receipt: event.type === 'ack' });
    if (event.type === 'ack') this.#receipt(userId, payload);
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
