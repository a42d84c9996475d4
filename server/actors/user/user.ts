import { CLOSE } from '../../protocol/close-codes.ts';
import { PRESENCE_GRACE_MS } from '../../protocol/limits.ts';
import type { Actor, ActorContext, Props, ReplyTo } from '../../runtime/actor.ts';
import type { Timer } from '../../runtime/clock.ts';
import {
  REPEATED_AFTER_MS,
  type PresenceState,
  type WriteMessage,
  type Writes,
} from '../../storage/writes.ts';
import { edge } from '../services/edge.ts';
import { writer } from '../services/writer.ts';
import type { UserMessage } from './messages.ts';
import { RegisteredConnections, type ConnectionWrite } from './registered-connections.ts';

type Settle = Extract<WriteMessage, { type: 'settlePresence' }>;
type UserWrite = ConnectionWrite | Settle;
type Answer = Writes[UserWrite['type']]['out'];
type Message =
  | UserMessage
  | { readonly type: 'grace-over' }
  | {
      readonly type: 'written';
      readonly write: UserWrite;
      readonly registration: number;
      readonly answer: Answer;
    }
  | { readonly type: 'write-failed'; readonly write: UserWrite }
  | { readonly type: 'write-again' };
type Context = ActorContext<Message>;

const RETRY_MS = 250;

let hostIdBefore = '';
/** Every message brings a copy of its own, and all users of a thread have the same. */
const oneString = (hostId: string): string =>
  hostId === hostIdBefore ? hostIdBefore : (hostIdBefore = hostId);

/** The connections of one user at this host. Registers them in the store, which says what follows for the user's presence, and whom
 *  to tell: online with the first visible connection, offline 5 s after the last one is gone [S6] [S7] [S8]. The list of connections
 *  at the edge is authoritative; this actor can be rebuilt from it. */
class User implements Actor<Message> {
  readonly #userId: string;
  readonly #connections: RegisteredConnections;
  #hostId = '';
  /** Counts the rosters and ids of this host. A write that began before the newest one says nothing of now. */
  #registration = 0;
  /** The store does not know this host, or not any more, so nothing is registered. With its next heartbeat the edge learns of it, and sends
   *  a roster. */
  #isGone = false;
  /** The edge, if it waits until the roster is registered. */
  #rosterAsker: ReplyTo<'registered'> | undefined;
  /** Whether the answer of a write was lost, so that a change may be stored that nobody was told of. */
  #unsure = false;
  #grace: Timer | undefined;
  /** The grace time is over, and nobody has come back here. */
  #isOver = false;
  #writing = false;
  #again: Timer | undefined;

  constructor(userId: string) {
    this.#userId = userId;
    this.#connections = new RegisteredConnections(userId);
  }

  receive(message: Message, context: Context): void {
    switch (message.type) {
      case 'connected':
        if (message.hostId !== this.#hostId) this.#registered(message.hostId);
        this.#connections.add(message.connection);
        this.#changed(context);
        break;
      case 'disconnected':
        if (this.#connections.remove(message.socketId)) this.#changed(context);
        break;
      case 'roster':
        this.#registered(message.hostId);
        this.#unsure = true;
        this.#connections.replace(message.connections);
        this.#answerRoster(context);
        this.#rosterAsker = context.replyTo(message);
        this.#changed(context);
        break;
      case 'grace-over':
        this.#grace = undefined;
        this.#isOver = true;
        this.#write(context);
        break;
      case 'written':
        this.#writing = false;
        this.#written(message, context);
        this.#write(context);
        break;
      case 'write-failed':
        this.#writing = false;
        this.#failed(message.write, context);
        break;
      case 'write-again':
        this.#again = undefined;
        this.#write(context);
        break;
      default:
        message satisfies never;
    }
  }

  #registered(hostId: string): void {
    this.#hostId = oneString(hostId);
    this.#registration += 1;
    this.#isGone = false;
  }

  #changed(context: Context): void {
    if (this.#connections.open.length > 0) this.#endGrace();
    else this.#grace ??= context.schedule(PRESENCE_GRACE_MS, { type: 'grace-over' });
    this.#write(context);
  }

  #endGrace(): void {
    this.#grace?.cancel();
    this.#grace = undefined;
    this.#isOver = false;
  }

  /** One write at a time. Writes the current state, also after a failure: connections may have come and gone since. */
  #write(context: Context): void {
    if (this.#writing || this.#again !== undefined) return;
    const write = this.#next();
    if (write === undefined) {
      this.#answerRoster(context);
      if (this.#isIdle) context.passivate();
      return;
    }
    this.#writing = true;
    const registration = this.#registration;
    context.pipe(
      writer,
      write,
      REPEATED_AFTER_MS,
      (answer) => ({ type: 'written', write, registration, answer }),
      () => ({ type: 'write-failed', write }),
    );
  }

  #answerRoster(context: Context): void {
    context.reply(this.#rosterAsker, 'registered');
    this.#rosterAsker = undefined;
  }

  #next(): UserWrite | undefined {
    const write = this.#connections.next(this.#hostId, this.#unsure);
    if (write?.type === 'openConnection' && this.#isGone) return undefined;
    if (write !== undefined || !this.#isOver) return write;
    return { type: 'settlePresence', input: { userId: this.#userId, tellAnyway: this.#unsure } };
  }

  get #isIdle(): boolean {
    const isWaiting = this.#grace !== undefined || this.#again !== undefined;
    return this.#connections.open.length === 0 && !isWaiting && !this.#writing;
  }

  #written({ write, registration, answer }: Extract<Message, { type: 'written' }>, context: Context): void {
    if ('kind' in answer && answer.kind === 'gone') {
      this.#isGone = registration === this.#registration;
      this.#markUnsure(write);
      return;
    }
    if (write.type === 'settlePresence') this.#isOver = false;
    // What was registered for a host that is given up goes with it.
    else if (registration === this.#registration) this.#connections.written(write);
    if ('presence' in answer) {
      if (registration === this.#registration) this.#unsure = false;
      this.#tell(answer.presence, context);
      // None is left here: whoever removes the last one at another host settles this later.
      const isClosed = write.type === 'closeConnections' && write.input.keep.length === 0;
      if (isClosed && answer.presence.isConnected) this.#endGrace();
    }
    if (!('kind' in answer) || write.type !== 'openConnection') return;
    if (answer.kind === 'ended') this.#end(write.input.sessionId, context);
    if (answer.kind === 'opened' && answer.evicted.length > 0)
      context.tell(edge, { type: 'evict', userId: this.#userId, connections: answer.evicted });
  }

  /** The session was ended between the handshake and now. */
  #end(sessionId: string, context: Context): void {
    const [code, reason] = [CLOSE.sessionRevoked, 'session ended'];
    context.tell(edge, { type: 'revoke', userId: this.#userId, sessionIds: [sessionId], code, reason });
  }

  #failed(write: UserWrite, context: Context): void {
    this.#markUnsure(write);
    this.#again ??= context.schedule(RETRY_MS, { type: 'write-again' });
  }

  /** The change may be stored nevertheless, and somebody may have read it. Therefore the next status is announced even if it is the
   *  same. */
  #markUnsure(write: UserWrite): void {
    this.#unsure = true;
    if (write.type !== 'settlePresence') this.#connections.failed(write);
  }

  #tell(presence: PresenceState, context: Context): void {
    if (presence.observers.length > 0) context.tell(edge, { type: 'presence', userId: this.#userId });
  }
}

export const userProps: Props<UserMessage> = {
  kind: 'user',
  mailboxLimit: 256,
  idleMs: 0,
  create: (key) => new User(key),
};
