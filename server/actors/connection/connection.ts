import { decodeClientFrame } from '../../protocol/decode.ts';
import type { ServerFramePayload, ServerFrameType } from '../../protocol/server-frames.ts';
import { encodeFrame } from '../../protocol/encode.ts';
import { CLOSE, type CloseCode } from '../../protocol/close-codes.ts';
import { ParleyError, type ErrorCode } from '../../protocol/errors.ts';
import { BAD_ENVELOPES_MAX, FRAME_MAX_BYTES } from '../../protocol/limits.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import { MIN_VERSION } from '../../protocol/version.ts';
import type { Actor, Props } from '../../runtime/actor.ts';
import { CatchUp } from './catch-up.ts';
import { FrameBacklog } from './frame-backlog.ts';
import { handleFrame } from './handlers/handle-frame.ts';
import type { ConnectionMessage, ConnectionContext, ConnectionInput, ConnectionPrivate } from './messages.ts';
import { cursorWithin, isOfAnotherHistory, type Held, type ResumePoint } from './resume.ts';
import type { Identity } from '../services/tokens.ts';
import { isHostCurrent, LOOK_AGAIN_MS, type OpenConnection, type ConnectionDeps } from './open-connection.ts';
import type { Socket } from './socket.ts';
import { ConflatingBuffer } from './conflating-buffer.ts';
import { answered, settleReaction } from './write-answers.ts';
import { InFlightReactions } from './in-flight-reactions.ts';
import { InFlightSends } from './in-flight-sends.ts';

/** `pinged`: the client was silent for a heartbeat and has not answered yet. `closed`: nothing is received or sent any more. */
type State = 'alive' | 'pinged' | 'closed';

/** A wall clock may be corrected by this much without an effect on connections. */
const CLOCK_SLACK_MS = 60_000;
const TOO_BIG = `A frame may hold at most ${String(FRAME_MAX_BYTES)} bytes.`;

/** One connection of one person, on the edge thread. Events reach the socket through `catchUp` alone, in the order of their
 *  numbers; answers without a number go out at once. */
export class Connection implements Actor<ConnectionInput>, OpenConnection {
  readonly socket: Socket;
  readonly deps: ConnectionDeps;
  readonly catchUp: CatchUp;
  identity: Identity;
  visible = true;
  readonly inFlight: InFlightSends = new InFlightSends(this);
  readonly reactions = new InFlightReactions();
  arrivedAt = 0;
  readonly backlog = new FrameBacklog();
  readonly #conflating = new ConflatingBuffer();
  #badInARow = 0;
  /** Whole milliseconds, which take no memory of their own. */
  #heardAt = 0;
  /** Milliseconds for which the token was still valid when it arrived. */
  #tokenMs = 0;
  #state: State = 'alive';
  /** The step of its next tick. */
  #tickStep: number | undefined;
  /** Since the first message. */
  #context: ConnectionContext | undefined;

  constructor(socket: Socket, identity: Identity, deps: ConnectionDeps) {
    this.socket = socket;
    this.identity = identity;
    this.deps = deps;
    this.catchUp = new CatchUp(this);
  }

