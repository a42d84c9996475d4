import { browserClock } from './clock.ts';
import type { Link } from './link.ts';
import { watchSleep } from './sleep-watch.ts';

/** Tells the link whatever says that its connection is gone, or may be there again. `link`: of whoever is signed in. */
export const watchConnection = (link: () => Link | undefined): void => {
  const nudge = (): void => link()?.nudge();
  const hurry = (): void => link()?.hurry();
  addEventListener('online', nudge);
  // Without a network a socket stays open and silent; a new one finds out at once.
  addEventListener('offline', () => link()?.restart());
  addEventListener('pageshow', nudge);
  addEventListener('focus', nudge);
  for (const touch of ['pointerdown', 'keydown']) addEventListener(touch, hurry, { passive: true });
  // Another network: the socket may still seem to be open on the one before. Not in every browser.
  (navigator as { connection?: EventTarget }).connection?.addEventListener('change', nudge);
  document.addEventListener('resume', nudge);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') nudge();
  });
  watchSleep(browserClock, () => link()?.woke(), nudge);
};
