import type { HttpResponse } from 'uWebSockets.js';
import { BODY_MAX_BYTES } from '../../protocol/limits.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Exchange } from './answer.ts';

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  /** `more`: the client is still sending. */
  | { readonly kind: 'too-large'; readonly more: boolean }
  /** It did not arrive whole within BODY_WITHIN_MS. */
  | { readonly kind: 'late' }
  /** The request was answered or aborted first. */
  | { readonly kind: 'gone' };

/** What a body may have, and what its head says that it has. */
export interface BodySize {
  readonly maxBytes: number;
  /** 0 if nothing is said. */
  readonly declared: number;
}

/** How much of an oversized body is read and discarded, because many clients read the answer only after they have sent
 *  everything. Beyond that, the connection is closed. */
export const DRAIN_MAX_BYTES = 16 * BODY_MAX_BYTES;

/** Milliseconds in which a body must arrive whole. uWS closes such a connection itself after 8 to 12 s, without an answer. It also
 *  misreads chunk extensions as part of the size, and then waits for bytes that never come. [T3] */
export const BODY_WITHIN_MS = 7_000;

/** Collects a body; of one that is said to be too large nothing is kept. Copies each chunk, because uWS reuses its buffer when the handler
 *  returns. Must be called before the first await. Always settles, so that a request which ends without its body does not occupy the user's slot. */
export const readBody = (
  res: HttpResponse,
  exchange: Exchange,
  clock: Clock,
  { maxBytes, declared }: BodySize,
): Promise<Body> =>
  new Promise((resolve) => {
    let chunks: Uint8Array[] = [];
    let size = 0;
    let settled = false;
    const settle = (body: Body): void => {
      if (settled) return;
      settled = true;
      chunks = [];
      late.cancel();
      resolve(body);
    };
    const late = clock.after(BODY_WITHIN_MS, () => {
      settle({ kind: 'late' });
    });
    exchange.onEnd(() => {
      settle({ kind: 'gone' });
    });
    res.onData((chunk, last) => {
      size += chunk.byteLength;
      if (settled) return;
      if (Math.max(size, declared) <= maxBytes) {
        if (chunk.byteLength > 0) chunks.push(new Uint8Array(chunk.slice(0)));
        if (last) settle({ kind: 'whole', bytes: Buffer.concat(chunks) });
        return;
      }
      chunks = [];
      if (last || size > DRAIN_MAX_BYTES) settle({ kind: 'too-large', more: !last });
    });
  });

/** The JSON text of a body; throws on bytes that are not UTF-8 and on text that is not JSON. A byte order mark is not JSON. */
export const parseJson = (bytes: Uint8Array): unknown =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as unknown;
