import { CLOSE } from '../../server/protocol/errors.ts';
import type { ServerFrame } from '../../server/protocol/down.ts';
import type { ClientFramePayload, ClientFrameType } from '../../server/protocol/up.ts';
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../../server/protocol/version.ts';
import { backoffMs } from './backoff.ts';
import type { Clock, Timer } from './clock.ts';
import { decodeFrame, encodeFrame } from './frames.ts';
import { problemCode } from './problem.ts';

/** What the link needs of a WebSocket. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** Why there is no connection. `unreached`: nobody answers. `unavailable`: the server says that it cannot serve now.
 *  `blocked`: the server answers over HTTP, but no WebSocket to it opens: a proxy or a firewall does not pass them. */
export type Trouble = 'unreached' | 'unavailable' | 'blocked';

/** `up`: welcome was received. `waiting`: the next attempt comes at `until` (ms since the epoch). `connecting`: `trouble` is why the
 *  attempt before failed, until this one has succeeded. `yielded`: this window gave way to newer ones of the same person.
 *  `outdated`: the server no longer speaks this client's version. `over`: the session ended. */
export type LinkState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'connecting'; readonly trouble: Trouble | null }
  | { readonly phase: 'up' }
  | { readonly phase: 'waiting'; readonly until: number; readonly trouble: Trouble }
  | { readonly phase: 'yielded' }
  | { readonly phase: 'outdated' }
  | { readonly phase: 'over'; readonly why: 'expired' | 'deleted' | 'revoked' };

export interface LinkDeps {
  readonly open: (url: string, protocols: string[]) => Socket;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  /** The address to connect to; holds the cursor to resume from, never a token. */
  readonly url: () => string;
  readonly token: () => Promise<string>;
  readonly renew: (refused: string) => Promise<string>;
  /** Whether the server still takes this session. Rejects when it can't be asked. */
  readonly alive: () => Promise<boolean>;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onState: (state: LinkState) => void;
}

/** What a browser reports when a connection ends without a close frame. */
const NO_CODE = 1006;
const PROBE_MS = 8_000;
const OPEN_MS = 15_000;
/** A connection that held this long starts the back-off anew. */
const STABLE_MS = 10_000;
/** So many attempts in a row without a welcome, while the server answers over HTTP, are no accident. */
const BLOCKED_AFTER = 2;
/** However often somebody touches the window, attempts that this brings forward are at least so far apart. */
const HURRY_MS = 3_000;

/** The server closed and says why: it stops, has failed, or has too much to do. */
const UNAVAILABLE: ReadonlySet<number> = new Set([CLOSE.shutdown, CLOSE.internal, CLOSE.overloaded]);

const troubleOf = (error: unknown): 'unreached' | 'unavailable' =>
  ['unavailable', 'too_many_requests', 'internal'].includes(problemCode(error)) ? 'unavailable' : 'unreached';

/** One lasting connection to the server over many sockets (SPEC §5). Reconnects with back-off and full jitter,
 *  at once when nudged, and notices a dead peer by silence. What the frames mean is not its matter. */
export class Link {
  readonly #deps: LinkDeps;
  #socket: Socket | null = null;
  #state: LinkState = { phase: 'idle' };
  #attempt = 0;
  #retry: Timer | null = null;
  #silence: Timer | null = null;
  #stable: Timer | null = null;
  #heartbeatMs = 30_000;
  #token = '';
  #generation = 0;
  #stopped = false;
  #trouble: Trouble | null = null;
  /** Attempts in a row that the server answered over HTTP only. */
  #unopened = 0;
  #triedAt = 0;
  #probing = false;

  constructor(deps: LinkDeps) {
    this.#deps = deps;
  }

  get state(): LinkState {
    return this.#state;
  }

