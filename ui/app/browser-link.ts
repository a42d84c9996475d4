import type { Api } from '../net/api.ts';
import { browserClock } from '../net/clock.ts';
import { chance, newId } from '../net/ids.ts';
import { LateLink } from '../net/late-link.ts';
import type { ClientSocket } from '../net/link.ts';
import { ownScript, servedScript } from '../net/served-build.ts';
import type { AccountDeps } from '../account/account-deps.ts';
import { resumeQuery, type ResumeRequest } from '../sync/resume.ts';

const socketUrl = (base: string, from: ResumeRequest | null): string =>
  `${base.replace(/^http/, 'ws')}/ws${resumeQuery(from)}`;

const loadLink = () => import('../net/link.ts');

/** Opens an account's connection over the browser's WebSocket. */
export const browserLink =
  (api: Api): AccountDeps['link'] =>
  (from, onFrame, onState) => {
    // It is needed as soon as the disk has been read.
    loadLink().catch(() => undefined);
    return new LateLink({
      clock: browserClock,
      load: async () => {
        const { ReconnectingSocket } = await loadLink();
        return new ReconnectingSocket({
          open: (url, protocols) => new WebSocket(url, protocols) as ClientSocket,
          clock: browserClock,
          random: chance,
          newId,
          url: () => socketUrl(api.base, from()),
          token: () => api.tokens.access(),
          renew: (refused) => api.tokens.renew(refused),
          alive: async () => !('deleted' in (await api.me())),
          onFrame,
          onState,
        });
      },
      isReplaced: async () => {
        const served = await servedScript();
        return served !== null && served !== ownScript();
      },
      onState,
    });
  };
