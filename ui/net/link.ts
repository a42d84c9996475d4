import { CLOSE } from '../../server/protocol/errors.ts';
import type { Down } from '../../server/protocol/down.ts';
import type { UpPayload, UpType } from '../../server/protocol/up.ts';
import { SUBPROTOCOL } from '../../server/protocol/version.ts';
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

/** `up`: welcome was received. `waiting`: the next attempt comes at `until` (ms since the epoch).
 *  `yielded`: this window gave way to newer ones of the same person. `over`: the session ended. */
export type LinkState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'connecting' }
  | { readonly phase: 'up' }
  | { readonly phase: 'waiting'; readonly until: number }
  | { readonly phase: 'yielded' }
  | { readonly phase: 'over'; readonly why: 'expired' | 'deleted' | 'revoked' };

export interface LinkParts {
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
  readonly onFrame: (frame: Down) => void;
  readonly onState: (state: LinkState) => void;
}

const PROBE_MS = 8_000;
const OPEN_MS = 15_000;
/** A connection that held this long starts the back-off anew. */
const STABLE_MS = 10_000;

/** One lasting connection to the server over many sockets (SPEC §5). Reconnects with back-off and full jitter,
 *  at once when nudged, and notices a dead peer by silence. What the frames mean is not its matter. */
export class Link {
  readonly #parts: LinkParts;
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

  constructor(parts: LinkParts) {
    this.#parts = parts;
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

  /** The peer seems not to answer: a fresh socket, resumed by cursor. */
  restart(): void {
    if (this.#state.phase !== 'up' && this.#state.phase !== 'connecting') return;
    this.#generation += 1;
    this.#drop(CLOSE.normal);
    this.#wait();
  }

  /** False when the frame did not go out. True is no promise: only an answer is. */
  send<T extends UpType>(type: T, payload: UpPayload<T>, id = this.#parts.newId()): boolean {
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
    this.#set({ phase: 'connecting' });
    try {
      this.#token = await this.#parts.token();
    } catch (error) {
      if (generation === this.#generation) this.#noToken(error);
      return;
    }
    if (generation !== this.#generation) return;
    const socket = this.#parts.open(this.#parts.url(), [SUBPROTOCOL, `bearer.${this.#token}`]);
    this.#socket = socket;
    let opened = false;
    this.#silence = this.#parts.clock.after(OPEN_MS, () => {
      if (generation === this.#generation) this.restart();
    });
    socket.onopen = () => {
      opened = true;
    };
    socket.onmessage = (event) => {
      if (generation === this.#generation && typeof event.data === 'string') this.#received(event.data);
    };
    socket.onclose = (event) => {
      if (generation !== this.#generation) return;
      this.#generation += 1;
      this.#drop(null);
      void this.#closed(event.code, opened);
    };
  }

  #received(text: string): void {
    this.#listen();
    const frame = decodeFrame(text);
    if (frame === null) return;
    if (frame.type === 'welcome') {
      this.#heartbeatMs = frame.payload.heartbeat_s * 1000;
      this.#stable = this.#parts.clock.after(STABLE_MS, () => {
        this.#attempt = 0;
      });
      this.#set({ phase: 'up' });
      this.#listen();
    } else if (frame.type === 'ping') {
      this.send('pong', {});
      return;
    }
    this.#parts.onFrame(frame);
  }

  /** The server pings a client silent for one heartbeat, so two without a word are suspicious. */
  #listen(): void {
    this.#silence?.cancel();
    this.#silence = this.#parts.clock.after(this.#heartbeatMs * 2, () => {
      this.#probe();
    });
  }

  #probe(): void {
    if (!this.send('ping', {})) return;
    this.#silence?.cancel();
    this.#silence = this.#parts.clock.after(PROBE_MS, () => {
      this.#attempt = 0;
      this.restart();
    });
  }

  async #closed(code: number, opened: boolean): Promise<void> {
    if (code === CLOSE.accountDeleted) {
      this.#set({ phase: 'over', why: 'deleted' });
    } else if (code === CLOSE.tokenExpired || code === CLOSE.sessionRevoked) {
      // Judge before reconnecting: windows that push each other out must not do so in turns for ever.
      this.#set({ phase: 'connecting' });
      const generation = this.#generation;
      const verdict = await this.#judge(code === CLOSE.tokenExpired);
      if (generation !== this.#generation) return;
      if (verdict === 'over') this.#end(code === CLOSE.sessionRevoked ? 'revoked' : 'expired');
      else if (verdict === 'alive' && code === CLOSE.sessionRevoked) this.#set({ phase: 'yielded' });
      else this.#wait();
    } else {
      this.#wait();
      // A refused upgrade shows the browser no status: ask over HTTP what the matter is.
      if (!opened && (await this.#judge(false)) === 'over' && !this.#stopped) {
        this.#generation += 1;
        this.#drop(CLOSE.normal);
        this.#end('expired');
      }
    }
  }

  async #judge(renew: boolean): Promise<'alive' | 'over' | 'unknown'> {
    try {
      if (renew) await this.#parts.renew(this.#token);
      return (await this.#parts.alive()) ? 'alive' : 'over';
    } catch (error) {
      return problemCode(error) === 'unauthorized' ? 'over' : 'unknown';
    }
  }

  #noToken(error: unknown): void {
    if (problemCode(error) === 'unauthorized') this.#end('expired');
    else this.#wait();
  }

  #end(why: 'expired' | 'revoked'): void {
    this.#cancelTimers();
    this.#set({ phase: 'over', why });
  }

  #wait(): void {
    const ms = backoffMs(this.#attempt, this.#parts.random);
    this.#attempt += 1;
    this.#retry = this.#parts.clock.after(ms, () => {
      void this.#connect();
    });
    this.#set({ phase: 'waiting', until: this.#parts.clock.now() + ms });
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
    this.#parts.onState(state);
  }
}
