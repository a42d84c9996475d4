import { databaseCopy } from '../actors/services/database-copy.ts';
import { edge } from '../actors/services/edge.ts';
import { storeAccess } from '../actors/services/store-access.ts';
import { loginThrottle } from '../actors/login-throttle/messages.ts';
import type { Host } from '../runtime/host.ts';
import type { Operator } from './operator.ts';
import { REQUESTS } from './requests.ts';

/** The operator's commands in a running server: everything they change goes through its writer. */
export const runningServer = (
  host: Pick<Host, 'ask' | 'tell'>,
  own: Pick<
    Operator,
    'dataDir' | 'config' | 'attachments' | 'figures' | 'inspected' | 'backups' | 'traces' | 'rotateSigningKey'
  >,
): Operator => ({
  ...own,
  ...storeAccess(host),
  copyDatabase: (path) => host.ask(databaseCopy, { type: 'copy', path }, REQUESTS['backup.copy'].timeoutMs),
  closeSockets(userId, sessionIds, code, reason) {
    if (sessionIds.length > 0) host.tell(edge, { type: 'revoke', userId, sessionIds, code, reason });
  },
  reloadThrottle(key) {
    host.tell(loginThrottle(key), { type: 'reload' });
  },
});