  start(): void {
    if (this.#state.phase === 'connecting' || this.#state.phase === 'up') return;
    this.#cancelTimers();
    void this.#connect();
  }

  /** Ends for good; no state is reported afterwards. */
  stop(): void {
    this.#stopped = true;
    this.#generation += 1;
    this.#drop(CLOSE.normal);
    this.#state = { phase: 'idle' };
  }

  /** The network or the window came back: connect now, or find out now whether the connection still lives. */
  nudge(): void {
    if (this.#state.phase === 'waiting') {
      this.#attempt = 0;
      this.start();
    } else if (this.#state.phase === 'up') {
      this.#probe();
    }
  }

  /** Somebody writes or looks at the window: the next attempt need not wait for its time. */
  hurry(): void {
    if (this.#state.phase !== 'waiting') return;
    const ms = Math.max(0, this.#triedAt + HURRY_MS - this.#deps.clock.now());
    if (this.#deps.clock.now() + ms < this.#state.until) this.#retryIn(Math.min(ms, HURRY_MS));
  }

  /** The device slept, so long that the server has given the connection up: a fresh one at once. */
  woke(): void {
    if (this.#state.phase !== 'up' && this.#state.phase !== 'connecting') {
      this.nudge();
      return;
    }
    this.#generation += 1;
    this.#drop(CLOSE.normal);
    this.#attempt = 0;
    void this.#connect();
  }

  /** The peer seems not to answer: a fresh socket, resumed by cursor. */
  restart(): void {
    if (this.#state.phase !== 'up' && this.#state.phase !== 'connecting') return;
    this.#generation += 1;
    this.#drop(CLOSE.normal);
    this.#wait('unreached');
  }

  /** False when the frame did not go out. True is no promise: only an answer is. */
  send<T extends ClientFrameType>(type: T, payload: ClientFramePayload<T>, id = this.#deps.newId()): boolean {
    if (this.#socket === null || this.#state.phase !== 'up') return false;
    this.#socket.send(encodeFrame(id, type, payload));
    return true;
  }

  /** Renews the token of the open connection in place (SPEC §5.2 `auth`). */
  renewed(token: string): void {
    this.#token = token;
    this.send('auth', { token });
  }

  async #connect(): Promise<void> {
    const generation = ++this.#generation;
    this.#triedAt = this.#deps.clock.now();
    this.#set({ phase: 'connecting', trouble: this.#trouble });
    try {
      this.#token = await this.#deps.token();
    } catch (error) {
      if (generation === this.#generation) this.#noToken(error);
      return;
    }
    if (generation !== this.#generation) return;
    const socket = this.#deps.open(this.#deps.url(), [SUBPROTOCOL, `bearer.${this.#token}`]);
    this.#socket = socket;
    const ended = (code: number, close: number | null): void => {
      if (generation !== this.#generation) return;
      const welcomed = this.#state.phase === 'up';
      this.#generation += 1;
      this.#drop(close);
      void this.#closed(code, welcomed);
    };
    // What lies in between may swallow the request, or take it and pass nothing on.
    this.#silence = this.#deps.clock.after(OPEN_MS, () => {
      ended(NO_CODE, CLOSE.normal);
    });
    socket.onmessage = (event) => {
      if (generation === this.#generation && typeof event.data === 'string') this.#received(event.data);
    };
    socket.onclose = (event) => {
      ended(event.code, null);
    };
  }

  #received(text: string): void {
    this.#listen();
    const frame = decodeFrame(text);
    if (frame === null) return;
    if (frame.type === 'welcome') {
      if (frame.payload.min_version > PROTOCOL_VERSION) {
        this.#generation += 1;
        this.#drop(CLOSE.normal);
        this.#set({ phase: 'outdated' });
        return;
      }
      this.#trouble = null;
      this.#unopened = 0;
      this.#heartbeatMs = frame.payload.heartbeat_s * 1000;
      this.#stable = this.#deps.clock.after(STABLE_MS, () => {
        this.#attempt = 0;
      });
      this.#set({ phase: 'up' });
      this.#listen();
    } else if (frame.type === 'ping') {
      this.send('pong', {});
      return;
    }
    this.#deps.onFrame(frame);
  }

  /** The server pings a client silent for one heartbeat, so two without a word are suspicious. */
  #listen(): void {
    this.#probing = false;
    this.#silence?.cancel();
    this.#silence = this.#deps.clock.after(this.#heartbeatMs * 2, () => {
      this.#probe();
    });
  }

  #probe(): void {
    // Asked again and again, it still has to answer the first time.
    if (this.#probing || !this.send('ping', {})) return;
    this.#probing = true;
    this.#silence?.cancel();
    this.#silence = this.#deps.clock.after(PROBE_MS, () => {
      this.#attempt = 0;
      this.restart();
    });
  }

  async #closed(code: number, welcomed: boolean): Promise<void> {
    if (code === CLOSE.accountDeleted) {
      this.#set({ phase: 'over', why: 'deleted' });
    } else if (code === CLOSE.tokenExpired || code === CLOSE.sessionRevoked) {
      // Judge before reconnecting: windows that push each other out must not do so in turns for ever.
      this.#set({ phase: 'connecting', trouble: this.#trouble });
      const generation = this.#generation;
      const verdict = await this.#judge(code === CLOSE.tokenExpired);
      if (generation !== this.#generation) return;
      if (verdict === 'over') this.#end(code === CLOSE.sessionRevoked ? 'revoked' : 'expired');
      else if (verdict === 'alive' && code === CLOSE.sessionRevoked) this.#set({ phase: 'yielded' });
      else this.#wait(verdict === 'alive' ? 'unreached' : verdict);
    } else {
      this.#wait(UNAVAILABLE.has(code) ? 'unavailable' : (this.#trouble ?? 'unreached'));
      // A refused upgrade shows the browser no status: ask over HTTP what the matter is.
      if (!welcomed) await this.#learnWhy(code);
    }
  }

  async #learnWhy(code: number): Promise<void> {
    const verdict = await this.#judge(false);
    if (this.#stopped || this.#state.phase === 'up') return;
    if (verdict === 'over') {
      this.#generation += 1;
      this.#drop(CLOSE.normal);
      this.#end('expired');
      return;
    }
    // Closed with a reason is no proxy's doing.
    this.#unopened = verdict === 'alive' && !UNAVAILABLE.has(code) ? this.#unopened + 1 : 0;
    if (this.#unopened >= BLOCKED_AFTER) this.#explain('blocked');
    else if (verdict !== 'alive') this.#explain(verdict);
  }

  /** Why the attempt failed has become known while the next one is waited for, or under way. */
  #explain(trouble: Trouble): void {
    this.#trouble = trouble;
    const state = this.#state;
    const isTold = (state.phase === 'waiting' || state.phase === 'connecting') && state.trouble !== trouble;
    if (isTold) this.#set({ ...state, trouble });
  }

  async #judge(renew: boolean): Promise<'alive' | 'over' | Exclude<Trouble, 'blocked'>> {
    try {
      if (renew) await this.#deps.renew(this.#token);
      return (await this.#deps.alive()) ? 'alive' : 'over';
    } catch (error) {
      return problemCode(error) === 'unauthorized' ? 'over' : troubleOf(error);
    }
  }

  #noToken(error: unknown): void {
    if (problemCode(error) === 'unauthorized') this.#end('expired');
    else this.#wait(troubleOf(error));
  }

  #end(why: 'expired' | 'revoked'): void {
    this.#cancelTimers();
    this.#set({ phase: 'over', why });
  }

  #wait(trouble: Trouble): void {
    this.#trouble = trouble;
    const ms = backoffMs(this.#attempt, this.#deps.random);
    this.#attempt += 1;
    this.#retryIn(ms);
  }

  #retryIn(ms: number): void {
    this.#retry?.cancel();
    this.#retry = this.#deps.clock.after(ms, () => {
      void this.#connect();
    });
    const until = this.#deps.clock.now() + ms;
    this.#set({ phase: 'waiting', until, trouble: this.#trouble ?? 'unreached' });
  }

  #drop(code: number | null): void {
    this.#cancelTimers();
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null && code !== null) socket.close(code);
  }

  #cancelTimers(): void {
    this.#retry?.cancel();
    this.#silence?.cancel();
    this.#stable?.cancel();
    this.#retry = this.#silence = this.#stable = null;
  }

  #set(state: LinkState): void {
    this.#state = state;
    this.#deps.onState(state);
  }
}
