import type { HttpResponse } from 'uWebSockets.js';
import { STATUS_CODES } from 'node:http';

/** What goes back, ready to be written. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array | null;
  /** Whether to close the connection: further requests on it cannot be trusted, its body is endless, or the server is stopping. */
  readonly close?: boolean;
}

/** Seconds for which a client may use an idle connection again. uWS closes it after 8 to 12 s without notice, so a client or proxy
 *  that keeps connections for longer than this loses requests. [T2] */
const KEEP_ALIVE_S = 5;

/** What an answer says of its connection. Where the client did not ask for the close, uWS writes `Connection: close` itself. */
const connectionHeaders = (close: boolean, clientCloses: boolean): WireAnswer['headers'] => {
  if (clientCloses) return [['Connection', 'close']];
  return close
    ? []
    : [
        ['Connection', 'keep-alive'],
        ['Keep-Alive', `timeout=${String(KEEP_ALIVE_S)}`],
      ];
};

/** One request being answered. `onAborted` is registered before anything can fail, and after an abort uWS's object is not
 *  touched again; otherwise the process would end. At most one answer is written. */
export class Exchange {
  readonly #res: HttpResponse;
  readonly #onEnd: (() => void)[] = [];
  #over = false;
  #held = false;

  constructor(res: HttpResponse) {
    this.#res = res;
    res.onAborted(() => {
      this.#end();
    });
  }

  /** Answered, or aborted by the client. */
  get over(): boolean {
    return this.#over;
  }

  /** Runs once when the exchange is over, either way. */
  onEnd(run: () => void): void {
    this.#onEnd.push(run);
  }

  /** Stops reading from this connection until the answer is written [T1]. What the client sends meanwhile (its next request, the
   *  end of its side) waits in the kernel. uWS would close the connection otherwise, and the answer would be lost. */
  hold(): void {
    if (this.#over || this.#held) return;
    this.#held = true;
    // Pausing makes uWS look for room to write; without this handler it would then set its idle timeout. [T1]
    this.#res.onWritable(() => true);
    this.#res.pause();
  }

  /** False: it was over already. `head`: the same headers without the body. `clientCloses`: the request said `Connection:
   *  close`. */
  write(answer: WireAnswer, { head = false, clientCloses = false } = {}): boolean {
    if (this.#over) return false;
    this.#end();
    if (this.#held) this.#res.resume();
    const { status, headers, body, close = false } = answer;
    this.#res.cork(() => {
      this.#res.writeStatus(`${String(status)} ${STATUS_CODES[status] ?? ''}`);
      for (const [name, value] of headers) this.#res.writeHeader(name, value);
      for (const [name, value] of connectionHeaders(close, clientCloses)) this.#res.writeHeader(name, value);
      if (close) this.#res.end(head ? undefined : (body ?? undefined), true);
      else if (body !== null && !head) this.#res.end(body);
      else {
        // Given a length, endWithoutBody waits for a body of that length for ever; so the header is written by hand.
        if (body !== null) this.#res.writeHeader('Content-Length', String(Buffer.byteLength(body)));
        this.#res.endWithoutBody();
      }
    });
    return true;
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const run of this.#onEnd) run();
  }
}
