import { isDeepStrictEqual } from 'node:util';
import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import type { Identity } from '../../server/actors/services/tokens.ts';
import { decodeFrame } from '../../ui/net/frame-codec.ts';
import { isDurable, type DurableFrame } from '../../ui/net/frames.ts';
import { MAY_BE_LEFT_OUT, type ReplayKind } from '../../ui/sync/resume.ts';
import type { Entry } from './replaced-events.ts';
import { short } from './trace.ts';
import type { World } from './world.ts';

const REVOKED_WITHIN_MS = 5_000;
/** That a session has ended, or that a host does not answer now, anybody may be told. */
const SAYS_NOTHING = /"type":"(session|error|ping|pong)"/;

/** Holds what one connection is told against what was committed, and against the rules of PROTOCOL.md. */
export class Observer {
  readonly #world: World;
  readonly #name: string;
  #identity: Identity | undefined;
  /** What was gone before this connection: it is not told again. */
  #goneBefore: ReadonlyMap<string, number> = new Map();
  /** The number counted on; null before the first `sync`. */
  #at: number | null = null;
  /** Where a client's own `sync` may take the count back to. */
  #asked: number[] = [];
  /** Numbers were left out: a further `sync` has to say so. */
  #jumped: string | null = null;
  #last = 0;
  #onSynced: (() => void) | null = null;
  #retired = false;

  constructor(world: World, name: string) {
    this.#world = world;
    this.#name = name;
  }

