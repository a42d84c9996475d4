import { IN_FLIGHT_MAX } from '../../protocol/limits.ts';
import type { Pair } from '../../storage/pair.ts';
import { areSameIds } from '../../storage/attachments/same-ids.ts';
import type { ClientFrameType } from '../../protocol/client-frames.ts';
import type { MessageTracer, WrittenSocket } from '../tracing/message-tracer.ts';

export interface PendingAck {
  readonly cursor: number;
  readonly frame: string;
}

interface Entry {
  readonly pair: Pair;
  readonly content: string;
  /** When it was sent first. */
  readonly arrivedAt: number;
  readonly replyTo: string | undefined;
  readonly attachments: readonly string[];
  /** Answers that are still expected from the writer: one for each time the message was sent. */
  waiting: number;
  /** The message is committed, and its ack waits for its position in the stream of events. */
  pending: PendingAck | null;
  /** The connection has its ack. */
  acked: boolean;
}

/** What a repeat has to repeat. `replyTo`: the id of the message that it replies to. `attachments`: their ids, in their order. */
interface Sent {
  readonly content: string;
  readonly replyTo?: string | undefined;
  readonly attachments?: readonly string[] | undefined;
}

const NO_ATTACHMENTS: readonly string[] = [];

/** The connection whose messages these are. */
interface Sender {
  readonly socket: WrittenSocket;
  readonly deps: {
    readonly onHandled?: (type: ClientFrameType, arrivedAt: number) => void;
    readonly tracer?: MessageTracer;
  };
}

/** Messages from one connection that are not acknowledged yet: in flight, or committed and waiting for their position in the
 *  stream. Every repeat gets an answer. The total is bounded [D4] [R3] [P9]. */
export class InFlightSends {
  readonly #sender: Sender | undefined;
  /** Made with the first one: most connections only wait. */
  #entries: Map<string, Entry> | undefined;
  #waiting = 0;
  #pending = 0;

  constructor(sender?: Sender) {
    this.#sender = sender;
  }

  /** `conflict`: the id is in flight with other content. `full`: too many are in flight. */
  add(
    id: string,
    pair: Pair,
    { content, replyTo, attachments = NO_ATTACHMENTS }: Sent,
    arrivedAt = 0,
  ): 'added' | 'conflict' | 'full' {
    const entry = this.#entries?.get(id);
    const isSame =
      entry?.content === content &&
      entry.replyTo === replyTo &&
      areSameIds(entry.attachments, attachments) &&
      entry.pair.first === pair.first &&
      entry.pair.second === pair.second;
    if (entry !== undefined && !isSame) return 'conflict';
    if (this.#waiting + this.#pending >= IN_FLIGHT_MAX) return 'full';
    this.#waiting += 1;
    if (entry !== undefined) entry.waiting += 1;
    else
      (this.#entries ??= new Map()).set(id, {
        pair,
        content,
        replyTo,
        attachments,
        arrivedAt,
        waiting: 1,
        pending: null,
        acked: false,
      });
    return 'added';
  }

  /** Whether it is in flight, or waits for its position in the stream. */
  has(id: string): boolean {
    return this.#entries?.has(id) ?? false;
  }

  /** An answer has arrived. Returns whether the connection already has an ack for this message. */
  settle(id: string): 'acked' | 'unacked' {
    const entry = this.#entries?.get(id);
    if (entry === undefined) return 'acked';
    this.#waiting -= 1;
    entry.waiting -= 1;
    this.#forget(id, entry);
    return entry.acked ? 'acked' : 'unacked';
  }

  /** The same for an answer that is a refusal. */
  fail(id: string): 'acked' | 'unacked' {
    const arrivedAt = this.#entries?.get(id)?.arrivedAt;
    const settled = this.settle(id);
    if (settled === 'unacked' && arrivedAt !== undefined)
      this.#sender?.deps.onHandled?.('message', arrivedAt);
    return settled;
  }

  /** Lets the ack wait for its position in the stream. To be called with the answer, before `settle`. */
  hold(id: string, ack: PendingAck): void {
    const entry = this.#entries?.get(id);
    if (entry === undefined || entry.acked || entry.pending !== null) return;
    entry.pending = ack;
    this.#pending += 1;
  }

  /** The connection gets its ack now. Returns false if it already has the ack, or never sent the message. */
  ack(id: string): boolean {
    const entry = this.#entries?.get(id);
    if (entry === undefined || entry.acked) return false;
    entry.acked = true;
    if (entry.pending !== null) this.#pending -= 1;
    entry.pending = null;
    this.#forget(id, entry);
    if (this.#sender !== undefined) tellAcked(id, entry, this.#sender);
    return true;
  }

  /** Acks whose position has passed without them: a replay of undelivered messages leaves out the user's own ones. */
  due(cursor: number): readonly string[] {
    if (this.#pending === 0 || this.#entries === undefined) return [];
    return [...this.#entries].flatMap(([id, { pending }]) => {
      if (pending === null || pending.cursor > cursor) return [];
      this.ack(id);
      return [pending.frame];
    });
  }

  #forget(id: string, entry: Entry): void {
    if (entry.waiting === 0 && entry.pending === null) this.#entries?.delete(id);
  }
}

/** The ack is sent in this turn. */
const tellAcked = (id: string, { arrivedAt }: Entry, { socket, deps }: Sender): void => {
  deps.onHandled?.('message', arrivedAt);
  if (deps.tracer?.isFollowing === true) deps.tracer.acked(id, socket);
};
