import { browserClock } from './clock.ts';
import type { ClientLink } from './late-link.ts';
import { watchSleep } from './sleep-watch.ts';

/** Tells the link about events that suggest that its connection is gone or may be possible again. `link`: returns the
 *  link of the signed-in user. */
export const watchConnection = (link: () => ClientLink | undefined): void => {
  const nudge = (): void => link()?.nudge();
  const hurry = (): void => link()?.hurry();
  addEventListener('online', nudge);
  // Without a network a socket stays open but silent. A new one fails at once.
  addEventListener('offline', () => link()?.restart());
  addEventListener('pageshow', nudge);
  addEventListener('focus', nudge);
  for (const touch of ['pointerdown', 'keydown']) addEventListener(touch, hurry, { passive: true });
  // After a change of network, the socket may seem to be open on the old one. Not all browsers have this event.
  (navigator as { connection?: EventTarget }).connection?.addEventListener('change', nudge);
  document.addEventListener('resume', nudge);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') nudge();
  });
  watchSleep(browserClock, () => link()?.woke(), nudge);
};
