import type { Shell } from '../shell.ts';
import { narrowConnections } from './connect-policy.ts';
import { guardLinks } from './link-guard.ts';
import type { Native } from './native.ts';
import { noticeText } from './notice-text.ts';
import { openableUrl } from './open-url.ts';
import { SessionFile } from './session-file.ts';
import { WindowClosing } from './window-closing.ts';

const SERVER = 'server';
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

/** The desktop window. From here on nothing in the page leads it elsewhere, and it talks to one server. */
export const desktopShell = async (native: Native, page: Document, time: Time): Promise<Shell> => {
  const address = originOf(await native.load(SERVER));
  narrowConnections(page, address);
  const session = await SessionFile.open(native, address);
  const notified = new Map<string, number>();

  const openLink = (url: string): void => {
    const openable = openableUrl(url);
    if (openable !== null) void native.open(openable).catch(() => undefined);
  };
  guardLinks(page, openLink);
  native.on('newWindowRequest', (url) => {
    if (typeof url === 'string') openLink(url);
  });

  return {
    server: { address, editable: true },
    async setServer(origin) {
      session.write(null);
      await session.settled();
      await native.store(SERVER, origin);
      page.location.reload();
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
    openLink,
    async copy(text) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        return false;
      }
    },
    closing: new WindowClosing(
      native,
      (ms, run) => time.after(ms, run),
      () => session.settled(),
    ),
  };
};
