import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { keptRows } from '../support/kept-rows.ts';
import { MeddlingProxy, type Instead } from '../support/meddling-proxy.ts';
import { PersonPage } from '../support/person-page.ts';
import { testInFull } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });
const NOT_LOADED = /Failed to load resource|WebSocket connection to .* failed/;
const UPDATED = 'Parley was updated. Reload to use the new version.';
const FAILED = 'This part of Parley could not be loaded.';

/** The page of a newer build: what it starts with has another name. */
const newerPage = async (): Promise<Instead> => {
  const page = await (await fetch(server.url)).text();
  return { status: 200, body: page.replace(/assets\/index-[\w-]+\.js/, 'assets/index-newbuild.js') };
};
const GONE: Instead = { status: 404, body: '' };
const parts = (pattern: RegExp, instead: Instead) => (path: string) => (pattern.test(path) ? instead : null);

const tab = async (
  ...[t, proxy, options]: [Parameters<typeof PersonPage.register>[0], MeddlingProxy, object?]
): Promise<PersonPage> => {
  const ada = await PersonPage.signedIn(t, browser, proxy, freshName('ada'), options);
  ada.faults.provoke(NOT_LOADED);
  // Also turns the browser's own cache off, which would bring what the server no longer has.
  await ada.page.route('**/*.js', (route) => route.continue());
  return ada;
};
/** The window stays on its build while parts of it are no longer there: nothing of it is kept from before. */
const withoutPanels = async (
  t: Parameters<typeof PersonPage.register>[0],
  proxy: MeddlingProxy,
  instead: Instead,
  options: object = {},
): Promise<PersonPage> => {
  proxy.instead = parts(/(search-pane|people-pane|settings-pane|quick-switcher|key-sheet)-/, instead);
  return await tab(t, proxy, options);
};

test('a panel whose file is gone with a new build says so, has a way back, and comes with a reload', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  const ada = await withoutPanels(t, proxy, GONE);
  const { page } = ada;
  const page2 = await newerPage();
  const { instead } = proxy;
  const top = page.locator('.top');
  // Only what the client itself asks for is of the new build: the reload below is answered by the old one.
  proxy.instead = (path) => (path === '/index.html' ? page2 : instead(path));
  for (const [open, pane] of [
    ['Search', 'aside'],
    ['New conversation', 'aside'],
    ['Settings', 'main'],
  ] as const) {
    await top.getByRole('button', { name: open }).click();
    await page.locator(`${pane} missing-part`).getByText(UPDATED).waitFor();
    await page.locator('missing-part').getByRole('button', { name: 'Back' }).click();
    await page.locator('user-list nav').waitFor();
    assert.equal(await page.locator('missing-part').count(), 0);
  }
  for (const key of ['Control+k', 'Control+/']) {
    await page.keyboard.press(key);
    const toast = page.locator('toast-bar', { hasText: UPDATED });
    await toast.getByRole('button', { name: 'Reload' }).waitFor();
  }
  await page.keyboard.press('Control+,');
  proxy.instead = () => null;
  await page.locator('missing-part').getByRole('button', { name: 'Reload' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
});

testInFull('a panel that the network did not bring is brought by another try, on a phone too', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  const ada = await withoutPanels(t, proxy, 'cut', { viewport: { width: 360, height: 740 } });
  const { page } = ada;
  await page.evaluate(() => {
    document.body.dataset['same'] = 'page';
  });
  await page.locator('.top').getByRole('button', { name: 'Settings' }).click();
  await page.locator('missing-part').getByText(FAILED).waitFor();
  const again = page.locator('missing-part').getByRole('button', { name: 'Try again' });
  assert.ok(((await again.boundingBox())?.height ?? 0) >= 44);
  await again.click();
  await page.locator('missing-part').getByText(FAILED).waitFor();
  proxy.instead = () => null;
  await again.click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  assert.equal(await page.locator('body').getAttribute('data-same'), 'page', 'without a reload');
});