  opened(identity: Identity): void {
    this.#identity = identity;
    const { ledger } = this.#world;
    this.#goneBefore = new Map(
      [...ledger.conversations.keys()].map((id) => [id, ledger.goneTo(identity.userId, id)]),
    );
  }

  /** What is committed is no longer what this connection was told. */
  retire(): void {
    this.#retired = true;
  }

  whenSynced(run: () => void): void {
    this.#onSynced = run;
  }

  /** A frame of the device. */
  sent(text: string): void {
    const frame = JSON.parse(text) as { id: string; type: string; payload: { cursor?: number } };
    this.#world.trace.note(
      `${this.#name} > ${frame.type} ${frame.type === 'message' ? short(frame.id) : ''}`,
    );
    const from = frame.payload.cursor ?? 0;
    // From beyond the log means from its beginning. [O5]
    if (frame.type === 'sync') this.#asked.push(from > this.#last ? 0 : from);
  }

  /** A frame leaves the server. I9 */
  leaving(text: string): void {
    const ended = this.#world.ledger.ended.get(this.#identity?.sessionId ?? '');
    const late = this.#world.scheduler.now - (ended ?? Infinity);
    if (late <= REVOKED_WITHIN_MS || SAYS_NOTHING.test(text)) return;
    this.#broken('I9', `told ${late.toFixed(0)} ms after its session ended: ${text.slice(0, 200)}`);
  }

  arrived(text: string): void {
    const frame = decodeFrame(text);
    if (frame === null) {
      this.#broken('W1', `a frame that is none: ${text.slice(0, 80)}`);
      return;
    }
    this.#world.trace.note(`${this.#name} < ${told(frame)}`);
    if (this.#retired) return;
    // Of a deleted person's own log nothing is promised any more; the connection is about to be closed.
    if (this.#world.ledger.deleted.has(this.#identity?.userId ?? '')) return;
    if (isDurable(frame)) {
      this.#compare(frame);
      this.#count(frame);
    } else if (frame.type === 'sync') {
      this.#at = frame.payload.cursor;
      this.#jumped = null;
      this.#last = frame.payload.cursor;
      this.#onSynced?.();
      this.#onSynced = null;
    } else if (frame.type === 'presence') {
      if (!this.#world.ledger.hasWritten(frame.payload.user_id, this.#identity?.userId ?? ''))
        this.#broken('S7', 'presence of somebody who never wrote');
    } else if (frame.type === 'typing') {
      const me = this.#identity?.userId ?? '';
      if (!this.#world.ledger.arePartners(me, frame.payload.user_id))
        this.#broken('I6', 'typing of a stranger');
    }
  }

  /** At the end: nothing that was left out stayed unexplained. */
  rest(): void {
    if (this.#retired) return;
    if (this.#world.ledger.deleted.has(this.#identity?.userId ?? '')) return;
    if (this.#jumped !== null) this.#broken('O7', this.#jumped);
  }

  /** I1, I8: every event is one of this person's log, and says what was committed. */
  #compare(frame: DurableFrame): void {
    const { ledger } = this.#world;
    if (
      (frame.type === 'message' || frame.type === 'reaction') &&
      frame.payload.seq <= (this.#goneBefore.get(frame.payload.conversation_id) ?? 0)
    )
      this.#broken('D10', `${told(frame)} was gone before`);
    const userId = this.#identity?.userId ?? '';
    const entry = ledger.logs.get(userId)?.get(frame.cursor);
    const isSent = frame.type === 'ack' && frame.payload.status === 'sent';
    if (entry === undefined)
      this.#broken(isSent ? 'I1' : 'I8', `${told(frame)} was never committed for this person`);
    else if (!matches(frame, entry, userId))
      this.#broken(
        isSent ? 'I2' : 'I8',
        `${told(frame)} is not ${JSON.stringify(entry.frame).slice(0, 300)}`,
      );
    // Live as it was told to all, in a replay as it is by then [U4].
    if (frame.type === 'user' && frame.payload.change === 'updated' && !('deleted' in frame.payload.user)) {
      const { user } = frame.payload;
      if (!ledger.profiles.hasHad(user.id, user))
        this.#broken('U3', `${told(frame)} tells what was never so`);
    }
    if (!isSent) return;
    const stored = ledger.messages.get(frame.payload.message_id);
    const same = stored?.seq === frame.payload.seq && stored.senderId === userId;
    if (!same || Date.parse(frame.payload.sent_at ?? '') !== stored.sentAt)
      this.#broken('I2', `${told(frame)}: another answer than the first`);
  }

  /** O7: after `sync` by exactly one; before it, and in a catch-up, upwards. */
  #count(frame: DurableFrame): void {
    const { cursor } = frame;
    if (cursor === this.#last + 1 && this.#at !== null) {
      this.#last = this.#at = cursor;
      return;
    }
    const repeated =
      frame.type === 'ack' && ['sent', 'reacted'].includes(frame.payload.status) && cursor <= this.#last;
    if (repeated) return;
    if (cursor > this.#last) {
      if (this.#at !== null) {
        this.#jumped ??= `${told(frame)} follows ${String(this.#last)} and no sync came`;
        this.#mayLackBetween(this.#last, cursor);
      }
      this.#last = cursor;
      if (this.#at !== null) this.#at = cursor;
      return;
    }
    const asked = this.#asked.findIndex((from) => cursor > from);
    if (asked < 0) this.#broken('O7', `${told(frame)} follows ${String(this.#last)}`);
    this.#asked.splice(asked, 1);
    this.#last = cursor;
    this.#at = null;
  }

  /** D10: what is left out are receipts, and what is about a message that is gone. The client's table says
   *  which kinds of events that can be. */
  #mayLackBetween(low: number, high: number): void {
    const { ledger } = this.#world;
    const userId = this.#identity?.userId ?? '';
    for (let at = low + 1; at < high; at += 1) {
      const entry = ledger.logs.get(userId)?.get(at);
      if (
        entry === undefined ||
        !MAY_BE_LEFT_OUT[replayKindOf(entry)] ||
        (!entry.receipt && !ledger.isGone(userId, entry) && !ledger.isReplaced(userId, at, entry))
      )
        this.#broken('P4', `number ${String(at)} was left out`);
    }
  }

  #broken(rule: string, what: string): void {
    this.#world.broken(rule, `${this.#name}: ${what}`);
  }
}

/** The acks of messages and reactions are no entries: their places hold what they answer. */
const replayKindOf = ({ frame: { type, payload } }: Entry): ReplayKind => {
  if (type === 'user') return payload['change'] === 'deleted' ? 'user' : 'updated';
  if (type === 'conversation') return payload['change'] === 'updated' ? 'updated' : type;
  if (type !== 'ack') return type;
  return payload['status'] === 'read' ? 'read' : 'delivered';
};

const matches = (frame: DurableFrame, entry: Entry, userId: string): boolean => {
  const { type, payload } = entry.frame;
  switch (frame.type) {
    case 'message':
      return (
        type === 'message' &&
        payload['message_id'] === frame.payload.message_id &&
        payload['seq'] === frame.payload.seq &&
        (payload['content'] === frame.payload.content || frame.payload.is_anonymized) &&
        isDeepStrictEqual(payload['reply_to'], frame.payload.reply_to)
      );
    case 'reaction':
      return type === 'reaction' && isDeepStrictEqual(payload, { ...frame.payload });
    case 'ack':
      if (frame.payload.status === 'sent')
        return (
          type === 'message' &&
          payload['message_id'] === frame.payload.message_id &&
          payload['sender_id'] === userId
        );
      if (frame.payload.status === 'reacted')
        return (
          payload['message_id'] === frame.payload.message_id &&
          (type === 'message' || (type === 'reaction' && payload['user_id'] === userId)) &&
          (payload['emoji'] ?? null) === frame.payload.emoji
        );
      return (
        type === 'ack' &&
        payload['message_id'] === frame.payload.message_id &&
        payload['seq'] === frame.payload.seq &&
        payload['status'] === frame.payload.status
      );
    case 'conversation':
      return type === 'conversation' && payload['change'] === frame.payload.change;
    case 'user':
      return (
        type === 'user' &&
        payload['change'] === frame.payload.change &&
        (payload['user'] as { readonly id: string }).id === frame.payload.user.id
      );
  }
};

const told = (frame: ServerFrame): string => {
  const number = isDurable(frame) ? ` ${String(frame.cursor)}` : '';
  switch (frame.type) {
    case 'message':
      return `message${number} seq ${String(frame.payload.seq)} ${short(frame.payload.message_id)}`;
    case 'ack':
      return `ack${number} ${frame.payload.status} seq ${String(frame.payload.seq)} ${short(frame.payload.message_id)}`;
    case 'sync':
    case 'welcome':
      return `${frame.type} ${String(frame.payload.cursor)}`;
    case 'error':
      return `error ${frame.payload.code} ${frame.payload.message}`;
    case 'conversation':
      return `conversation${number} ${frame.payload.change} ${short(frame.payload.conversation.id)}`;
    case 'presence':
      return `presence ${short(frame.payload.user_id)} ${String(frame.payload.status)}`;
    case 'user':
      return `user${number} ${frame.payload.change} ${short(frame.payload.user.id)}`;
    default:
      return `${frame.type}${number}`;
  }
};
