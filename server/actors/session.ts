import { decodeClientFrame } from '../protocol/decode.ts';
import type { ServerFramePayload, ServerFrameType } from '../protocol/down.ts';
import { encodeFrame, encodeSentAck } from '../protocol/encode.ts';
import { CLOSE, type CloseCode, type ErrorCode } from '../protocol/errors.ts';
import { BAD_ENVELOPES_MAX, FRAME_MAX_BYTES } from '../protocol/limits.ts';
import { rfc3339 } from '../protocol/rfc3339.ts';
import { MIN_VERSION } from '../protocol/version.ts';
import type { Actor, Props } from '../runtime/actor.ts';
import type { Timer } from '../runtime/clock.ts';
import { CatchUp } from './catch-up.ts';
import { frames } from './frames/index.ts';
import { conversation, type SessionMessage } from './refs.ts';
import { isOfAnotherHistory, type ResumePoint } from './resume.ts';
import type {
  Identity,
  OpenSession,
  SessionContext,
  SessionInput,
  SessionDeps,
  SessionPrivate,
  Socket,
} from './session-deps.ts';
import { ConflatingBuffer } from './conflating-buffer.ts';
import { UnconfirmedReceipts } from './unconfirmed-receipts.ts';
import { InFlightSends } from './in-flight-sends.ts';

/** A wall clock may be put right by so much without anybody noticing. */
const CLOCK_SLACK_MS = 60_000;

/** One connection of one person, on the edge thread. Events reach the socket through `catchUp` alone, in the order of their
 *  numbers; answers without a number go out at once. */
export class Session implements Actor<SessionInput>, OpenSession {
  readonly socket: Socket;
  readonly deps: SessionDeps;
  readonly catchUp: CatchUp;
  identity: Identity;
  visible = true;
  readonly inFlight = new InFlightSends();
  readonly unconfirmed = new UnconfirmedReceipts();
  readonly #conflating = new ConflatingBuffer();
  #badInARow = 0;
  #heardAt = 0;
  /** How long the token had to live when it came. */
  #tokenMs = 0;
  #pinged = false;
  #closed = false;
  #nextTick: Timer | undefined;

  constructor(socket: Socket, identity: Identity, parts: SessionDeps) {
    this.socket = socket;
    this.identity = identity;
    this.deps = parts;
    this.catchUp = new CatchUp(this);
  }

  receive(message: SessionInput, context: SessionContext): void {
    if (this.#closed) return;
    switch (message.type) {
      case 'open':
        this.#open(message, context);
        break;
      case 'frame':
        this.#frame(message.text, context);
        break;
      case 'too-big':
        this.refuse(
          'payload_too_large',
          `A frame may hold at most ${String(FRAME_MAX_BYTES)} bytes.`,
          null,
          context,
        );
        this.close(CLOSE.tooBig, 'frame too big', context);
        break;
      case 'drained':
        this.#conflating.release(this.socket);
        this.catchUp.drained(context);
        break;
      case 'event':
        this.catchUp.live(message, context);
        break;
      case 'ephemeral':
        this.#conflating.offer(message, this.socket);
        break;
      case 'close':
        if (message.revoked) this.send('session', { change: 'revoked', reason: message.reason }, context);
        this.close(message.code, message.reason, context);
        break;
      case 'verify':
        this.#verify(context);
        this.#sayAgain(context);
        break;
      case 'page':
        this.catchUp.page(message, context);
        break;
      case 'read-failed':
        this.catchUp.readFailed(message.round, message.fault, context);
        break;
      case 'read-again':
        this.catchUp.readAgain(context);
        break;
      case 'gap':
        this.catchUp.gap(context);
        break;
      case 'stalled':
        this.catchUp.stalled();
        break;
      case 'posted':
        this.#posted(message, context);
        break;
      case 'post-failed':
        if (this.inFlight.settle(message.messageId) === 'unacked') {
          this.refuse(message.fault.code, message.fault.detail, message.messageId, context);
        }
        break;
      case 'renewed':
        this.#renewed(message, context);
        break;
      case 'tick':
        this.#tick(context);
        break;
      default:
        message satisfies never;
    }
  }

  /** The host lets go of this session: after a crash the socket must not outlive it. */
  stop(context: SessionContext): void {
    this.close(CLOSE.internal, 'internal error', context);
  }

  send<T extends ServerFrameType>(type: T, payload: ServerFramePayload<T>, context: SessionContext): void {
    this.socket.send(encodeFrame(type, payload, context.ids.next(), context.clock.now()));
  }

  refuse(code: ErrorCode, message: string, ref: string | null, context: SessionContext): void {
    this.deps.onRefused?.(code);
    this.send('error', { code, message, ref }, context);
  }

  close(code: CloseCode, reason: string, context: SessionContext): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#nextTick?.cancel();
    this.catchUp.end();
    this.socket.close(code, reason);
    this.deps.onClosed?.(code);
    context.passivate();
  }

  sync(cursor: number, context: SessionContext): void {
    const head = this.#headOrClose(context);
    if (head !== null) this.catchUp.sync(cursorWithin(cursor, head), context);
  }