  /** A promise only where the store has to be asked: then the mailbox keeps what comes meanwhile, in order. */
  receive(message: ConnectionInput, context: ConnectionContext): void | Promise<void> {
    this.#context ??= context;
    if (this.#state === 'closed') {
      // It may have been closed between two messages.
      context.passivate();
      return undefined;
    }
    switch (message.type) {
      case 'open':
        return this.#open(message, context);
      case 'frame':
        return this.#frame(message, context);
      case 'too-big':
        this.refuse('payload_too_large', TOO_BIG, null, context);
        this.close(CLOSE.tooBig, 'frame too big', context);
        break;
      case 'drained':
        this.#conflating.release(this, context);
        this.catchUp.drained(context);
        break;
      case 'event':
        this.catchUp.live(message, context);
        break;
      case 'ephemeral':
        this.#conflating.offer(message, this, context);
        break;
      case 'look':
        this.#conflating.look(this, context);
        break;
      case 'close':
        if (message.revoked) this.send('session', { change: 'revoked', reason: message.reason }, context);
        this.close(message.code, message.reason, context);
        break;
      case 'verify':
        return this.#verify(context);
      case 'reached':
        this.catchUp.verify(message.cursor, context);
        break;
      case 'read-alone':
        this.catchUp.readAlone(message.cursor, context);
        break;
      case 'logged':
        this.catchUp.logged(message, context);
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
      case 'reacted':
        answered(message, this, context);
        break;
      case 'post-failed':
        if (this.inFlight.fail(message.messageId) === 'unacked') {
          this.refuse(message.fault.code, message.fault.detail, message.messageId, context);
        }
        break;
      case 'react-failed':
        settleReaction(message.requestId, this);
        this.refuse(message.fault.code, message.fault.detail, message.ref, context);
        break;
      case 'renewed':
        if (isHostCurrent(this.deps)) this.#renewed(message, context);
        else context.schedule(LOOK_AGAIN_MS, message);
        break;
      case 'tick':
        return this.#tick(context);
      default:
        message satisfies never;
    }
    return undefined;
  }

  /** Closes in this turn, even while the store is asked for an earlier message. To be followed by the message `close`, which also
   *  closes a connection that has received nothing yet. */
  closeNow(code: CloseCode, reason: string, revoked: boolean): void {
    if (this.#context === undefined || this.#state === 'closed') return;
    if (revoked) this.send('session', { change: 'revoked', reason }, this.#context);
    this.close(code, reason, this.#context);
  }

  /** The host lets go of this connection: after a crash the socket must not outlive it. */
  stop(context: ConnectionContext): void {
    this.close(CLOSE.internal, 'internal error', context);
  }

  send<T extends ServerFrameType>(type: T, payload: ServerFramePayload<T>, context: ConnectionContext): void {
    this.socket.send(encodeFrame(type, payload, context.ids.next(), context.clock.now()));
  }

  refuse(code: ErrorCode, message: string, ref: string | null, context: ConnectionContext): void {
    this.deps.onRefused?.(code);
    if (this.deps.tracer?.isFollowing === true) this.deps.tracer.refused(ref, code, this.socket);
    this.send('error', { code, message, ref }, context);
  }

  close(code: CloseCode, reason: string, context: ConnectionContext): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#cancelTick();
    this.catchUp.end();
    this.socket.close(code, reason);
    this.deps.onClosed?.(code);
    context.passivate();
  }

  async sync(cursor: number, context: ConnectionContext): Promise<void> {
    const head = await this.#headOrClose(context);
    if (head !== null) this.catchUp.sync(cursorWithin(cursor, head), context);
  }

  async #open(claim: ResumePoint, context: ConnectionContext): Promise<void> {
    this.#heardAt = Math.floor(context.clock.monotonic());
    this.#tokenMs = this.identity.expiresAt - context.clock.now();
    const { userId } = this.identity;
    const turn = this.deps.openingTurn?.() ?? null;
    if (turn !== null) await turn;
    if (this.isClosed) return;
    const start = await this.#startOrClose(claim, context);
    if (start === null) return;
    if (this.deps.isCurrent?.() === false) {
      this.close(CLOSE.overloaded, 'this host has to compare first', context);
      return;
    }
    this.deps.onAdmitted(userId, this.socket.id);
    const { head, history, reset } = start;
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

  /** Where the connection starts. Null: it is closed, perhaps only since the store was asked. */
  async #startOrClose(
    claim: ResumePoint,
    context: ConnectionContext,
  ): Promise<(Pick<Held, 'head' | 'history'> & { readonly reset: boolean }) | null> {
    try {
      // The session was ended between the handshake and now, when there was no socket to close yet.
      const head = await this.#headOrClose(context);
      if (head === null) return null;
      const history = await this.deps.history();
      const messageCursor = (id: string): Promise<number | null> =>
        this.deps.messageCursor(this.identity.userId, id);
      const reset = await isOfAnotherHistory(claim, { history, head, messageCursor });
      return this.isClosed ? null : { head, history, reset };
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      this.close(CLOSE.overloaded, 'the store cannot be read now', context);
      return null;
    }
  }

  #frame(
    { text, at }: Extract<ConnectionMessage, { type: 'frame' }>,
    context: ConnectionContext,
  ): void | Promise<void> {
    this.backlog.take(text.length);
    const now = context.clock.monotonic();
    this.#heardAt = Math.floor(now);
    this.arrivedAt = at ?? now;
    this.#state = 'alive';
    const decoded = decodeClientFrame(text);
    if (!decoded.ok) {
      this.refuse('bad_request', decoded.detail, decoded.ref, context);
      this.#badInARow += 1;
      if (this.#badInARow >= BAD_ENVELOPES_MAX) this.close(CLOSE.flooding, 'too many bad envelopes', context);
      return undefined;
    }
    this.#badInARow = 0;
    return handleFrame(decoded.up, this, context);
  }

  #renewed(
    { ref, identity, arrivedAt }: Extract<ConnectionPrivate, { type: 'renewed' }>,
    context: ConnectionContext,
  ): void {
    this.deps.onHandled?.('auth', arrivedAt);
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
  async #verify(context: ConnectionContext): Promise<void> {
    try {
      const head = await this.#headOrClose(context);
      if (head !== null) this.catchUp.verify(head, context);
    } catch (error) {
      // The store cannot be read now. The connection stays, and the next heartbeat asks again.
      if (!(error instanceof ParleyError)) throw error;
    }
  }

