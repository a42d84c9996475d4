import { isDurable, type DurableFrame } from '../net/frames.ts';
import type { DurableType, ServerFrame } from '../../server/protocol/server-frames.ts';
import type { Model, HeldWitness } from '../model/model.ts';
import { lastSeq } from '../model/timeline.ts';

/** Where a connection resumes. */
export interface ResumeRequest {
  readonly cursor: number;
  readonly history: string | null;
  readonly witness: HeldWitness;
}

/** How many events a device without a witness looks back to find one. */
const LOOK_BACK = 32;
/** The maximum number of events remembered after a witness. With more, the connection resumes at the cursor. */
const SINCE_MAX = 200;

/** Returns null to start from nothing: without a cursor or without a witness. A witness proves only the log up to
 *  itself. If the events after it are remembered, the connection resumes just before the witness, so that they are
 *  all replayed and compared. [O13] */
const resumePoint = ({ cursor, history, witness }: Model): ResumeRequest | null => {
  if (cursor === null || witness === null) return null;
  const proven = witness.messageId === null ? witness.cursor : witness.cursor - 1;
  return { cursor: witness.since === null ? cursor : Math.min(cursor, proven), history, witness };
};

/** The query of the WebSocket's address. */
export const resumeQuery = (point: ResumeRequest | null): string => {
  if (point === null) return '';
  const { cursor, history, witness } = point;
  const named = history === null ? '' : `&history=${history}`;
  const { messageId } = witness;
  const witnessed = messageId === null ? '' : `&witness=${messageId}:${String(witness.cursor)}`;
  return `?cursor=${String(cursor)}${named}${witnessed}`;
};

interface Stored {
  readonly messageId: string;
  readonly at: string;
}

/** The message that a durable event stands for: a message that was received, or one of the user's own that was
 *  stored. */
const storedBy = (frame: DurableFrame): Stored | null => {
  if (frame.type === 'message') return { messageId: frame.payload.message_id, at: frame.payload.sent_at };
  if (frame.type !== 'ack' || frame.payload.status !== 'sent') return null;
  return { messageId: frame.payload.message_id, at: frame.payload.sent_at ?? frame.payload.at };
};

/** What an event is in the log: a message, a receipt of either kind, something that was changed and may be changed again, or an event
 *  of another type. */
export type ReplayKind = Exclude<DurableType, 'ack'> | 'delivered' | 'read' | 'updated';

/** The kinds of events that a replay may leave out: receipts and changes that a later one covers, and messages of conversations that
 *  the user has deleted [D10], with the reactions to them [M9]. A missing kind does not compile. */
export const MAY_BE_LEFT_OUT: Readonly<Record<ReplayKind, boolean>> = {
  message: true,
  delivered: true,
  read: true,
  reaction: true,
  conversation: false,
  user: false,
  updated: true,
};

/** A word begins with the cursor and the kind of its event. */
const wordFor = (cursor: number, kind: ReplayKind, ...rest: readonly string[]): string =>
  [cursor, kind, ...rest].join(':');

const storedWord = (cursor: number, { messageId, at }: Stored): string =>
  wordFor(cursor, 'message', messageId, at);

const wordOf = (frame: DurableFrame): string => {
  const { type, cursor, payload } = frame;
  switch (type) {
    case 'message':
      return storedWord(cursor, { messageId: payload.message_id, at: payload.sent_at });
    case 'ack':
      if (payload.status === 'sent')
        return storedWord(cursor, { messageId: payload.message_id, at: payload.sent_at ?? payload.at });
      // A replay tells the user's own reaction as an event [M5].
      return payload.status === 'reacted'
        ? wordFor(cursor, 'reaction', payload.message_id)
        : wordFor(cursor, payload.status, payload.message_id);
    case 'reaction':
      return wordFor(cursor, type, payload.message_id);
    case 'conversation':
      return payload.change === 'updated'
        ? wordFor(cursor, payload.change, payload.conversation.id)
        : wordFor(cursor, type, payload.change, payload.conversation.id);
    case 'user':
      return wordFor(cursor, payload.change === 'deleted' ? type : 'updated', payload.user.id);
  }
};

const mayBeLeftOut = (word: string): boolean => {
  const kind = word.split(':')[1] ?? '';
  return Object.hasOwn(MAY_BE_LEFT_OUT, kind) && MAY_BE_LEFT_OUT[kind as ReplayKind];
};

/** The witness after an event. `whole`: no event between this one and the next can have been left out. */
export const witnessAfter = (
  held: HeldWitness | null,
  frame: DurableFrame,
  whole: boolean,
): HeldWitness | null => {
  const { cursor } = frame;
  if (cursor <= (held?.cursor ?? 0)) return held;
  const stored = storedBy(frame);
  if (stored !== null) return { ...stored, cursor, since: whole ? [] : null };
  const word = wordOf(frame);
  if (held?.since?.includes(word) !== false) return held;
  return { ...held, since: held.since.length < SINCE_MAX ? [...held.since, word] : null };
};

