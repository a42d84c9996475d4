import type { us_listen_socket } from 'uWebSockets.js';
import { parseConfig } from '../../server/config/config.ts';
import { serveApi } from '../../server/edge/api/serve-api.ts';
import type { MountOptions } from '../../server/edge/http/mount.ts';
import type { Route } from '../../server/edge/api/route.ts';
import type { EdgeDeps } from '../../server/edge/deps.ts';
import { loadStaticFiles } from '../../server/edge/http/static-files.ts';
import type { RequestIdentity } from '../../server/actors/services/tokens.ts';
import { uWS } from '../../server/edge/http/uws.ts';
import { systemClock, type Clock } from '../../server/runtime/clock.ts';
import { systemIds } from '../../server/runtime/ids.ts';
import { openLog } from '../../server/runtime/log/log.ts';
import type { Scope } from './temp-dir.ts';

const ALICE: RequestIdentity = {
  userId: '00000000-0000-7000-8000-000000000001',
  username: 'alice',
  role: 'user',
  sessionId: '00000000-0000-7000-8000-000000000002',
  expiresAt: Infinity,
};

/** The HTTP adapter on a free port with routes of a test's own; the token `good` is Alice's. */
export const httpStage = async (
  scope: Scope,
  routes: readonly Route[],
  onAnswered?: MountOptions<Route>['onAnswered'],
  clock: Clock = systemClock,
): Promise<{ url: string; port: number }> => {
  const parsed = parseConfig({
    PARLEY_ALLOWED_ORIGINS: 'https://ok.example',
    PARLEY_TRUST_PROXY: '127.0.0.1',
  });
  if ('faults' in parsed) throw new Error('bad configuration');
  // Only what the adapter itself uses; routes here need no more.
  const deps = {
    config: parsed.config,
    clock,
    ids: systemIds,
    log: openLog('silent', 'test'),
    tokens: { authenticate: (token: string) => Promise.resolve(token === 'good' ? ALICE : null) },
  } as unknown as EdgeDeps;
  const app = uWS.App();
  const files = loadStaticFiles('/nowhere');
  serveApi(app, deps, { routes, files, ...(onAnswered === undefined ? {} : { onAnswered }) });
  const listening = await new Promise<us_listen_socket>((resolve, reject) => {
    app.listen('127.0.0.1', 0, (token) => {
      if (token === false) reject(new Error('no port'));
      else resolve(token);
    });
  });
  scope.after(() => {
    app.close();
  });
  const port = uWS.us_socket_local_port(listening);
  return { url: `http://127.0.0.1:${String(port)}`, port };
};
