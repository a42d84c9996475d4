import type { ErrorCode } from '../../protocol/errors.ts';
import type { FailurePlace, HopName } from '../../protocol/resources/inspector.ts';
import { sharedMicros, type Clock, type Timer } from '../../runtime/clock.ts';
import type { TracingMessage } from '../services/tracing.ts';
import type { ArmedTrace, Trace } from './trace.ts';

/** How long the next message is waited for. */
const ARMED_MS = 60_000;
/** How long the receipt of a traced message is waited for, or its answer. */
const FOLLOWED_MS = 30_000;
const KEPT = 20;

/** A message as its connection has it. */
export interface ClaimedMessage {
  readonly messageId: string;
  readonly senderId: string;
  readonly socketId: string;
  /** Of the monotonic clock. */
  readonly arrivedAt: number;
}

/** What can tell when all that was handed to it so far is with the operating system, or buffered for it. */
export interface WrittenSocket {
  readonly id: string;
  whenWritten(run: () => void): void;
}

/** A trace that is being made. */
class Followed implements Trace {
  readonly number: number;
  readonly messageId: string;
  readonly senderId: string;
  readonly socketId: string;
  readonly receivedAt: number;
  readonly arrivedAt: number;
  readonly hops = new Map<HopName, number>();
  isDone = false;
  totalUs: number | null = null;
  batch: number | null = null;
  isRepeat = false;
  isNoticed = false;
  failure: Trace['failure'] = null;
  sockets = 0;
  readonly writtenAt: number[] = [];
  deliveredAt: number | null = null;
  /** Where it is in the recipient's log and in the conversation; null before it is announced. */
  announced: {
    readonly recipientId: string;
    readonly recipientCursor: number;
    readonly conversationId: string;
    readonly seq: number;
  } | null = null;
  /** Its answer is being written. */
  isAnswered = false;

  constructor(
    number: number,
    { messageId, senderId, socketId, arrivedAt }: ClaimedMessage,
    receivedAt: number,
  ) {
    this.number = number;
    this.messageId = messageId;
    this.senderId = senderId;
    this.socketId = socketId;
    this.arrivedAt = arrivedAt;
    this.receivedAt = receivedAt;
    this.hops.set('received', sharedMicros(arrivedAt));
  }
}

/** Records the path of one message at a time, on the edge thread. Whoever a message passes asks for `isArmed` or `isFollowing` first, so a
 *  message costs a comparison for each hop while nothing is traced. No text and no recipient is kept. */
