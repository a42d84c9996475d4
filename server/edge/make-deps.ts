import { storeAccess } from '../actors/services/store-access.ts';
import { DownloadLinks } from './auth/download-links.ts';
import { openTokens } from './auth/tokens.ts';
import type { EdgeDeps } from './deps.ts';
import type { EdgeOptions } from './edge-options.ts';
import { makeReadiness, type ReadinessChecks } from './ops/readiness.ts';
import type { Attachments } from './attachments/attachments.ts';
import type { OwnDataExports } from './own-data/own-data-exports.ts';
import type { OpenPush } from './push/open-push.ts';
import { serveServices } from './serve-services.ts';
import type { Connections } from './ws/connections.ts';
import { SendRate } from './ws/send-rate.ts';

/** Changes of a profile by its user: at once, and per second [U8]. */
const PROFILE_CHANGES_BURST = 10;
const PROFILE_CHANGES_PER_S = 1 / 60;
/** Subscriptions to pushes by a user, likewise [N2]. */
const PUSH_CHANGES_BURST = 20;
const PUSH_CHANGES_PER_S = 1 / 60;

/** What the routes work with. */
export const makeDeps = (
  {
    config,
    secrets,
    signingKeys,
    host,
    queries,
    sessionNow,
    pools,
    operate,
    tracer,
    clock,
    ids,
    log,
  }: EdgeOptions,
  connections: Connections,
  ownDataExports: OwnDataExports,
  attachments: Attachments,
  push: OpenPush | null,
  checks: Pick<ReadinessChecks, 'store' | 'clock' | 'isStopping' | 'broker' | 'disk' | 'backups'>,
): EdgeDeps => {
  const tokens = openTokens({
    keys: signingKeys,
    accessTtlS: config.accessTtlS,
    clock,
    queries,
    sessionNow,
  });
  serveServices(host, { pools, tokens, tracer });
  const store = storeAccess(host);
  return {
    config,
    clock,
    ids,
    log,
    ask: host.ask,
    tell: host.tell,
    arrived: () => Promise.resolve(),
    ...store,
    queries,
    connectedSessions: (userId) => connections.sessionsOf(userId),
    tokens,
    secrets,
    operate,
    downloadLinks: new DownloadLinks({ keys: signingKeys, clock, ids, queries }),
    ownDataExports,
    attachments,
    sends: new SendRate(config.sendRate, config.sendBurst, clock),
    push,
    pushChanges: new SendRate(PUSH_CHANGES_PER_S, PUSH_CHANGES_BURST, clock),
    profileChanges: new SendRate(PROFILE_CHANGES_PER_S, PROFILE_CHANGES_BURST, clock),
    readiness: makeReadiness({
      write: store.write,
      read: () => store.read('probe'),
      host: () => connections.standing,
      ...checks,
    }),
  };
};