/** The words for a witness and for the events after it. */
const wordsOf = (witness: HeldWitness | null): readonly string[] => {
  const { messageId = null, at = null, cursor = 0, since = null } = witness ?? {};
  if (since === null) return [];
  return messageId === null || at === null ? since : [storedWord(cursor, { messageId, at }), ...since];
};

/** Whether an event names another message than the one held at its `seq`. A page or a list may have brought messages
 *  from beyond the cursor, which may belong to another history although the cursor does not. */
export const contradicts = ({ conversations, timelines, detours }: Model, frame: DurableFrame): boolean => {
  if (frame.type === 'conversation' || frame.type === 'user') return false;
  const { conversation_id: conversationId, message_id: messageId, seq } = frame.payload;
  const last = conversations.get(conversationId)?.lastMessage;
  if (last?.seq === seq && last.id !== messageId) return true;
  return [timelines, detours].some((runs) => {
    const run = runs.get(conversationId);
    const held =
      run === undefined || lastSeq(run) < seq ? undefined : run.messages.find((m) => m.seq === seq);
    return held !== undefined && held.id !== messageId;
  });
};

/** The parts of `welcome` about the history. Servers from before histories existed send only the cursor. */
export interface ServerPosition {
  readonly cursor: number;
  readonly history?: string;
  readonly reset?: boolean;
}

/** `reset`: another history, and the server sends everything. `unknown`: another history, but the server did not
 *  notice, so the client has to connect again without a cursor. */
export type ResumeVerdict = 'same' | 'reset' | 'unknown';

/** Compares, for one connection, what the client asked for with what the server has. */
export class Resuming {
  #from: number | null = null;
  #held = 0;
  /** The words for the events held after the witness that were not replayed yet. */
  #awaited = new Set<string>();
  readonly #retold = new Set<string>();
  #candidate: HeldWitness | null | undefined;

  /** Prepares the connection that is about to be opened. */
  begin(model: Model): ResumeRequest | null {
    const point = resumePoint(model);
    const held = model.cursor ?? 0;
    this.#from = point?.cursor ?? null;
    this.#held = held;
    this.#retold.clear();
    this.#awaited = new Set(wordsOf(model.witness).filter((word) => parseInt(word, 10) <= held));
    return point;
  }

  /** Whether the connection started without a cursor. */
  get isFresh(): boolean {
    return this.#from === null;
  }

  /** Whether the server's history is the one held here. If the server does not say, the cursors decide as far as they
   *  can. */
  judge(server: ServerPosition, { cursor, history }: Model): ResumeVerdict {
    if (server.reset === true) {
      this.#from = null;
      this.#awaited.clear();
      return 'reset';
    }
    const isOther = history !== null && server.history !== undefined && server.history !== history;
    if (!isOther && server.cursor >= (cursor ?? 0)) return 'same';
    return this.isFresh ? 'reset' : 'unknown';
  }

  /** Whether an event is a replay of the witness or of an event after it. */
  isRetold({ cursor }: DurableFrame): boolean {
    return this.#from !== null && cursor > this.#from && cursor <= this.#held;
  }

  /** Whether a replayed event differs from what was held. If so, it belongs to another history. */
  isForeign(frame: ServerFrame): boolean {
    if (!isDurable(frame) || !this.isRetold(frame)) return false;
    const word = wordOf(frame);
    if (this.#awaited.delete(word)) {
      this.#retold.add(word);
      return false;
    }
    // The answer to a message that is sent again repeats an event.
    return !this.#retold.has(word);
  }

  /** Starts to look for a witness. Until `endWitnessSearch`, every event counts, whether it is known or not. Returns
   *  the cursor from which to request events. */
  beginWitnessSearch(model: Model): number {
    const cursor = Math.max(0, (model.cursor ?? 0) - LOOK_BACK);
    this.#candidate = { messageId: null, at: null, cursor, since: [] };
    return cursor;
  }

  noteForWitness(frame: DurableFrame): void {
    if (this.#candidate !== undefined) this.#candidate = witnessAfter(this.#candidate, frame, true);
  }

  /** Ends the search. Returns the newest message among the events or, if there is none, all of the events. */
  endWitnessSearch(): HeldWitness | null {
    const seen = this.#candidate ?? null;
    this.#candidate = undefined;
    return seen;
  }

  /** Whether the replay lacked something that is never left out. To be checked at its end. */
  get lacksSomething(): boolean {
    return [...this.#awaited].some((word) => !mayBeLeftOut(word));
  }
}
