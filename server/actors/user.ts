import { encodeFrame } from '../protocol/encode.ts';
import { PRESENCE_GRACE_MS } from '../protocol/limits.ts';
import { rfc3339 } from '../protocol/rfc3339.ts';
import type { Actor, ActorContext, Props } from '../runtime/actor.ts';
import type { Timer } from '../runtime/clock.ts';
import type { Queries } from '../storage/store.ts';
import { edge, writer, type Connection, type UserMessage } from './refs.ts';

type Status = 'online' | 'offline';
type Message =
  | UserMessage
  | { readonly type: 'grace-over' }
  | {
      readonly type: 'written';
      readonly status: Status;
      readonly lastSeen: number | null;
      readonly changed: boolean;
    }
  | { readonly type: 'write-failed' }
  | { readonly type: 'write-again' };
type Context = ActorContext<Message>;
type UserQueries = Pick<Queries, 'partners' | 'presenceOf'>;

const WRITE_TIMEOUT_MS = 5_000;
const RETRY_MS = 250;

/** One person's connections and presence: online with the first visible one, offline 5 s after the last one is
 *  gone; persisted, then told to those this person has written to. [S6] [S7] [S8] The edge's roster is the truth, this
 *  actor can be rebuilt from it. */
class User implements Actor<Message> {
  readonly #userId: string;
  readonly #queries: UserQueries;
  /** Few: an array takes less than a map, and everybody has one. */
  #connections: readonly Connection[] = [];
  #status: Status | undefined;
  #told: Status | undefined;
  /** What is stored may not have been told: the one who was to tell it is gone, or the answer was lost. */
  #unsure = false;
  #grace: Timer | undefined;
  #writing = false;
  #dirty = false;

  constructor(userId: string, queries: UserQueries) {
    this.#userId = userId;
    this.#queries = queries;
  }

  receive(message: Message, context: Context): void {
    switch (message.type) {
      case 'connected':
        this.#connections = this.#without(message.connection.socketId).concat(message.connection);
        this.#changed(context);
        break;
      case 'disconnected':
        this.#disconnected(message.socketId, context);
        break;
      case 'roster':
        this.#unsure = true;
        this.#connections = message.connections;
        this.#changed(context);
        break;
      case 'introduce':
        this.#introduce(message.peerId, context);
        break;
      case 'grace-over':
        this.#grace = undefined;
        this.#status = 'offline';
        this.#write(context);
        break;
      case 'written':
        this.#writing = false;
        this.#tell(message, context);
        if (this.#dirty) this.#write(context);
        else if (this.#connections.length === 0 && this.#status === 'offline') context.passivate();
        break;
      case 'write-failed':
        this.#writing = false;
        // It may be stored all the same, and somebody may have read it: the next one is told, even if it says the same.
        this.#unsure = true;
        this.#told = undefined;
        context.schedule(RETRY_MS, { type: 'write-again' });
        break;
      case 'write-again':
        // What is true by then: people come and go while the writer is away.
        this.#write(context);
        break;
      default:
        message satisfies never;
    }
  }

  #without(socketId: string): readonly Connection[] {
    return this.#connections.filter((each) => each.socketId !== socketId);
  }

  #disconnected(socketId: string, context: Context): void {
    const others = this.#without(socketId);
    if (others.length === this.#connections.length) return;
    this.#connections = others;
    this.#changed(context);
  }

  #changed(context: Context): void {
    const visible = this.#connections.some((each) => each.visible);
    if (visible) {
      this.#grace?.cancel();
      this.#grace = undefined;
      this.#status = 'online';
    } else if (this.#connections.length > 0) {
      // Here, but appearing offline: that is said at once, there is nothing to wait for.
      this.#grace?.cancel();
      this.#grace = undefined;
      this.#status = 'offline';
    } else {
      this.#grace ??= context.schedule(PRESENCE_GRACE_MS, { type: 'grace-over' });
    }
    this.#write(context);
  }

  /** One write at a time; the newest state wins. */
  #write(context: Context): void {
    const status = this.#status;
    // Just rebuilt with nobody there: the stored status stands until the grace is over.
    if (status === undefined) return;
    if (this.#writing) {
      this.#dirty = true;
      return;
    }
    this.#writing = true;
    this.#dirty = false;
    context.pipe(
      writer,
      {
        type: 'setPresence',
        input: {
          userId: this.#userId,
          status,
          connections: this.#connections.map(({ socketId, sessionId, ipAddress }) => ({
            sessionId,
            websocketId: socketId,
            ipAddress,
          })),
        },
      },
      WRITE_TIMEOUT_MS,
      ({ lastSeen, changed }) => ({ type: 'written', status, lastSeen, changed }),
      () => ({ type: 'write-failed' }),
    );
  }

  /** Nothing is told where nothing has changed: a connection that appears offline from its first moment leaves no sign. */
  #tell({ status, lastSeen, changed }: Extract<Message, { type: 'written' }>, context: Context): void {
    const isNews = status !== this.#told && (changed || this.#unsure || status === 'online');
    this.#told = status;
    this.#unsure = false;
    if (!isNews) return;
    this.#tellTo(this.#queries.partners(this.#userId), { status, lastSeen }, context);
  }

  /** What is stored: a change that is being written now is told to the new one as to all others. */
  #introduce(peerId: string, context: Context): void {
    const [presence] = this.#queries.presenceOf([this.#userId]);
    if (presence !== undefined) this.#tellTo([peerId], presence, context);
    // Made for this message alone: nobody is here, and nothing is waiting.
    if (this.#connections.length === 0 && this.#status === undefined && this.#grace === undefined)
      context.passivate();
  }

  #tellTo(
    userIds: readonly string[],
    { status, lastSeen }: { readonly status: Status; readonly lastSeen: number | null },
    context: Context,
  ): void {
    const about = this.#userId;
    const last_seen = lastSeen === null ? null : rfc3339(lastSeen);
    const payload = { user_id: about, status, last_seen };
    const frame = encodeFrame('presence', payload, context.ids.next(), context.clock.now());
    context.tell(edge, { type: 'ephemeral', userIds, frame, about });
  }
}

export const userProps = (queries: UserQueries): Props<UserMessage> => ({
  kind: 'user',
  mailboxLimit: 256,
  idleMs: 0,
  create: (key) => new User(key, queries),
});
