import type { ClientFramePayload, ClientFrameType } from '../../server/protocol/client-frames.ts';
import type { Clock, Timer } from './clock.ts';
import type { ReconnectingSocket, SocketState } from './link.ts';

/** What the rest of the client uses of its connection. */
export type ClientLink = Pick<
  ReconnectingSocket,
  'state' | 'start' | 'stop' | 'nudge' | 'hurry' | 'woke' | 'restart' | 'send' | 'renewed'
>;

export interface LateLinkDeps {
  readonly clock: Clock;
  /** Loads the link. Rejects if it can't be loaded now. */
  readonly load: () => Promise<ClientLink>;
  /** Whether the server has another build, so that the part is not there any more. */
  readonly isReplaced: () => Promise<boolean>;
  readonly onState: (state: SocketState) => void;
}

const AGAIN_MS = 5_000;

/** A link that is loaded when it is started, because what the device holds is shown before there is a connection. That it can't be
 *  loaded is told like a server that can't be reached, and tried again. */
export class LateLink implements ClientLink {
  readonly #deps: LateLinkDeps;
  #link: ClientLink | null = null;
  #state: SocketState = { phase: 'idle' };
  #retry: Timer | null = null;
  #stopped = false;

  constructor(deps: LateLinkDeps) {
    this.#deps = deps;
  }

  get state(): SocketState {
    return this.#link?.state ?? this.#state;
  }

  start(): void {
    if (this.#link !== null) this.#link.start();
    else if (this.#state.phase !== 'connecting') void this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.cancel();
    this.#state = { phase: 'idle' };
    this.#link?.stop();
  }

  nudge(): void {
    if (this.#link !== null) this.#link.nudge();
    else if (this.#state.phase === 'waiting') this.start();
  }

  hurry(): void {
    this.#link?.hurry();
  }

  woke(): void {
    if (this.#link !== null) this.#link.woke();
    else this.nudge();
  }

  restart(): void {
    this.#link?.restart();
  }

  send<T extends ClientFrameType>(type: T, payload: ClientFramePayload<T>, id?: string): boolean {
    return this.#link?.send(type, payload, id) ?? false;
  }

  renewed(token: string): void {
    this.#link?.renewed(token);
  }

  async #open(): Promise<void> {
    const { clock, load, isReplaced } = this.#deps;
    this.#retry?.cancel();
    this.#set({ phase: 'connecting', trouble: null });
    const link = await load().catch(() => null);
    const isGone = link === null && (await isReplaced());
    if (this.#stopped) return;
    if (link !== null) {
      this.#link = link;
      link.start();
    } else if (isGone) this.#set({ phase: 'outdated' });
    else {
      this.#retry = clock.after(AGAIN_MS, () => {
        this.start();
      });
      this.#set({ phase: 'waiting', until: clock.now() + AGAIN_MS, trouble: 'unreached' });
    }
  }

  #set(state: SocketState): void {
    this.#state = state;
    this.#deps.onState(state);
  }
}
