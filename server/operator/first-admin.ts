import { hashTypedCode, makeInvite } from '../edge/auth/refresh-tokens.ts';
import { rfc3339 } from '../protocol/rfc3339.ts';
import type { Ids } from '../runtime/ids.ts';
import { tellStarter, type Logger } from '../runtime/log/log.ts';
import type { Write } from '../storage/writes.ts';

/** How long the link is good, in milliseconds. Each start of a server that is still empty makes a new one. */
const FIRST_ADMIN_TTL_MS = 86_400_000;

/** Makes the link with which the first admin registers, if the store has never had a user [A11]. To be called before the server can be
 *  reached, so that nobody has registered before. Resolves with a function that prints the link, given the server's address. A store
 *  that fails is logged, and delays nobody. */
export const offerFirstAdmin = async (
  write: Write,
  { ids, log }: { readonly ids: Ids; readonly log: Logger },
): Promise<(url: string) => void> => {
  const code = makeInvite(ids);
  try {
    const offer = await write('offerFirstAdmin', { hash: hashTypedCode(code), ttlMs: FIRST_ADMIN_TTL_MS });
    if (offer.kind === 'in-use') return () => undefined;
    const until = rfc3339(offer.expiresAt);
    return (url) => {
      const link = `${url}/admin#/invite/${code}`;
      log.info({ link, until, warning: 'secret: whoever opens it first is the admin' }, 'admin.first-link');
      tellStarter(
        `  Nobody has an account yet. Keep this link secret; it makes one admin: ${link}\n`,
        'info',
      );
    };
  } catch (error) {
    log.error({ err: error }, 'admin.link-failed');
    return () => undefined;
  }
};
