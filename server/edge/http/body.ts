import type { HttpResponse } from 'uWebSockets.js';
import { BODY_MAX_BYTES } from '../../protocol/limits.ts';

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  /** `more`: the sender is still at it. */
  | { readonly kind: 'too-large'; readonly more: boolean };

/** How much of an oversize body is read and thrown away so that its sender, who listens only when done, gets the 413;
 *  beyond that the connection is closed. */
export const DRAIN_MAX_BYTES = 16 * BODY_MAX_BYTES;

/** Collects a body, copying each chunk: uWS takes its buffer back when the handler returns. Must be called before the first
 *  await. Never settles for a request that is aborted; nobody is left to answer then. */
export const readBody = (res: HttpResponse): Promise<Body> =>
  new Promise((resolve) => {
    let chunks: Uint8Array[] = [];
    let size = 0;
    let settled = false;
    res.onData((chunk, last) => {
      size += chunk.byteLength;
      if (settled) return;
      if (size <= BODY_MAX_BYTES) {
        if (chunk.byteLength > 0) chunks.push(new Uint8Array(chunk.slice(0)));
        if (last) {
          settled = true;
          resolve({
            kind: 'whole',
            bytes: Buffer.concat(chunks),
          });
        }
        return;
      }
      chunks = [];
      if (last || size > DRAIN_MAX_BYTES) {
        settled = true;
        resolve({ kind: 'too-large', more: !last });
      }
    });
  });

/** The JSON text of a body; throws on bytes that are not UTF-8 and on text that is not JSON. A byte order mark is not JSON. */
export const parseJson = (bytes: Uint8Array): unknown =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as unknown;
