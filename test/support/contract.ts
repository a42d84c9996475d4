import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod/mini';
import { parseQuery } from '../../server/edge/http/checks.ts';
import { Router } from '../../server/edge/http/router.ts';
import { openApiDocument } from '../../server/edge/api/openapi.ts';
import { FileOf, type Route } from '../../server/edge/api/route.ts';
import { makeRoutes } from '../../server/edge/api/table.ts';
import { ERRORS } from '../../server/protocol/errors.ts';
import { problem } from '../../server/protocol/resources/problem.ts';

interface Exchange {
  readonly method: string;
  readonly url: string;
  /** What was sent as a body, when it was meant as JSON. */
  readonly body: unknown;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const routes = makeRoutes();
const router = new Router(routes);
const { paths } = openApiDocument(routes) as {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
};

/** The statuses that `/openapi.json` tells of one route. */
export const documentedStatuses = ({ method, path }: Pick<Route, 'method' | 'path'>): readonly number[] =>
  Object.keys(paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]?.responses ?? {}).map(Number);

/** Holds one answer, and what led to it, against the contract. Every HTTP request of the whole test run goes through here, so
 *  that neither the documents nor the schemas can drift from what the server does. Throws with what is wrong. */
export const checkExchange = (exchange: Exchange): void => {
  const fault = headerFault(exchange) ?? answerFault(exchange);
  if (fault === null) return;
  const { method, url, status, text } = exchange;
  throw new Error(
    `against the contract: ${method} ${url} → ${String(status)}: ${fault}\n${text.slice(0, 2000)}`,
  );
};

/** What stands on every answer, whoever asked for whatever (issue 3, point 11). */
const headerFault = ({ headers, status, url }: Exchange): string | null => {
  if (headers['x-content-type-options'] !== 'nosniff') return 'no nosniff';
  if (headers['referrer-policy'] !== 'no-referrer') return 'no no-referrer';
  if (!/(?:^|; )frame-ancestors 'none'(?:;|$)/.test(String(headers['content-security-policy']))) {
    return 'no frame-ancestors';
  }
  if (headers['cross-origin-opener-policy'] !== 'same-origin') return 'no Cross-Origin-Opener-Policy';
  if (headers['cross-origin-resource-policy'] !== 'same-origin') return 'no Cross-Origin-Resource-Policy';
  if (!/(?:^|; )default-src 'none'(?:;|$)/.test(String(headers['content-security-policy']))) {
    return 'no default-src none';
  }
  const isFile =
    status === 304 ||
    headers.etag !== undefined ||
    /^(?:text|image|font)\//.test(headers['content-type'] ?? '');
  if (!isFile && headers['cache-control'] !== 'no-store') return `a cache may keep ${url}`;
  for (const name of ['set-cookie', 'server', 'x-powered-by']) if (name in headers) return `a header ${name}`;
  if (headers['x-request-id'] === undefined) return 'no X-Request-Id';
  if (status === 401 && headers['www-authenticate'] === undefined) return 'no WWW-Authenticate';
  return null;
};

const answerFault = (exchange: Exchange): string | null => {
  const { method, url, status } = exchange;
  const { pathname, search } = new URL(url);
  const { route, methods } = router.find(method, pathname);
  if (route !== null) return routeFault(route, search.slice(1), exchange);
  if (methods.length > 0 && ![204, 400, 405].includes(status)) return 'nobody takes this method here';
  return status >= 400 && isProblem(exchange) ? problemFault(exchange) : null;
};

const routeFault = (route: Route, search: string, exchange: Exchange): string | null => {
  const { method, status, text, headers, body } = exchange;
  const schema = route.answers[status];
  if (schema === undefined || (status >= 400 && isProblem(exchange))) {
    if (!documentedStatuses(route).includes(status)) return 'a status that is not documented';
    return problemFault(exchange);
  }
  if (method === 'HEAD') return text === '' ? null : 'HEAD has no body';
  if (schema === null) return text === '' ? null : 'a body where there is none';
  if (schema instanceof FileOf)
    return schema.types.some((type) => type === '*/*' || type === headers['content-type'])
      ? null
      : 'a file of another type';
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) return 'a body that is not JSON';
  const answered = schema.safeParse(JSON.parse(text));
  if (!answered.success) return z.prettifyError(answered.error);
  // What was taken was meant to be valid: then the document must call it so too.
  const asked = [
    route.query?.safeParse(parseQuery(search)),
    body === undefined ? undefined : route.body?.safeParse(body),
  ];
  for (const part of asked) if (part?.success === false) return `the request: ${z.prettifyError(part.error)}`;
  return null;
};

const isProblem = ({ headers }: Exchange): boolean => headers['content-type'] === 'application/problem+json';

const problemFault = (exchange: Exchange): string | null => {
  const { method, status, text, headers } = exchange;
  if (!isProblem(exchange)) return 'an error that is no application/problem+json';
  if ((status === 429 || status === 503) && !/^[1-9]\d*$/.test(headers['retry-after'] ?? '')) {
    return 'no Retry-After';
  }
  if (method === 'HEAD') return null;
  const parsed = problem.safeParse(JSON.parse(text));
  if (!parsed.success) return z.prettifyError(parsed.error);
  if (parsed.data.status !== status) return 'another status in the body';
  if (ERRORS[parsed.data.code].status !== status) return 'a code that belongs to another status';
  if (/\bat \S+:\d+|SQLITE|SELECT |\/(?:tmp|work|home|root)\//.test(text)) return 'the host shows through';
  return null;
};