test('the login and the chat are parts too: no blank page where one of them is missing', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  const ada = await tab(t, proxy);
  const { page } = ada;
  proxy.instead = parts(/chat-screen-/, GONE);
  await page.reload();
  await page.locator('missing-part').getByText(FAILED).waitFor();
  // The server answers with the same build, so a reload may bring what another try does not.
  await page.locator('missing-part').getByRole('button', { name: 'Reload' }).waitFor();
  proxy.instead = () => null;
  await page.locator('missing-part').getByRole('button', { name: 'Try again' }).click();
  await ada.isIn();
  await page.evaluate(() => {
    localStorage.removeItem('parley.session');
  });
  proxy.instead = parts(/login-screen-/, 'cut');
  await page.reload();
  await page.locator('missing-part').getByText(FAILED).waitFor();
  proxy.instead = () => null;
  await page.locator('missing-part').getByRole('button', { name: 'Try again' }).click();
  await page.locator('#username').waitFor();
});

test('without the part that shows notices, they are plain words', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  proxy.instead = parts(/notice-bars-/, 'cut');
  const ben = await tab(t, proxy);
  const ada = await tab(t, proxy);
  const { page } = ada;
  await ada.meet(ben.username);
  await page.locator('conversation-header').getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Delete conversation' }).click();
  await page.locator('p.plain', { hasText: 'deleted for you' }).waitFor();
  await ada.context.setOffline(true);
  await page.locator('p.plain', { hasText: 'No connection.' }).waitFor();
  await ada.context.setOffline(false);
});

/** Nobody looks at the window, or somebody does again. */
const look = async ({ page }: PersonPage, state: 'hidden' | 'visible'): Promise<void> => {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
};
const mark = async ({ page }: PersonPage): Promise<void> => {
  await page.evaluate(() => {
    document.body.dataset['same'] = 'page';
  });
};
const isSame = async ({ page }: PersonPage): Promise<boolean> =>
  (await page.locator('body').getAttribute('data-same')) === 'page';

test('a window that was opened just before a new build came is told, although the part that would tell it is gone', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  proxy.instead = parts(/update-offer-/, GONE);
  const ada = await tab(t, proxy);
  const fresh = await newerPage();
  proxy.instead = (path) => (path === '/index.html' ? fresh : parts(/update-offer-/, GONE)(path));
  const bar = ada.page.locator('connection-bar', { hasText: UPDATED });
  await bar.getByRole('button', { name: 'Reload' }).waitFor();
  proxy.instead = () => null;
  await bar.getByRole('button', { name: 'Reload' }).click();
  await ada.isIn();
  assert.equal(await bar.count(), 0);
});

test('a page that a service worker kept of another build is not taken for the one that the server serves', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  const ada = await PersonPage.signedIn(t, browser, proxy, freshName('ada'), { serviceWorkers: 'allow' });
  ada.faults.provoke(NOT_LOADED);
  await ada.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await ada.page.reload();
  await ada.isIn();
  const fresh = await newerPage();
  assert.ok(fresh !== 'cut');
  await ada.page.evaluate(async (body) => {
    for (const name of await caches.keys()) {
      const headers = { 'content-type': 'text/html' };
      await (await caches.open(name)).put(location.origin + '/', new Response(body, { headers }));
    }
  }, fresh.body);
  // The server is slow to serve its page, as after a restart on a busy machine.
  let asked = 0;
  proxy.instead = (path) => {
    if (path === '/index.html') asked += 1;
    return path === '/' ? 'cut' : null;
  };
  proxy.cutSockets();
  await eventually('the window to ask for the build', () => asked > 0);
  await ada.isIn();
  assert.equal(await ada.page.locator('connection-bar', { hasText: UPDATED }).count(), 0);
});

