import type { Problem } from '../../server/protocol/resources/problem.ts';
import { ApiProblem, knownCode } from './problem.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export interface HttpCall {
  readonly method: Method;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON, but a blob as it is, under its own type. */
  readonly body?: unknown;
  /** What the answer is read as. `response`: not at all; its body is still to come. */
  readonly answer?: 'json' | 'blob' | 'response';
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request, in the place of the usual time limit. */
  readonly signal?: AbortSignal;
  /** Whether the request survives closing the page. */
  readonly keepalive?: boolean;
}
export type Fetch = typeof fetch;

const TIMEOUT_MS = 20_000;

const urlOf = (base: string, request: HttpCall): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return base + request.path + (text === '' ? '' : `?${text}`);
};

/** Why a request failed, from the answer. */
export const problemOf = async (
  response: Pick<Response, 'headers' | 'status' | 'json'>,
): Promise<ApiProblem> => {
  const after = Number(response.headers.get('retry-after'));
  const retryAfterS = response.headers.has('retry-after') && Number.isFinite(after) ? after : null;
  try {
    const body = (await response.json()) as Partial<Problem>;
    if (typeof body.code === 'string') {
      return new ApiProblem(knownCode(body.code, response.status), body.detail ?? '', {
        retryAfterS,
        errors: body.errors ?? [],
      });
    }
  } catch {
    // Not problem+json: a proxy answered instead of the server.
  }
  return new ApiProblem(
    response.status >= 500 ? 'unavailable' : 'internal',
    `HTTP ${String(response.status)}`,
    {
      retryAfterS,
    },
  );
};

/** Sends one request. Resolves with the parsed answer (undefined for 204). Rejects with ApiProblem only. */
export const send = async <T>(
  fetch: Fetch,
  base: string,
  request: HttpCall,
  token: string | null,
): Promise<T> => {
  const headers: Record<string, string> = { accept: 'application/json', ...request.headers };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  const { body } = request;
  if (body !== undefined) headers['content-type'] = body instanceof Blob ? body.type : 'application/json';
  let response: Response;
  try {
    response = await fetch(urlOf(base, request), {
      method: request.method,
      headers,
      body: body === undefined ? null : body instanceof Blob ? body : JSON.stringify(body),
      keepalive: request.keepalive ?? false,
      credentials: 'omit',
      cache: 'no-store',
      signal: request.signal ?? AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    const timedOut = cause instanceof DOMException && cause.name === 'TimeoutError';
    throw new ApiProblem(timedOut ? 'timeout' : 'offline', 'the server was not reached', { cause });
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  const { answer = 'json' } = request;
  if (answer === 'response') return response as T;
  try {
    return (await response[answer]()) as T;
  } catch (cause) {
    throw new ApiProblem('offline', 'the answer broke off', { cause });
  }
};
