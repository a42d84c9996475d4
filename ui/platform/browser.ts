import { browserSession } from './browser-session.ts';
import type { Shell } from './shell.ts';
import { siteStorage } from './site-storage.ts';

const webNotifications = (): typeof Notification | null =>
  'Notification' in window && window.isSecureContext ? Notification : null;

/** The client in a browser. The server delivers the page, so its address is that of the page. */
export const browserShell: Shell = {
  // The page's own origin. Its content security policy allows no other.
  server: { address: location.origin, editable: false, asked: false },
  setServer: () => undefined,
  askForServer: () => false,
  session: browserSession(siteStorage),
  closing: null,
  notificationState: () => webNotifications()?.permission ?? 'unsupported',
  watchNotifications(changed, signal) {
    // Some browsers lack the Permissions API, others don't know this name.
    void (navigator as Partial<Navigator>).permissions?.query({ name: 'notifications' }).then(
      (status) => {
        status.addEventListener('change', changed, { signal });
        // The state may have changed before anybody listened.
        changed();
      },
      () => undefined,
    );
  },
  async askForNotifications() {
    await webNotifications()?.requestPermission();
  },
  notify({ title, body, tag, onClick }) {
    const Notice = webNotifications();
    if (Notice?.permission !== 'granted') return;
    try {
      const notice = new Notice(title, { body, tag });
      notice.onclick = () => {
        window.focus();
        notice.close();
        onClick();
      };
    } catch {
      // Some mobile browsers have the constructor, but allow only a service worker to show notifications.
      void import('./worker-notice.ts').then(
        ({ notifyByWorker }) => notifyByWorker(title, { body, tag }),
        () => undefined,
      );
    }
  },
  setTitle(title) {
    document.title = title;
  },
  badge(unread) {
    const { setAppBadge, clearAppBadge } = navigator as Partial<Navigator>;
    const set = unread > 0 ? setAppBadge?.call(navigator, unread) : clearAppBadge?.call(navigator);
    // A browser may refuse it to pages that are not installed.
    set?.catch(() => undefined);
  },
  openLink(url) {
    if (/^https?:\/\//i.test(url)) window.open(url, '_blank', 'noopener,noreferrer');
  },
  async copy(text) {
    const { copyText } = await import('./copy-text.ts');
    return await copyText(text);
  },
};
