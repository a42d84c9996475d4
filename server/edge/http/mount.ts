import type { TemplatedApp } from 'uWebSockets.js';
import { isOwnFault, ParleyError } from '../../protocol/errors.ts';
import { clientAddress, trustList } from '../address.ts';
import type { Route } from '../routes/route.ts';
import type { Services } from '../services.ts';
import type { StaticFiles } from '../static-files.ts';
import { Exchange, type WireAnswer } from './answer.ts';
import { DRAIN_MAX_BYTES, readBody, type Body } from './body.ts';
import { API_HEADERS, SECURITY_HEADERS, corsHeaders, preflightHeaders, type Header } from './headers.ts';
import { copyIncoming, type Incoming } from './incoming.ts';
import { perform } from './perform.ts';
import { problemAnswer, tooLarge } from './problem.ts';
import { Router } from './router.ts';
import { Turns } from './turns.ts';

export interface MountOptions {
  readonly routes: readonly Route[];
  readonly files: StaticFiles;
  /** Sees every answer; `route` is a pattern of the table, never a path as sent. */
  /** A request has come in (1), or is over (-1). */
  readonly onUnderWay?: (change: 1 | -1) => void;
  readonly onAnswered?: (answered: { method: string; route: string; status: number; ms: number }) => void;
}

/** Requests being worked on; one more is answered `unavailable`. With bodies of 64 KiB this bounds memory at 256 MiB. */
const IN_FLIGHT_MAX = 4_096;

/** Serves the routes and the client's files on every path but the WebSocket's upgrade. Nothing thrown or rejected here
 *  reaches uWS, which would end the process. */
export const mountHttp = (app: TemplatedApp, services: Services, options: MountOptions): void => {
  const { routes, files, onAnswered, onUnderWay } = options;
  const { clock, config, ids, log } = services;
  const router = new Router(routes);
  const trusted = trustList(config.trustProxy);
  const turns = new Turns();
  let inFlight = 0;

  app.any('/*', (res, req) => {
    const exchange = new Exchange(res);
    const startedAt = clock.monotonic();
    const requestId = ids.next();
    let method = '';
    let pattern = 'unknown';

    const finish = (answer: WireAnswer, own: readonly Header[] = API_HEADERS, incoming?: Incoming): void => {
      const shared = incoming === undefined ? [] : corsHeaders(incoming, config.allowedOrigins);
      const headers = [
        ...answer.headers,
        ...own,
        ...SECURITY_HEADERS,
        ...shared,
        ['X-Request-Id', requestId] as const,
      ];
      if (!exchange.write({ ...answer, headers }, method === 'HEAD')) return;
      const ms = clock.monotonic() - startedAt;
      onAnswered?.({ method, route: pattern, status: answer.status, ms });
      log.debug({ requestId, method, route: pattern, status: answer.status, ms: Math.round(ms) }, 'answered');
    };
    const refuse = (error: unknown, incoming?: Incoming, close = false): void => {
      const answer = problemAnswer(error);
      if (isOwnFault(error)) log.error({ requestId, route: pattern, err: error }, 'request failed');
      finish({ ...answer, close }, API_HEADERS, incoming);
    };

    try {
      const incoming = copyIncoming(res, req);
      method = incoming.method;
      if (incoming.fault !== null) {
        refuse(new ParleyError('bad_request', incoming.fault), incoming, true);
        return;
      }
      const { route, params, methods } = router.find(method, incoming.path);
      if (route === null) {
        pattern = methods.length > 0 ? 'other' : 'files';
        const known =
          methods.length > 0 ? methods : incoming.path === '/ws' ? ['GET'] : files.methods(incoming.path);
        finishUnrouted(known, incoming);
        return;
      }
      pattern = route.path;
      const declared = Number(incoming.headers.get('content-length') ?? 0);
      if (declared > DRAIN_MAX_BYTES) {
        refuse(tooLarge(), incoming, true);
        return;
      }
      if (inFlight >= IN_FLIGHT_MAX) {
        refuse(new ParleyError('unavailable', 'Too many requests are under way; try again.'), incoming);
        return;
      }
      inFlight += 1;
      onUnderWay?.(1);
      exchange.onEnd(() => {
        inFlight -= 1;
        onUnderWay?.(-1);
      });
      const sent = declared > 0 || incoming.headers.has('transfer-encoding');
      const body: Promise<Body> = sent
        ? readBody(res)
        : Promise.resolve({ kind: 'whole', bytes: new Uint8Array() });
      const client = clientAddress(
        incoming.remoteAddress,
        incoming.headers.get('x-forwarded-for') ?? '',
        trusted,
      );
      perform({ services, route, params, incoming, client, body, turns }).then(
        (answer) => {
          finish(answer, API_HEADERS, incoming);
        },
        (error: unknown) => {
          refuse(error, incoming);
        },
      );
    } catch (error) {
      refuse(error);
    }

    /** What no route takes: a file, a preflight, a method or a path that isn't there. */
    function finishUnrouted(known: readonly string[], incoming: Incoming): void {
      if (known.length === 0) {
        refuse(new ParleyError('not_found', 'There is nothing at this address.'), incoming);
      } else if (method === 'OPTIONS') {
        const allow: Header = ['Allow', known.join(', ')];
        const allowed = corsHeaders(incoming, config.allowedOrigins).length > 1;
        const headers = allowed ? [allow, ...preflightHeaders(known)] : [allow];
        finish({ status: 204, headers, body: null }, API_HEADERS, incoming);
      } else if (!known.includes(method)) {
        const answer = problemAnswer(
          new ParleyError('method_not_allowed', 'This address does not take this method.'),
        );
        finish(
          { ...answer, headers: [...answer.headers, ['Allow', known.join(', ')]] },
          API_HEADERS,
          incoming,
        );
      } else if (incoming.path === '/ws') {
        refuse(new ParleyError('bad_request', 'This address takes WebSocket connections only.'), incoming);
      } else {
        finish(files.answer(incoming.path, incoming.headers), [], incoming);
      }
    }
  });
};
