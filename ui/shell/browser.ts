import { browserSession } from './browser-session.ts';
import type { Shell } from './shell.ts';

const webNotifications = (): typeof Notification | null =>
  'Notification' in window && window.isSecureContext ? Notification : null;

/** Served by its own server, so the address is the page's. */
export const browserShell: Shell = {
  // The page's own origin; its content security policy allows no other.
  server: { address: location.origin, editable: false, asked: false },
  setServer: () => undefined,
  askForServer: () => false,
  session: browserSession(localStorage),
  closing: null,
  notificationState: () => webNotifications()?.permission ?? 'unsupported',
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
      // Some mobile browsers have the name but only let service workers use it.
    }
  },
  setTitle(title) {
    document.title = title;
  },
  openLink(url) {
    if (/^https?:\/\//i.test(url)) window.open(url, '_blank', 'noopener,noreferrer');
  },
  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  },
};
