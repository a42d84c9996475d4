import type { HttpRequest, HttpResponse } from 'uWebSockets.js';

/** A request's head, copied: uWS's own object is gone after the first await. */
export interface Incoming {
  /** Upper case. */
  readonly method: string;
  /** As sent, not decoded, without the query. */
  readonly path: string;
  readonly query: string;
  /** By lower-case name; repeated ones joined with a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly remoteAddress: string;
  /** Why this can't be trusted to mean one thing, or null. */
  readonly fault: string | null;
}

/** Headers that may occur only once: repeating one, or giving two lengths for a body, is how requests are smuggled past a proxy. */
const SINGLE = new Set([
  'authorization',
  'content-length',
  'content-type',
  'host',
  'origin',
  'transfer-encoding',
]);

const latin1 = new TextDecoder('latin1');

export const copyIncoming = (res: HttpResponse, req: HttpRequest): Incoming => {
  const headers = new Map<string, string>();
  let fault: string | null = null;
  req.forEach((name, value) => {
    const before = headers.get(name);
    if (before === undefined) headers.set(name, value);
    else {
      if (SINGLE.has(name)) fault = `The header ${name} stands more than once.`;
      headers.set(name, `${before}, ${value}`);
    }
  });
  const length = headers.get('content-length');
  if (length !== undefined && headers.has('transfer-encoding')) {
    fault = 'Content-Length and Transfer-Encoding must not stand together.';
  }
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    fault ??= 'The only transfer coding understood here is chunked.';
  }
  // uWS reads trailer fields as the next request. [T3]
  if (headers.has('trailer')) fault ??= 'Trailer fields are not understood here.';
  if (length !== undefined && !/^\d{1,15}$/.test(length)) fault ??= 'Content-Length must be a number.';
  return {
    method: req.getCaseSensitiveMethod(),
    path: req.getUrl(),
    // Undefined where the URL has no `?`, whatever its type says.
    query: req.getQuery() || '',
    headers,
    remoteAddress: latin1.decode(res.getRemoteAddressAsText()),
    fault,
  };
};
