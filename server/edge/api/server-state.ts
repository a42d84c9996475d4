import * as z from 'zod/mini';
import { healthAnswer, livenessAnswer } from '../../protocol/resources/health.ts';
import { RELEASE } from '../../protocol/release.ts';
import { answer, openRoute, type Route } from './route.ts';

const healthz = openRoute({
  method: 'GET',
  path: '/healthz',
  tag: 'server',
  summary: 'Liveness',
  description: 'Answers whenever the process runs. Checks nothing else.',
  answers: { 200: livenessAnswer },
  handle: () => answer(200, { status: 'ok', checks: {}, version: RELEASE }),
});

const readyz = openRoute({
  method: 'GET',
  path: '/readyz',
  tag: 'server',
  summary: 'Readiness',
  description: 'Checks all parts that are needed to handle requests. For load balancers and monitoring.',
  answers: { 200: healthAnswer, 503: healthAnswer },
  async handle({ deps }) {
    const { ok, checks } = await deps.readiness();
    return ok ? answer(200, { status: 'ok', checks }) : answer(503, { status: 'unavailable', checks });
  },
});

const anyDocument = z.record(z.string(), z.unknown());

/** Declares a route that serves an API document. `make` runs once, at the first request. */
export const documentRoute = (
  path: string,
  words: { readonly summary: string; readonly description: string },
  make: () => Record<string, unknown>,
): Route => {
  let made: Record<string, unknown> | undefined;
  return openRoute({
    method: 'GET',
    path,
    tag: 'server',
    ...words,
    answers: { 200: anyDocument },
    handle: () => answer(200, (made ??= make())),
  });
};

export const serverStateRoutes = [healthz, readyz];