export class MessageTracer {
  readonly #clock: Clock;
  #armed: ArmedTrace | null = null;
  #expiry: Timer | undefined;
  #followed: Followed | null = null;
  #giveUp: Timer | undefined;
  #count = 0;
  readonly #finished: Trace[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isArmed(): boolean {
    return this.#armed !== null;
  }

  get armed(): ArmedTrace | null {
    return this.#armed;
  }

  /** Whether the path of a message is recorded now. */
  get isFollowing(): boolean {
    return this.#followed !== null;
  }

  /** The id of the message whose path is recorded now. */
  get followed(): string | null {
    return this.#followed?.messageId ?? null;
  }

  /** The newest first, with the one that is being made. */
  get traces(): readonly Trace[] {
    return this.#followed === null ? this.#finished : [this.#followed, ...this.#finished];
  }

  /** Waits for the next message; `senderId` null: of anybody. Returns false if one is waited for already, or on its way to its answer. */
  arm(senderId: string | null): boolean {
    if (this.#armed !== null || (this.#followed !== null && this.#followed.totalUs === null)) return false;
    this.#finish();
    const armedAt = this.#clock.now();
    this.#armed = { senderId, armedAt, expiresAt: armedAt + ARMED_MS };
    this.#expiry = this.#clock.after(ARMED_MS, () => {
      this.#armed = null;
    });
    return true;
  }

  /** Waits no longer. Returns whether it did. */
  cancel(): boolean {
    const wasArmed = this.#armed !== null;
    this.#expiry?.cancel();
    this.#armed = null;
    return wasArmed;
  }

  stop(): void {
    this.cancel();
    this.#giveUp?.cancel();
  }

  /** A message begins its way. It is followed if it is the one that is waited for. */
  claim(message: ClaimedMessage): void {
    if (this.#armed === null || (this.#armed.senderId ?? message.senderId) !== message.senderId) return;
    this.cancel();
    this.#count += 1;
    this.#followed = new Followed(this.#count, message, this.#clock.now());
    this.#stamp('taken');
    this.#giveUp = this.#clock.after(FOLLOWED_MS, () => {
      this.#finish();
    });
  }

  /** Whether this connection's message with this id is the one that is followed. */
  follows(messageId: string, socketId: string): boolean {
    return this.#followed?.messageId === messageId && this.#followed.socketId === socketId;
  }

  asked(): void {
    this.#stamp('asked');
  }

  written({ messageId, times, announcedAt, isNoticed }: TracingMessage): void {
    const followed = this.#followed;
    if (followed?.messageId !== messageId) return;
    followed.batch = times.batch;
    followed.isNoticed = isNoticed;
    const moments = [
      ['queued', times.queuedAt],
      ['begun', times.begunAt],
      ['committed', times.committedAt],
      ['announced', announcedAt],
    ] as const;
    for (const [hop, at] of moments) if (at !== null) followed.hops.set(hop, at);
    // A repeat and a refusal are not announced.
    this.#stamp('heard');
  }

  /** The edge has heard that it is committed. `sockets`: those of the recipient here. */
  announced(at: NonNullable<Followed['announced']>, sockets: number): void {
    if (this.#followed === null) return;
    this.#stamp('heard');
    this.#followed.announced = at;
    this.#followed.sockets = sockets;
  }

  /** An event is handed to a socket; counts if it is the message, for its recipient. */
  sent(userId: string, cursor: number, socket: WrittenSocket): void {
    const followed = this.#followed;
    if (followed?.announced?.recipientCursor !== cursor || followed.announced.recipientId !== userId) return;
    socket.whenWritten(() => {
      followed.writtenAt.push(this.#now());
    });
  }

  /** A receipt of `userId` for all messages of a conversation up to `seq`, whose frame arrived at a moment of the monotonic clock. */
  receipt(userId: string, conversationId: string, seq: number, arrivedAt: number): void {
    const followed = this.#followed;
    const announced = followed?.announced;
    if (announced?.recipientId !== userId || announced.conversationId !== conversationId) return;
    if (followed === null || announced.seq > seq) return;
    followed.deliveredAt ??= sharedMicros(arrivedAt);
    if (followed.totalUs !== null) this.#finish();
  }

  /** An `ack` for a message is handed to the sender's socket. */
  acked(messageId: string, socket: WrittenSocket): void {
    if (this.#followed !== null && this.follows(messageId, socket.id)) this.#answer(this.#followed, socket);
  }

  /** It was stored before: this was a repeat of it. */
  repeated(messageId: string): void {
    if (this.#followed?.messageId === messageId) this.#followed.isRepeat = true;
  }

  /** An `error` for a frame is handed to its sender's socket. */
  refused(ref: string | null, code: ErrorCode, socket: WrittenSocket): void {
    if (this.#followed === null || ref === null || !this.follows(ref, socket.id)) return;
    this.#followed.failure = { code, place: placeOf(this.#followed.hops) };
    this.#answer(this.#followed, socket);
  }

  #answer(followed: Followed, socket: WrittenSocket): void {
    if (followed.isAnswered) return;
    followed.isAnswered = true;
    socket.whenWritten(() => {
      const now = this.#clock.monotonic();
      followed.totalUs = (now - followed.arrivedAt) * 1000;
      followed.hops.set('answered', this.#now());
      if (followed.sockets === 0 || followed.deliveredAt !== null) this.#finish();
    });
  }

  #stamp(hop: HopName): void {
    const hops = this.#followed?.hops;
    if (hops?.has(hop) === false) hops.set(hop, this.#now());
  }

  #now(): number {
    return sharedMicros(this.#clock.monotonic());
  }

  #finish(): void {
    if (this.#followed === null) return;
    this.#giveUp?.cancel();
    this.#followed.isDone = true;
    this.#finished.unshift(this.#followed);
    this.#finished.length = Math.min(KEPT, this.#finished.length);
    this.#followed = null;
  }
}

const placeOf = (hops: ReadonlyMap<HopName, number>): FailurePlace => {
  if (!hops.has('asked')) return 'connection';
  if (!hops.has('queued')) return 'link';
  if (!hops.has('begun')) return 'queue';
  return hops.has('committed') ? 'rules' : 'transaction';
};
