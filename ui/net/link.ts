import { CLOSE, closeAction } from '../../server/protocol/close-codes.ts';
import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import type { ClientFramePayload, ClientFrameType } from '../../server/protocol/client-frames.ts';
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../../server/protocol/version.ts';
import { backoffMs } from './backoff.ts';
import type { Clock, Timer } from './clock.ts';
import { decodeFrame, encodeFrame } from './frame-codec.ts';
import { isTemporary, problemCode } from './problem.ts';

/** The parts of a WebSocket that the link uses. */
export interface ClientSocket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** Why there is no connection. `unreached`: nobody answers. `unavailable`: the server says that it cannot serve now.
 *  `blocked`: the server answers over HTTP, but no WebSocket opens, so a proxy or firewall blocks them. */
export type Trouble = 'unreached' | 'unavailable' | 'blocked';

/** `up`: `welcome` was received. `waiting`: the next attempt begins at `until` (ms since the epoch). `connecting`:
 *  `trouble` is why the previous attempt failed; it stays until this one succeeds. `yielded`: this window gave way to
 *  newer ones of the same user. `outdated`: the server no longer speaks this client's version. `over`: the session
 *  ended. */
export type SocketState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'connecting'; readonly trouble: Trouble | null }
  | { readonly phase: 'up' }
  | { readonly phase: 'waiting'; readonly until: number; readonly trouble: Trouble }
  | { readonly phase: 'yielded' }
  | { readonly phase: 'outdated' }
  | { readonly phase: 'over'; readonly why: 'expired' | 'deleted' | 'revoked' };

export interface ReconnectingSocketDeps {
  readonly open: (url: string, protocols: string[]) => ClientSocket;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  /** The address to connect to. It holds the cursor to resume from, never a token. */
  readonly url: () => string;
  readonly token: () => Promise<string>;
  readonly renew: (refused: string) => Promise<string>;
  /** Whether the server still accepts this session. Rejects if the server can't be asked. */
  readonly alive: () => Promise<boolean>;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onState: (state: SocketState) => void;
}

/** The code that a browser reports if a connection ends without a close frame. */
const NO_CODE = 1006;
const PROBE_MS = 8_000;
const OPEN_MS = 15_000;
/** A connection that lasted this long resets the back-off. */
const STABLE_MS = 10_000;
/** After this many attempts in a row without a welcome, although the server answers over HTTP, WebSockets count as
 *  blocked. */
const BLOCKED_AFTER = 2;
/** Minimum time in milliseconds between attempts that user input brings forward. */
const HURRY_MS = 3_000;

const troubleOf = (error: unknown): 'unreached' | 'unavailable' => {
  const code = problemCode(error);
  return code !== 'offline' && code !== 'timeout' && isTemporary(code) ? 'unavailable' : 'unreached';
};

/** One lasting connection to the server, over many sockets [O1]–[O15]. Reconnects with back-off and full jitter, or
 *  immediately when nudged. Detects a dead peer by its silence. Does not interpret the frames beyond that. */
export class ReconnectingSocket {
  readonly #deps: ReconnectingSocketDeps;
  #socket: ClientSocket | null = null;
  #state: SocketState = { phase: 'idle' };
  #attempt = 0;
  #retry: Timer | null = null;
  #silence: Timer | null = null;
  #stable: Timer | null = null;
  #heartbeatMs = 30_000;
  #token = '';
  #generation = 0;
  #stopped = false;
  #trouble: Trouble | null = null;
  /** The number of attempts in a row for which the server answered over HTTP only. */
  #unopened = 0;
  #triedAt = 0;
  #probing = false;

  constructor(deps: ReconnectingSocketDeps) {
    this.#deps = deps;
  }

  get state(): SocketState {
    return this.#state;
  }

