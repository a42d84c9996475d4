import type { Shell } from '../shell.ts';
import { narrowConnections } from './connect-policy.ts';
import { guardLinks } from './link-guard.ts';
import type { Native } from './native.ts';
import { noticeText } from './notice-text.ts';
import { openLink } from './open-link.ts';
import { RememberedSession } from './remembered-session.ts';
import { WindowClosing } from './window-closing.ts';

const SERVER = 'parley.server';
/** In this window until it is closed: the page was loaded anew to ask for another server. */
const ASKED = 'parley.askForServer';
/** On Linux each notification is a program that is started, and none can take another's place. */
const QUIET_MS = 5_000;

/** Time, as the client's clock gives it. */
export interface Time {
  now(): number;
  after(ms: number, run: () => void): unknown;
}

/** Only one that this client itself could have written: it goes into a policy, word by word. */
const originOf = (text: string | null): string =>
  /^https?:\/\/([a-z\d._-]+|\[[\da-f:.]+\])(:\d{1,5})?$/.test(text ?? '') ? (text ?? '') : '';

export interface DesktopShell extends Shell {
  readonly closing: WindowClosing;
}

/** The desktop window. From here on nothing in the page leads it elsewhere, and once somebody is signed in it talks to
 *  their server only. `menu` shows what can be done with a link. */
export const desktopShell = (
  native: Native,
  page: Document,
  time: Time,
  menu: (url: string, x: number, y: number) => void,
): DesktopShell => {
  let address = originOf(localStorage.getItem(SERVER));
  let narrowed = false;
  const asked = sessionStorage.getItem(ASKED) !== null;
  sessionStorage.removeItem(ASKED);
  const session = new RememberedSession(
    { storage: localStorage, system: native.system, args: native.args },
    () => address,
    () => {
      if (!narrowed) narrowConnections(page, address);
      narrowed = true;
    },
  );
  const notified = new Map<string, number>();
  const open = (url: string): void => {
    openLink(page, url);
  };
  guardLinks(page, { open, menu });

  return {
    server: {
      get address() {
        return address;
      },
      editable: true,
      asked,
    },
    setServer(origin) {
      session.write(null);
      address = origin;
      localStorage.setItem(SERVER, origin);
    },
    askForServer() {
      if (!narrowed) return true;
      // A policy can't be widened again, only left with its page.
      sessionStorage.setItem(ASKED, '');
      page.location.reload();
      return false;
    },
    session,
    // The system shows them or does not; it asks nobody.
    notificationState: () => 'granted',
    askForNotifications: () => Promise.resolve(),
    notify({ title, body, tag }) {
      const now = time.now();
      if (now - (notified.get(tag) ?? -Infinity) < QUIET_MS) return;
      notified.set(tag, now);
      const text = (part: string): string => noticeText(part, native.system);
      void native.notify(text(title), text(body)).catch(() => undefined);
    },
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
