import type { Api } from '../net/api.ts';
import { browserClock } from '../net/clock.ts';
import { chance, newId } from '../net/ids.ts';
import { Link, type Socket } from '../net/link.ts';
import type { AccountDeps } from './account-deps.ts';
import { resumeQuery, type ResumePoint } from './resume.ts';

const socketUrl = (base: string, from: ResumePoint | null): string =>
  `${base.replace(/^http/, 'ws')}/ws${resumeQuery(from)}`;

/** An account's connection, over the browser's WebSocket. */
export const browserLink =
  (api: Api): AccountDeps['link'] =>
  (from, onFrame, onState) =>
    new Link({
      open: (url, protocols) => new WebSocket(url, protocols) as Socket,
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
