import { codeOf, ParleyError } from '../../protocol/errors.ts';
import type { ClientAddress } from '../address.ts';
import type { Route } from '../routes/route.ts';
import type { Services } from '../services.ts';
import type { Identity } from '../tokens.ts';

export interface Asked {
  readonly services: Pick<Services, 'log'>;
  readonly route: Pick<Route, 'method' | 'path' | 'audit'>;
  readonly client: ClientAddress;
}

const idsOf = (who: Partial<Identity> | undefined) =>
  who === undefined ? {} : { userId: who.userId, sessionId: who.sessionId };

/** What was done to an account or a session, and by whom. Ids and the address only: no name, no password, no token. */
export const noteDone = ({ services, route, client }: Asked, who: Partial<Identity> | undefined): void => {
  if (route.audit !== undefined && who !== undefined)
    services.log.info({ ...idsOf(who), address: client.address }, `auth.${route.audit}`);
};

/** In words, from our own texts. */
const reasonOf = (error: unknown): string | undefined =>
  error instanceof ParleyError ? (error.logged ?? error.message) : undefined;

/** Who was not let in, and every such thing that failed. What else is refused (400, 404, 409, …) is no event of security. */
export const noteRefused = (
  { services, route, client }: Asked,
  error: unknown,
  who: Partial<Identity> | undefined,
): void => {
  const code = codeOf(error);
  if (route.audit === undefined && code !== 'unauthorized' && code !== 'forbidden') return;
  const place = `${route.method} ${route.path}`;
  const reason = reasonOf(error);
  services.log.info({ code, reason, route: place, ...idsOf(who), address: client.address }, 'auth.refused');
};