  start(): void {
    if (this.#state.phase === 'connecting' || this.#state.phase === 'up') return;
    this.#cancelTimers();
    void this.#connect();
  }

  /** Stops for good. No state is reported afterwards. */
  stop(): void {
    this.#stopped = true;
    this.#generation += 1;
    this.#drop(CLOSE.normal);
    this.#state = { phase: 'idle' };
  }

  /** The network or the window came back. Connects now, or checks now whether the connection still works. */
  nudge(): void {
    if (this.#state.phase === 'waiting') {
      this.#attempt = 0;
      this.start();
    } else if (this.#state.phase === 'up') {
      this.#probe();
    }
  }

  /** The user is typing or looking at the window. Brings the next attempt forward. */
  hurry(): void {
    if (this.#state.phase !== 'waiting') return;
    const ms = Math.max(0, this.#triedAt + HURRY_MS - this.#deps.clock.now());
    if (this.#deps.clock.now() + ms < this.#state.until) this.#retryIn(Math.min(ms, HURRY_MS));
  }

  /** The device slept so long that the server has given up the connection. Opens a new one immediately. */
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

  /** The peer seems not to answer. Opens a new socket and resumes by cursor. */
  restart(): void {
    if (this.#state.phase !== 'up' && this.#state.phase !== 'connecting') return;
    this.#generation += 1;
    this.#drop(CLOSE.normal);
    this.#wait('unreached');
  }

  /** Returns false if the frame was not sent. True is no guarantee; only an answer is. */
  send<T extends ClientFrameType>(type: T, payload: ClientFramePayload<T>, id = this.#deps.newId()): boolean {
    if (this.#socket === null || this.#state.phase !== 'up') return false;
    this.#socket.send(encodeFrame(id, type, payload));
    return true;
  }

  /** Sends a renewed token on the open connection [O9]. */
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
    // A proxy may swallow the request, or accept it and pass nothing on.
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

  /** The server pings a client that is silent for one heartbeat, so silence for two heartbeats is suspicious. */
  #listen(): void {
    this.#probing = false;
    this.#silence?.cancel();
    this.#silence = this.#deps.clock.after(this.#heartbeatMs * 2, () => {
      this.#probe();
    });
  }

  #probe(): void {
    // Further probes must not extend the deadline of the first one.
    if (this.#probing || !this.send('ping', {})) return;
    this.#probing = true;
    this.#silence?.cancel();
    this.#silence = this.#deps.clock.after(PROBE_MS, () => {
      this.#attempt = 0;
      this.restart();
    });
  }

  async #closed(code: number, welcomed: boolean): Promise<void> {
    const action = closeAction(code);
    switch (action) {
      case 'leave':
        this.#set({ phase: 'over', why: 'deleted' });
        return;
      case 'renew':
      case 'check':
        await this.#checkSession(action);
        return;
      case 'wait':
      case 'reconnect':
        this.#wait(action === 'wait' ? 'unavailable' : (this.#trouble ?? 'unreached'));
        // A browser does not reveal the status of a refused upgrade, so ask for the reason over HTTP.
        if (!welcomed) await this.#learnWhy(action);
    }
  }

  /** Checks the reason before reconnecting, so that windows that replace each other do not do so forever. */
  async #checkSession(action: 'renew' | 'check'): Promise<void> {
    this.#set({ phase: 'connecting', trouble: this.#trouble });
    const generation = this.#generation;
    const verdict = await this.#judge(action === 'renew');
    if (generation !== this.#generation) return;
    if (verdict === 'over') this.#end(action === 'check' ? 'revoked' : 'expired');
    else if (verdict === 'alive' && action === 'check') this.#set({ phase: 'yielded' });
    else this.#wait(verdict === 'alive' ? 'unreached' : verdict);
  }

  async #learnWhy(action: 'wait' | 'reconnect'): Promise<void> {
    const verdict = await this.#judge(false);
    if (this.#stopped || this.#state.phase === 'up') return;
    if (verdict === 'over') {
      this.#generation += 1;
      this.#drop(CLOSE.normal);
      this.#end('expired');
      return;
    }
    // A close with a reason was not caused by a proxy.
    this.#unopened = verdict === 'alive' && action !== 'wait' ? this.#unopened + 1 : 0;
    if (this.#unopened >= BLOCKED_AFTER) this.#explain('blocked');
    else if (verdict !== 'alive') this.#explain(verdict);
  }

  /** Reports why an attempt failed. That may become known only while the next one is waiting or running. */
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

  #set(state: SocketState): void {
    this.#state = state;
    this.#deps.onState(state);
  }
}
