import { codeOf, ParleyError } from '../../protocol/errors.ts';
import type { ClientAddress } from '../auth/address.ts';
import type { Logger } from '../../runtime/log/log.ts';
import type { Identity } from '../../actors/services/tokens.ts';

export interface Asked {
  readonly log: Logger;
  readonly route: { readonly method: string; readonly path: string; readonly audit?: string };
  readonly client: ClientAddress;
}

const idsOf = (who: Partial<Identity> | undefined) =>
  who === undefined ? {} : { userId: who.userId, sessionId: who.sessionId };

/** What was done to an account or a session, and by whom. Ids and the address only: no name, no password, no token. */
export const noteDone = ({ log, route, client }: Asked, who: Partial<Identity> | undefined): void => {
  if (route.audit !== undefined && who !== undefined)
    log.info({ ...idsOf(who), address: client.address }, `auth.${route.audit}`);
};

/** In words, from our own texts. */
const reasonOf = (error: unknown): string | undefined =>
  error instanceof ParleyError ? (error.logged ?? error.message) : undefined;

/** Logs refused access, and failures of audited routes. Other refusals (400, 404, 409, …) are not security events. */
export const noteRefused = (
  { log, route, client }: Asked,
  error: unknown,
  who: Partial<Identity> | undefined,
): void => {
  const code = codeOf(error);
  if (route.audit === undefined && code !== 'unauthorized' && code !== 'forbidden') return;
  const place = `${route.method} ${route.path}`;
  const reason = reasonOf(error);
  log.info({ code, reason, route: place, ...idsOf(who), address: client.address }, 'auth.refused');
};
