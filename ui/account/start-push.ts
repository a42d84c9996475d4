import type { Api } from '../net/api.ts';
import { PushApi } from './push-api.ts';
import { keepPush } from './push-keeper.ts';
import { siteStorage } from '../platform/site-storage.ts';
import { browserPush, closeShownPushes, watchBrowserSubscription } from '../platform/web-push.ts';

/** Keeps the push subscription of this browser up to date while a window is open, and closes what pushes have shown once the user looks
 *  at the window. Ends with `signal`. */
export const startPush = (userId: string, api: Api, signal: AbortSignal): void => {
  const keep = (): void => {
    void keepPush({
      userId,
      api: new PushApi(api),
      browser: browserPush,
      storage: siteStorage,
      isPermitted: () => Notification.permission === 'granted',
    });
  };
  const look = (): void => {
    if (document.visibilityState === 'visible') void closeShownPushes();
  };
  keep();
  look();
  watchBrowserSubscription(keep, signal);
  document.addEventListener('visibilitychange', look, { signal });
};
