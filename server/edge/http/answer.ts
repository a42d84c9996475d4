import type { HttpResponse } from 'uWebSockets.js';
import { STATUS_CODES } from 'node:http';

/** What goes back, ready to be written. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array | null;
  /** Close the connection: its other requests can't be trusted or its body is without end. */
  readonly close?: boolean;
}

/** One request being answered. `onAborted` is registered before anything else can fail, and after an abort nothing touches
 *  uWS's object again: both would end the process. At most one answer is written. */
export class Exchange {
  readonly #res: HttpResponse;
  readonly #onEnd: (() => void)[] = [];
  #over = false;

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

  /** False: it was over already. `head`: the same headers without the body. */
  write(answer: WireAnswer, head: boolean): boolean {
    if (this.#over) return false;
    this.#end();
    const { status, headers, body, close = false } = answer;
    this.#res.cork(() => {
      this.#res.writeStatus(`${String(status)} ${STATUS_CODES[status] ?? ''}`);
      for (const [name, value] of headers) this.#res.writeHeader(name, value);
      if (close) this.#res.writeHeader('Connection', 'close');
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
