import type { SiteStorage } from '../platform/site-storage.ts';
import type { BrowserPush } from '../platform/web-push.ts';
import type { PushApi } from './push-api.ts';
import { pushWish } from './push-wish.ts';

export interface PushKeeperDeps {
  readonly userId: string;
  readonly api: Pick<PushApi, 'state' | 'subscribe'>;
  readonly browser: BrowserPush;
  readonly storage: Pick<SiteStorage, 'getItem'>;
  /** Whether the browser permits notifications now. */
  readonly isPermitted: () => boolean;
}

/** Makes server and browser agree again on where pushes go, as the user has chosen in this browser: after a new login, a restore of the
 *  server, and when the browser has replaced its subscription. A subscription that somebody else left in this browser is ended. Never
 *  rejects: what does not succeed is done at the next start. */
export const keepPush = async ({
  userId,
  api,
  browser,
  storage,
  isPermitted,
}: PushKeeperDeps): Promise<void> => {
  if (browser.pushSupport() !== 'yes') return;
  const wish = pushWish(storage);
  if (wish?.userId !== userId) {
    await browser.unsubscribeBrowser();
    return;
  }
  if (!isPermitted()) return;
  try {
    const state = await api.state();
    const { key } = state;
    if (key === null) return;
    const own = await browser.browserSubscription(key);
    if (own !== null && own.endpoint === state.endpoint && state.show_text === wish.showText) return;
    await api.subscribe(own ?? (await browser.subscribeBrowser(key)), wish.showText);
  } catch {
    // The server or the push service can't be reached.
  }
};
