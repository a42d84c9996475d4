import type { TemplatedApp } from 'uWebSockets.js';
import type { EdgeDeps } from '../deps.ts';
import { mountHttp, type HttpMount, type MountOptions } from '../http/mount.ts';
import { perform } from './perform.ts';
import { RequestLimiter, UPLOADS_PER_PERSON } from './request-limiter.ts';
import type { Route } from './route.ts';

export const serveApi = (
  app: TemplatedApp,
  deps: EdgeDeps,
  options: Omit<MountOptions<Route>, 'perform'>,
): HttpMount => {
  const { clock, ids, log, config } = deps;
  const { trustProxy, allowedOrigins } = config;
  const limiter = new RequestLimiter();
  const uploads = new RequestLimiter(UPLOADS_PER_PERSON, 0);
  return mountHttp<Route>(
    app,
    { clock, ids, log, trustProxy, allowedOrigins },
    {
      ...options,
      perform: ({ parsed, ...request }) =>
        perform({ ...request, deps: whenParsed(deps, parsed), limiter, uploads }),
    },
  );
};

/** Returns the same deps, except that everything that changes data waits for `parsed` first, and is not done if
 *  `parsed` rejects. Reads, and answers that need no other thread, do not wait. */
const whenParsed = (deps: EdgeDeps, parsed: Promise<void>): EdgeDeps => {
  const ask: EdgeDeps['ask'] = async (...args) => {
    await parsed;
    return deps.ask(...args);
  };
  const write: EdgeDeps['write'] = async (...args) => {
    await parsed;
    return deps.write(...args);
  };
  const operate: EdgeDeps['operate'] = async (request) => {
    await parsed;
    return deps.operate(request);
  };
  return { ...deps, ask, write, operate, arrived: () => parsed };
};
