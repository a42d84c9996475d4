import { cursorIn, kindOf } from './envelopes.ts';
import { textFrame } from './frame.ts';
import { LeanSocket, type SocketTarget } from './socket.ts';

/** What was there on arrival. */
export interface Arrival {
  /** Milliseconds from connect to `sync`. */
  readonly ms: number;
  /** Messages between `welcome` and `sync`. */
  readonly messages: number;
}

/** As IANA names this close code. */
const TRY_AGAIN_LATER = 1013;

/** The server has closed a connection that was to stay. */
export class ClosedByServer extends Error {
  /** The server had too much to do. Clients come back. */
  readonly isBusy: boolean;

  constructor(code: number) {
    super(`the server closed a connection: ${code}`);
    this.isBusy = code === TRY_AGAIN_LATER;
  }
}

/** A connection that arrives, reads what it missed, and then only stays: it answers pings. */
export class IdleClient {
  readonly arrived: Promise<Arrival>;
  /** Called for every envelope after `sync`. */
  onEnvelope: ((text: string) => void) | null = null;
  readonly #socket: LeanSocket;
  #messages = 0;
  #cursor = 0;

  constructor(target: SocketTarget) {
    const started = performance.now();
    let arrive: (arrival: Arrival) => void = () => undefined;
    let fail: (error: Error) => void = () => undefined;
    this.arrived = new Promise((resolve, reject) => {
      arrive = resolve;
      fail = reject;
    });
    let synced = false;
    this.#socket = new LeanSocket(
      target,
      {
        text: (bytes, start, end) => {
          this.#cursor = cursorIn(bytes, end) ?? this.#cursor;
          const kind = kindOf(bytes, start);
          if (kind === 'message' && !synced) this.#messages += 1;
          else if (kind === 'ping') this.say('pong', {});
          else if (kind === 'sync') {
            synced = true;
            arrive({ ms: performance.now() - started, messages: this.#messages });
          } else if (synced) this.onEnvelope?.(bytes.toString('utf8', start, end));
        },
        closed: (code) => {
          fail(new ClosedByServer(code));
        },
      },
      (error) => {
        fail(error);
      },
    );
  }

  /** The newest number seen. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Sends an envelope; returns its id. */
  say(type: string, payload: object, id: string = crypto.randomUUID()): string {
    this.#socket.write(textFrame(JSON.stringify({ id, type, timestamp: new Date().toISOString(), payload })));
    return id;
  }

  leave(): void {
    this.#socket.destroy();
  }
}
