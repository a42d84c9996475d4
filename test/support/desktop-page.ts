import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { DESKTOP_ORIGIN } from '../../server/protocol/desktop-origin.ts';
import { WAIT_MS } from './browser.ts';
import { ChatClient, freshName, PASSWORD, type Place } from './chat-client.ts';
import type { NeutralinoStandIn } from './neutralino-stand-in.ts';
import { PageFaults } from './page-faults.ts';

export const kept = (page: Page, name: string): Promise<string | null> =>
  page.evaluate((key) => localStorage.getItem(key), `parley.${name}`);

const isIn = async (page: Page): Promise<void> => {
  await page.locator('user-list nav').waitFor();
  await page.locator('connection-bar .line').waitFor({ state: 'detached' });
};

export const logIn = async (page: Page, username: string, remember = false): Promise<void> => {
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(PASSWORD);
  if (remember) await page.getByLabel('Stay logged in on this computer').check();
  await page.locator('login-screen button[type="submit"]').click();
  await isIn(page);
};

type Login = 'typed' | 'typed and remembered' | 'remembered';

/** The desktop's page as its program shows it, and how somebody is signed in there. */
export const desktopStage = (server: Place, standIn: NeutralinoStandIn, browser: Browser) => {
  const openApp = async (t: TestContext, stored: Readonly<Record<string, string>> = {}) => {
    standIn.again();
    const localStorage = Object.entries(stored).map(([name, value]) => ({ name: `parley.${name}`, value }));
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1100, height: 660 },
      storageState: { cookies: [], origins: [{ origin: DESKTOP_ORIGIN, localStorage }] },
    });
    const faults = await PageFaults.watch(context);
    t.after(async () => {
      await context.close();
      assert.deepEqual(standIn.refused, [], 'the client asks for nothing it may not have');
      faults.check();
    });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(standIn.url);
    return { page, faults };
  };

  /** What an earlier start has kept of a login. */
  const sessionOf = ({ id, username, accessToken, refreshToken, expiresIn }: ChatClient): string => {
    const expiresAt = performance.timeOrigin + performance.now() + expiresIn * 1000;
    const session = JSON.stringify({ userId: id, username, accessToken, refreshToken, expiresAt });
    return JSON.stringify({ server: server.url, session });
  };

  const signedIn = async (t: TestContext, login: Login = 'typed') => {
    const [ada, ben] = await Promise.all([
      ChatClient.register(t, server, freshName('ada')),
      ChatClient.register(t, server, freshName('ben')),
    ]);
    const { id } = await ben.conversationWith(ada);
    const { socket } = await ben.online();
    const desk = await openApp(t, {
      server: server.url,
      ...(login === 'remembered' ? { session: sessionOf(ada) } : {}),
    });
    if (login === 'remembered') await isIn(desk.page);
    else await logIn(desk.page, ada.username, login === 'typed and remembered');
    const say = async (text: string): Promise<void> => {
      socket.send('message', { conversation_id: id, content: text });
      await socket.next('ack');
    };
    return { ...desk, ada, ben, socket, say };
  };

  return { openApp, signedIn };
};