test('an open window learns of a new build when its connection comes back, and reloads by itself once nothing is being written', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  const ben = await tab(t, proxy);
  const ada = await tab(t, proxy);
  const { page } = ada;
  await ada.meet(ben.username);
  await ada.composer.fill('half a thought');
  await eventually('the draft to be on disk', async () => (await keptRows(ada, 'drafts')).length === 1);
  const loaded = page.waitForResponse(/update-offer-/);
  await page.reload();
  await loaded;
  await ada.talksTo(ben.username);
  await mark(ada);
  const fresh = await newerPage();
  // The page that a reload asks for is of this build, as from a cache that does not follow: it must not go round in circles.
  let asked = 0;
  await page.route('**/index.html', async (route) => {
    if (fresh === 'cut') await route.continue();
    else {
      asked += 1;
      await route.fulfill({ status: 200, contentType: 'text/html', body: fresh.body });
    }
  });
  proxy.cutSockets();
  const bar = page.locator('connection-bar');
  await bar.filter({ hasText: UPDATED }).getByRole('button', { name: 'Reload' }).waitFor();
  // Somebody writes: it waits.
  await look(ada, 'hidden');
  assert.ok(await isSame(ada));
  await look(ada, 'visible');
  await ada.composer.fill('');
  const before = asked;
  await look(ada, 'hidden').catch(() => undefined);
  await eventually('the window to reload', async () => !(await isSame(ada).catch(() => true)));
  await ada.talksTo(ben.username);
  // It is still not the new build: offered again, and no second time by itself.
  await bar.filter({ hasText: UPDATED }).waitFor();
  assert.ok(asked > before);
  await mark(ada);
  await look(ada, 'hidden');
  await look(ada, 'visible');
  assert.ok(await isSame(ada));
  await bar.getByRole('button', { name: 'Reload' }).click();
  await eventually('the window to reload', async () => !(await isSame(ada).catch(() => true)));
  await ada.talksTo(ben.username);
});

test('a server that no longer speaks this version: the window reloads once, and then says what to do', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  const ada = await tab(t, proxy);
  const { page } = ada;
  let loads = 0;
  page.on('domcontentloaded', () => (loads += 1));
  await page.routeWebSocket('**/ws*', (socket) => {
    const toServer = socket.connectToServer();
    toServer.onMessage((frame) => {
      const told = JSON.parse(String(frame)) as { type: string; payload: Record<string, unknown> };
      if (told.type === 'welcome') told.payload['min_version'] = 1_000;
      socket.send(JSON.stringify(told));
    });
  });
  await page.reload();
  const bar = page.locator('connection-bar', { hasText: 'This window is too old for the server' });
  await eventually('the window to reload by itself', () => loads === 2);
  await bar.getByRole('button', { name: 'Reload' }).waitFor();
  await page.locator('user-list').waitFor();
  await page.unrouteAll();
  assert.equal(loads, 2);
});

test('the connection is a part too: it is tried again, and that of a newer build comes with a reload', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  const ada = await tab(t, proxy);
  const { page } = ada;
  proxy.instead = parts(/assets\/link-/, 'cut');
  await page.reload();
  const bar = page.locator('connection-bar');
  await bar.filter({ hasText: 'No connection.' }).waitFor();
  proxy.instead = () => null;
  await bar.getByRole('button', { name: 'Connect now' }).click();
  await ada.isIn();
  const fresh = await newerPage();
  proxy.instead = (path) => (path === '/index.html' ? fresh : parts(/assets\/link-/, GONE)(path));
  let loads = 0;
  page.on('domcontentloaded', () => (loads += 1));
  await page.reload();
  // Once by itself. What answers is still this build: then it is left to the user.
  await eventually('the window to reload by itself', () => loads === 2);
  await bar.filter({ hasText: 'This window is too old for the server' }).waitFor();
  proxy.instead = () => null;
  await bar.getByRole('button', { name: 'Reload' }).click();
  await ada.isIn();
});

test('a page without its styles can be used, and they come by themselves', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  proxy.instead = parts(/element-styles-/, 'cut');
  const ada = await tab(t, proxy);
  const display = (): Promise<string> =>
    ada.page.locator('chat-screen').evaluate((screen) => getComputedStyle(screen).display);
  assert.equal(await display(), 'inline');
  proxy.instead = () => null;
  await eventually('the styles', async () => (await display()) === 'grid');
});
