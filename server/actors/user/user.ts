import { encodeFrame } from '../../protocol/encode.ts';
import { PRESENCE_GRACE_MS } from '../../protocol/limits.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { Actor, ActorContext, Props } from '../../runtime/actor.ts';
import type { Timer } from '../../runtime/clock.ts';
import type { Queries } from '../../storage/reads.ts';
import { edge } from '../services/edge.ts';
import { writer } from '../services/writer.ts';
import type { ConnectionInfo, UserMessage } from './messages.ts';

type Status = 'online' | 'offline';
type Message =
  | UserMessage
  | { readonly type: 'grace-over' }
  | { readonly type: 'introduce-again' }
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

/** The connections and the presence of one user: online with the first visible connection, offline 5 s after the last one is
 *  gone. A change is stored and then announced to those whom the user has written to [S6] [S7] [S8]. The list of connections at
 *  the edge is authoritative; this actor can be rebuilt from it. */
class User implements Actor<Message> {
  readonly #userId: string;
  readonly #queries: UserQueries;
  /** Few: an array takes less than a map, and everybody has one. */
  #connections: readonly ConnectionInfo[] = [];
  #status: Status | undefined;
  #told: Status | undefined;
  /** Whether the stored status may not have been announced: its actor died, or the answer of the write was lost. */
  #unsure = false;
  #grace: Timer | undefined;
  /** To whom the presence could not be told yet. Absent: nobody. */
  #observers: Set<string> | undefined;
  #writing = false;
  #dirty = false;

  constructor(userId: string, queries: UserQueries) {
    this.#userId = userId;
    this.#queries = queries;
  }

  async receive(message: Message, context: Context): Promise<void> {
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
        // While an attempt is due, the new observer waits for it too.
        if (this.#observers !== undefined) this.#observers.add(message.peerId);
        else await this.#introduce(new Set([message.peerId]), context);
        break;
      case 'introduce-again':
        if (this.#observers !== undefined) await this.#introduce(this.#observers, context);
        break;
      case 'grace-over':
        this.#grace = undefined;
        this.#status = 'offline';
        this.#write(context);
        break;
      case 'written':
        this.#writing = false;
        if (!(await this.#tell(message, context))) break;
        if (this.#dirty) this.#write(context);
        else if (this.#connections.length === 0 && this.#status === 'offline') context.passivate();
        break;
      case 'write-failed':
        this.#writing = false;
        this.#failed(context);
        break;
      case 'write-again':
        // Writes the current state: connections may have come and gone while the writer was away.
        this.#write(context);
        break;
      default:
        message satisfies never;
    }
  }

  #without(socketId: string): readonly ConnectionInfo[] {
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
      // Connected but invisible: announced as offline at once, without the grace period.
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
    // Just rebuilt without a connection: the stored status stays until the grace period is over.
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

  /** The change may be stored nevertheless, and somebody may have read it. Therefore the next status is announced even if it is the
   *  same. */
  #failed(context: Context): void {
    this.#unsure = true;
    this.#told = undefined;
    context.schedule(RETRY_MS, { type: 'write-again' });
  }

  /** Announces a status only if it has changed, so that a connection which is invisible from the start leaves no trace [S8]. Returns
   *  false if it has to be written and announced again. */
  async #tell(
    { status, lastSeen, changed }: Extract<Message, { type: 'written' }>,
    context: Context,
  ): Promise<boolean> {
    const isNews = status !== this.#told && (changed || this.#unsure || status === 'online');
    this.#told = status;
    this.#unsure = false;
    if (!isNews) return true;
    try {
      this.#tellTo(await this.#queries.partners(this.#userId), { status, lastSeen }, context);
      return true;
    } catch {
      this.#failed(context);
      return false;
    }
  }

  /** Sends the stored presence to new observers. A change that is being written is announced to them like to all others. */
  async #introduce(observers: Set<string>, context: Context): Promise<void> {
    try {
      const [presence] = await this.#queries.presenceOf([this.#userId]);
      if (presence !== undefined) this.#tellTo([...observers], presence, context);
      this.#observers = undefined;
    } catch {
      this.#observers = observers;
      context.schedule(RETRY_MS, { type: 'introduce-again' });
      return;
    }
    // Activated only for this message: no connection, and nothing pending.
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