  /** Asked after a wait, during which it may have changed. */
  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** How far the log goes. Null: the session was ended while we did not hear of it, and the socket is closed now. [P6] */
  async #headOrClose(context: ConnectionContext): Promise<number | null> {
    const head = await this.deps.sessionHead(this.identity.sessionId);
    if (this.isClosed) return null;
    if (head !== null) return head;
    this.send('session', { change: 'revoked', reason: 'session ended' }, context);
    this.close(CLOSE.sessionRevoked, 'session ended', context);
    return null;
  }

  async #tick(context: ConnectionContext): Promise<void> {
    this.#tickStep = undefined;
    const leftMs = this.identity.expiresAt - context.clock.now();
    // More than it had on arrival: the clock was set back, and the token would be valid for too long.
    if (leftMs <= 0 || leftMs > this.#tokenMs + CLOCK_SLACK_MS) {
      this.close(CLOSE.tokenExpired, 'token expired', context);
      return;
    }
    const silentMs = context.clock.monotonic() - this.#heardAt;
    const heartbeatMs = this.deps.heartbeatS * 1000;
    if (this.#state === 'pinged' && silentMs >= 2 * heartbeatMs) {
      this.close(CLOSE.heartbeatMissed, 'heartbeat missed', context);
      return;
    }
    if (this.#state === 'alive' && silentMs >= heartbeatMs) {
      this.#state = 'pinged';
      this.send('ping', {}, context);
      // On a store that other hosts use, the edge compares all connections with few questions.
      if (this.deps.readTogether === undefined) await this.#verify(context);
    }
    this.#scheduleTick(context);
  }

  /** At the next moment something is due: the token's end, the end of the silence allowed. */
  #scheduleTick(context: ConnectionContext): void {
    if (this.#state === 'closed') return;
    this.#cancelTick();
    const heartbeatMs = this.deps.heartbeatS * 1000;
    const silenceEnds =
      this.#heardAt + (this.#state === 'pinged' ? 2 : 1) * heartbeatMs - context.clock.monotonic();
    const tokenEnds = this.identity.expiresAt - context.clock.now();
    const ms = Math.max(10, Math.min(silenceEnds, tokenEnds, 2 ** 31 - 1));
    this.#tickStep = this.deps.ticks.set(this.socket.id, ms);
  }

  #cancelTick(): void {
    if (this.#tickStep !== undefined) this.deps.ticks.cancel(this.socket.id, this.#tickStep);
    this.#tickStep = undefined;
  }
}

export const connectionProps: Omit<Props<ConnectionMessage>, 'create'> = {
  kind: 'connection',
  mailboxLimit: 4096,
  idleMs: 0,
};