  #open(claim: ResumePoint, context: SessionContext): void {
    this.#heardAt = context.clock.monotonic();
    this.#tokenMs = this.identity.expiresAt - context.clock.now();
    // Ended between the handshake and now: whoever ended it had no socket to close.
    const head = this.#headOrClose(context);
    if (head === null) return;
    const { userId } = this.identity;
    const history = this.deps.history();
    const messageCursor = (id: string): number | null => this.deps.messageCursor(userId, id);
    const reset = isOfAnotherHistory(claim, { history, head, messageCursor });
    this.send(
      'welcome',
      {
        session_id: this.identity.sessionId,
        user_id: userId,
        server_time: rfc3339(context.clock.now()),
        heartbeat_s: this.deps.heartbeatS,
        cursor: head,
        history,
        reset,
        min_version: MIN_VERSION,
      },
      context,
    );
    const cursor = reset ? null : claim.cursor;
    const from = cursor ?? 0;
    const reading = { undeliveredTo: cursor === null ? head : null, mark: true };
    if (from === head) this.catchUp.follow(head, reading, context);
    else this.catchUp.start(from, reading, context);
    this.#scheduleTick(context);
  }

  #frame(text: string, context: SessionContext): void {
    this.#heardAt = context.clock.monotonic();
    this.#pinged = false;
    const decoded = decodeClientFrame(text);
    if (!decoded.ok) {
      this.refuse('bad_request', decoded.detail, decoded.ref, context);
      this.#badInARow += 1;
      if (this.#badInARow >= BAD_ENVELOPES_MAX) this.close(CLOSE.flooding, 'too many bad envelopes', context);
      return;
    }
    this.#badInARow = 0;
    const { up } = decoded;
    // One cast for the dispatch table: each handler takes its own member of the union.
    (frames[up.type] as (frame: typeof up, session: Session, context: SessionContext) => void)(
      up,
      this,
      context,
    );
  }

  /** A committed message of this connection. The ack stands in the stream at the message's own number; only the
   *  answer to a repeat, whose number has gone by, goes out beside it. [D4] */
  #posted(
    { messageId, outcome }: Extract<SessionPrivate, { type: 'posted' }>,
    context: SessionContext,
  ): void {
    const { senderCursor: cursor, conversationId, seq, sentAt, duplicate } = outcome;
    const frame = encodeSentAck({ messageId, conversationId, seq, sentAt, cursor }, context.ids.next());
    const isAhead = cursor > this.catchUp.cursor;
    if (isAhead) this.inFlight.hold(messageId, { cursor, frame });
    else if (this.inFlight.ack(messageId) || duplicate) this.socket.send(frame);
    this.inFlight.settle(messageId);
    if (isAhead) this.catchUp.live({ cursor, frame, acks: messageId }, context);
  }

  #renewed({ ref, identity }: Extract<SessionPrivate, { type: 'renewed' }>, context: SessionContext): void {
    if (identity?.sessionId !== this.identity.sessionId) {
      this.refuse('unauthorized', 'This token is not valid for this connection.', ref, context);
      return;
    }
    this.identity = identity;
    this.#tokenMs = identity.expiresAt - context.clock.now();
    this.send('auth', { expires_at: rfc3339(identity.expiresAt) }, context);
    this.#scheduleTick(context);
  }

  /** Live pushes may have been lost with a thread: what the log holds beyond our number is read. Revocation likewise. */
  #verify(context: SessionContext): void {
    const head = this.#headOrClose(context);
    if (head !== null) this.catchUp.verify(head, context);
  }

  /** Receipts that were on their way to a thread that was lost went with it. */
  #sayAgain(context: SessionContext): void {
    if (this.#closed) return;
    for (const { pair, receipt: mark } of this.unconfirmed.all()) context.tell(conversation(pair), mark);
  }

  /** How far the log goes. Null: the session was ended while we did not hear of it, and the socket is closed now. [P6] */
  #headOrClose(context: SessionContext): number | null {
    const head = this.deps.sessionHead(this.identity.sessionId);
    if (head !== null) return head;
    this.send('session', { change: 'revoked', reason: 'session ended' }, context);
    this.close(CLOSE.sessionRevoked, 'session ended', context);
    return null;
  }

  #tick(context: SessionContext): void {
    const leftMs = this.identity.expiresAt - context.clock.now();
    // More than there ever was: the clock was set back, and the token would live longer than its time.
    if (leftMs <= 0 || leftMs > this.#tokenMs + CLOCK_SLACK_MS) {
      this.close(CLOSE.tokenExpired, 'token expired', context);
      return;
    }
    const silentMs = context.clock.monotonic() - this.#heardAt;
    const heartbeatMs = this.deps.heartbeatS * 1000;
    if (this.#pinged && silentMs >= 2 * heartbeatMs) {
      this.close(CLOSE.heartbeatMissed, 'heartbeat missed', context);
      return;
    }
    if (!this.#pinged && silentMs >= heartbeatMs) {
      this.#pinged = true;
      this.send('ping', {}, context);
      this.#verify(context);
      if (this.#closed) return;
    }
    this.#scheduleTick(context);
  }

  /** At the next moment something is due: the token's end, the end of the silence allowed. */
  #scheduleTick(context: SessionContext): void {
    this.#nextTick?.cancel();
    const heartbeatMs = this.deps.heartbeatS * 1000;
    const silenceEnds = this.#heardAt + (this.#pinged ? 2 : 1) * heartbeatMs - context.clock.monotonic();
    const tokenEnds = this.identity.expiresAt - context.clock.now();
    const ms = Math.max(10, Math.min(silenceEnds, tokenEnds, 2 ** 31 - 1));
    this.#nextTick = context.schedule(ms, { type: 'tick' });
  }
}

/** Past the end of the log stands nothing that could be told: the log is told from its beginning. [O8] */
const cursorWithin = (cursor: number, head: number): number => (cursor <= head ? cursor : 0);

export const sessionProps: Omit<Props<SessionMessage>, 'create'> = {
  kind: 'session',
  mailboxLimit: 4096,
  idleMs: 0,
};
