import { isDurable, type DurableFrame } from '../net/frames.ts';
import type { ServerFrame } from '../../server/protocol/down.ts';
import type { Model, Witness } from './model.ts';
import { lastSeq } from './timeline.ts';

/** From where a connection goes on. */
export interface ResumePoint {
  readonly cursor: number;
  readonly history: string | null;
  readonly witness: Witness;
}

/** How far back in its log a device that begins from nothing looks for a witness. */
const LOOK_BACK = 32;
/** Events that are remembered after a witness; with more the connection goes on from the last one. */
const SINCE_MAX = 200;

/** Null: from nothing, and so without a witness, since nothing is proven. What lies after the witness is not proven by it, so it
 *  is asked for again where it is known, and the witness with it. [O13] */
const resumePoint = ({ cursor, history, witness }: Model): ResumePoint | null => {
  if (cursor === null || witness === null) return null;
  const proven = witness.messageId === null ? witness.cursor : witness.cursor - 1;
  return { cursor: witness.since === null ? cursor : Math.min(cursor, proven), history, witness };
};

/** The query of the socket's address. */
export const resumeQuery = (point: ResumePoint | null): string => {
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

/** The message that a numbered event stands for: one that came, or one of one's own that was stored. */
const storedBy = (frame: DurableFrame): Stored | null => {
  if (frame.type === 'message') return { messageId: frame.payload.message_id, at: frame.payload.sent_at };
  if (frame.type !== 'ack' || frame.payload.status !== 'sent') return null;
  return { messageId: frame.payload.message_id, at: frame.payload.sent_at ?? frame.payload.at };
};

const storedWord = (cursor: number, { messageId, at }: Stored): string =>
  `${String(cursor)}:message:${messageId}:${at}`;

const wordOf = (frame: DurableFrame): string => {
  const stored = storedBy(frame);
  if (stored !== null) return storedWord(frame.cursor, stored);
  const number = String(frame.cursor);
  switch (frame.type) {
    case 'message':
    case 'ack':
      return `${number}:${frame.type === 'ack' ? frame.payload.status : ''}:${frame.payload.message_id}`;
    case 'conversation':
      return `${number}:${frame.payload.change}:${frame.payload.conversation.id}`;
    case 'user':
      return `${number}:${frame.type}:${frame.payload.user.id}`;
  }
};
/** Of receipts a replay leaves out those that a later one covers, of messages those that the user has cleared. */
const mayBeLeftOut = (word: string): boolean => /^\d+:(delivered|read|message):/.test(word);

/** The witness after an event. `whole`: no event can have been left out before the next one. */
export const witnessAfter = (held: Witness | null, frame: DurableFrame, whole: boolean): Witness | null => {
  const { cursor } = frame;
  if (cursor <= (held?.cursor ?? 0)) return held;
  const stored = storedBy(frame);
  if (stored !== null) return { ...stored, cursor, since: whole ? [] : null };
  const word = wordOf(frame);
  if (held?.since?.includes(word) !== false) return held;
  return { ...held, since: held.since.length < SINCE_MAX ? [...held.since, word] : null };
};

/** A witness and what came after it, each event in one word. */
const wordsOf = (witness: Witness | null): readonly string[] => {
  const { messageId = null, at = null, cursor = 0, since = null } = witness ?? {};
  if (since === null) return [];
  return messageId === null || at === null ? since : [storedWord(cursor, { messageId, at }), ...since];
};

/** Whether an event names another message than the one that stands here at its place. What came with a page or a list is beyond
 *  the cursor at times, and so may be of another history though the cursor is not. */
export const contradicts = ({ chats, timelines, detours }: Model, frame: DurableFrame): boolean => {
  if (frame.type !== 'message' && frame.type !== 'ack') return false;
  const { conversation_id: chatId, message_id: messageId, seq } = frame.payload;
  const last = chats.get(chatId)?.lastMessage;
  if (last?.seq === seq && last.id !== messageId) return true;
  return [timelines, detours].some((runs) => {
    const run = runs.get(chatId);
    const held =
      run === undefined || lastSeq(run) < seq ? undefined : run.messages.find((m) => m.seq === seq);
    return held !== undefined && held.id !== messageId;
  });
};

/** What `welcome` tells of the history; servers of before there were histories tell the cursor alone. */
export interface Told {
  readonly cursor: number;
  readonly history?: string;
  readonly reset?: boolean;
}

/** `reset`: the server knows, and tells everything. `unsaid`: it does not know, and has to be asked from nothing. */
export type Verdict = 'same' | 'reset' | 'unsaid';

/** One connection's resuming: what was asked for, against what is told. */
export class Resuming {
  #from: number | null = null;
  #held = 0;
  /** Of what was held after the witness, what has not been told again. */
  #awaited = new Set<string>();
  readonly #retold = new Set<string>();
  #looked: Witness | null | undefined;

  /** For the connection that is about to be made. */
  begin(model: Model): ResumePoint | null {
    const point = resumePoint(model);
    const held = model.cursor ?? 0;
    this.#from = point?.cursor ?? null;
    this.#held = held;
    this.#retold.clear();
    this.#awaited = new Set(wordsOf(model.witness).filter((word) => parseInt(word, 10) <= held));
    return point;
  }

  /** Nothing was held when the connection was made. */
  get isFresh(): boolean {
    return this.#from === null;
  }

  /** Whether the server's history is the one held here. Where the server does not say, numbers tell, as far as they can. */
  judge(told: Told, { cursor, history }: Model): Verdict {
    if (told.reset === true) {
      this.#from = null;
      this.#awaited.clear();
      return 'reset';
    }
    const isOther = history !== null && told.history !== undefined && told.history !== history;
    if (!isOther && told.cursor >= (cursor ?? 0)) return 'same';
    return this.isFresh ? 'reset' : 'unsaid';
  }

  /** Told again: the witness, or what came after it. */
  isRetold({ cursor }: DurableFrame): boolean {
    return this.#from !== null && cursor > this.#from && cursor <= this.#held;
  }

  /** Whether what is told again was told otherwise before: then it is of another history. */
  isForeign(frame: ServerFrame): boolean {
    if (!isDurable(frame) || !this.isRetold(frame)) return false;
    const word = wordOf(frame);
    if (this.#awaited.delete(word)) {
      this.#retold.add(word);
      return false;
    }
    // The answer to a message that is sent again says the same once more.
    return !this.#retold.has(word);
  }

  /** From here on every event that is told counts, known or not, until `endLook`. They are told from the cursor returned. */
  beginLook(model: Model): number {
    const cursor = Math.max(0, (model.cursor ?? 0) - LOOK_BACK);
    this.#looked = { messageId: null, at: null, cursor, since: [] };
    return cursor;
  }

  look(frame: DurableFrame): void {
    if (this.#looked !== undefined) this.#looked = witnessAfter(this.#looked, frame, true);
  }

  /** The newest message among what was told, or, where none was, all of that. */
  endLook(): Witness | null {
    const seen = this.#looked ?? null;
    this.#looked = undefined;
    return seen;
  }

  /** At the end of the replay: something that is never left out was not told again. */
  get lacksSomething(): boolean {
    return [...this.#awaited].some((word) => !mayBeLeftOut(word));
  }
}
