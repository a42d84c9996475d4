import type { Shell } from '../shell.ts';
import { ChosenServer } from './chosen-server.ts';
import { desktopNotifications, type Time } from './desktop-notifications.ts';
import { guardLinks } from './link-guard.ts';
import type { Native } from './native.ts';
import { openLink } from './open-link.ts';
import { RememberedSession } from './remembered-session.ts';
import { WindowClosing } from './window-closing.ts';

export interface DesktopShell extends Shell {
  readonly closing: WindowClosing;
}

/** The desktop app's window. Nothing in the page can navigate it elsewhere, and once a user is signed in, it talks
 *  only to their server. `menu` shows the menu of a link. */
export const desktopShell = (
  native: Native,
  page: Document,
  time: Time,
  menu: (url: string, x: number, y: number) => void,
): DesktopShell => {
  const server = new ChosenServer(page);
  const session = new RememberedSession(
    { storage: localStorage, system: native.system, args: native.args },
    () => server.address,
    () => {
      server.narrow();
    },
  );
  const open = (url: string): void => {
    openLink(page, url);
  };
  guardLinks(page, { open, menu });

  return {
    server,
    setServer(origin) {
      session.write(null);
      server.choose(origin);
    },
    askForServer: () => server.askAgain(),
    session,
    // The system decides by itself whether to show notifications, and asks nobody.
    notificationState: () => 'granted',
    askForNotifications: () => Promise.resolve(),
    notify: desktopNotifications(native, time),
    setTitle(title) {
      if (page.title === title) return;
      page.title = title;
      void native.setTitle(title).catch(() => undefined);
    },
    openLink: open,
    async copy(text) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        return false;
      }
    },
    closing: new WindowClosing(native, (ms, run) => time.after(ms, run)),
  };
};
