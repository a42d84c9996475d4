import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Request } from 'playwright-core';
import { openBrowser, WAIT_MS } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { say } from '../support/say.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

test('what the list needs is loaded beside the first script, for whoever is signed in', async (t) => {
  const person = await PersonPage.open(t, browser, server);
  const early = () => person.page.locator('head link[rel="modulepreload"][href*="/chat-screen-"]').count();
  assert.equal(await early(), 0);
  await person.register(freshName('ada'));
  await person.page.reload();
  await person.isIn();
  assert.equal(await early(), 1);
});

test('where the list is not held, its beginning is shown before there is a connection, and requested once', async (t) => {
  const ada = await PersonPage.register(t, browser, server, freshName('ada'));
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const { socket } = await ben.online();
  const id = await ada.page.evaluate(
    () => (JSON.parse(localStorage.getItem('parley.session') ?? '') as { userId: string }).userId,
  );
  await say(socket, { id }, 'And what about Tuesday?');
  const context = await browser.newContext({ storageState: await ada.page.context().storageState() });
  t.after(() => context.close());
  // They open, and nobody greets.
  await context.routeWebSocket(/./, () => undefined);
  const page = await context.newPage();
  const requested: string[] = [];
  const note = (request: Request): void => {
    if (request.url().includes('/conversations?')) requested.push(new URL(request.url()).search);
  };
  page.on('request', note);
  ada.page.on('request', note);
  let release = (): void => undefined;
  const hasCome = new Promise<void>((resolve) => (release = resolve));
  await context.route('**/assets/index-*.js', async (route) => {
    await hasCome;
    await route.continue();
  });
  await page.goto(server.url, { waitUntil: 'commit' });
  await eventually('an early request', () => requested.length > 0, WAIT_MS);
  release();
  await page.locator('user-item', { hasText: ben.username }).waitFor();
  assert.deepEqual(requested, ['?limit=12']);

  // This device holds a list.
  requested.length = 0;
  await ada.page.reload();
  await ada.item(ben.username).waitFor();
  assert.ok(!requested.includes('?limit=12'));
});
