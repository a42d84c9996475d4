import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../runtime/clock.ts';
import type { Endpoint } from './endpoint.ts';
import { anyLookup, publicLookup } from './resolve.ts';

/** What came of a push: an answer, or none. `retryAfterMs`: how long the service asks to wait; null if it says nothing. `cause`: a code. */
export type PushOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | null }
  | { readonly kind: 'failed'; readonly cause: string };

export interface Push {
  readonly endpoint: Endpoint;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** From the first packet to the end of the answer. */
const TIMEOUT_MS = 10_000;
/** Nothing of an answer's body is used; a service that sends more than this is cut off. */
const ANSWER_MAX_BYTES = 16 * 1024;
const IDLE_CONNECTION_MS = 30_000;
/** A service that asks for more is asked again after this. */
const RETRY_AFTER_MAX_MS = 3_600_000;

const isCode = (code: unknown): code is string => typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code);

/** Sends pushes. Connections are kept for a while. Redirects are not followed: they would lead past the checks of the endpoint. */
export class PushSender {
  readonly #clock: Clock;
  readonly #public: Agent;
  readonly #allowed: Agent;

  /** `connectionsPerService`: to one push service at the same time. */
  constructor(clock: Clock, connectionsPerService: number) {
    this.#clock = clock;
    const options = { keepAlive: true, maxSockets: connectionsPerService, timeout: IDLE_CONNECTION_MS };
    this.#public = new Agent({ ...options, lookup: publicLookup });
    this.#allowed = new Agent({ ...options, lookup: anyLookup });
  }

  /** Never rejects. */
  send({ endpoint: { url, isAllowed }, headers, body }: Push): Promise<PushOutcome> {
    return new Promise((resolve) => {
      const agent = isAllowed ? this.#allowed : this.#public;
      const sent = request(url, {
        ...{ method: 'POST', agent },
        headers: { ...headers, 'Content-Length': String(body.length) },
      });
      const fail = (error: unknown): void => {
        timer.cancel();
        const code = (error as { code?: unknown }).code;
        resolve({ kind: 'failed', cause: isCode(code) ? code : 'ERROR' });
      };
      const timer = this.#clock.after(TIMEOUT_MS, () => {
        sent.destroy(Object.assign(new Error('the push service does not answer'), { code: 'ETIMEDOUT' }));
      });
      sent.once('error', fail);
      sent.once('response', (response) => {
        const { statusCode: status = 0 } = response;
        readOut(response, () => {
          timer.cancel();
          const retryAfterMs = this.#waitOf(response.headers['retry-after']);
          resolve({ kind: 'answered', status, retryAfterMs });
        });
      });
      sent.end(body);
    });
  }

  close(): void {
    this.#public.destroy();
    this.#allowed.destroy();
  }

  /** `Retry-After` is a number of seconds or a date (RFC 9110). */
  #waitOf(header: string | undefined): number | null {
    if (header === undefined) return null;
    const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - this.#clock.now();
    return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS);
  }
}

/** Reads and forgets, so that the connection can be used again. */
const readOut = (response: IncomingMessage, done: () => void): void => {
  let bytes = 0;
  response.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > ANSWER_MAX_BYTES) response.destroy();
  });
  response.once('error', () => undefined);
  response.once('close', done);
};
