import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { expectStatus } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import type { PersonPage } from '../support/person-page.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';
import { PHONE, talkedTo } from '../support/talked-to.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

/** A thumb's width. */
const assertReachable = async (place: Locator): Promise<void> => {
  const box = await place.boundingBox();
  assert.ok(box !== null && box.width >= 44 && box.height >= 44, JSON.stringify(box));
};

/** The client was left: before it there was an empty page. */
const isLeft = async ({ page }: PersonPage): Promise<void> => {
  await page.goBack();
  await eventually('the client to be left', () => Promise.resolve(page.url() === 'about:blank'));
};

/** The history has followed what is on screen. */
const holds = async ({ page }: PersonPage, trail: readonly string[]): Promise<void> => {
  let held = '';
  const wanted = trail.join(' ');
  await eventually('the history', async () => {
    held = await page.evaluate(() =>
      ((history.state as { trail?: string[] } | null)?.trail ?? [])
        .map((entry) => entry.replace(/^#\/c\/.*/, 'chat').replace('#/', 'list '))
        .map((entry) => entry.trim())
        .join(' '),
    );
    return held === wanted;
  }).catch(() => {
    assert.equal(held, wanted);
  });
};

const header = (person: PersonPage, name: string): Locator =>
  person.page.locator('conversation-header h2', { hasText: name });

test('360 px: back closes what is on top, then leaves; what the arrow has left stays closed', async (t) => {
  const { ada, ben, cleo } = await talkedTo(t, browser, server, PHONE);
  const { page } = ada;
  const list = page.locator('user-list');
  await ada.item(ben.username).locator('a').tap();
  await ada.talksTo(ben.username);
  await assertReachable(page.locator('conversation-header .back'));
  await page.locator('conversation-header .back').tap();
  await list.waitFor();
  await holds(ada, ['list']);
  await page.goForward();
  await header(ada, ben.username).waitFor();

  await t.test('a menu', async () => {
    await ada.button('More').tap();
    await ada.button('Delete conversation').waitFor();
    await page.goBack();
    await ada.button('Delete conversation').waitFor({ state: 'detached' });
    await header(ada, ben.username).waitFor();
    await page.goForward();
    await holds(ada, ['list', 'chat']);
  });

  await t.test('a search in the conversation, and what it found', async () => {
    await ada.button('Search in messages').tap();
    await page.locator('search-panel input').fill('plums');
    const hit = page.locator('search-panel button.result');
    await hit.filter({ hasText: ben.username }).waitFor();
    assert.equal(await hit.count(), 1, 'nothing of other conversations');
    await ada.button('Everywhere').tap();
    await hit.filter({ hasText: `plums from ${cleo.username}` }).waitFor();
    await ada.button(`Only with ${ben.username}`).tap();
    await hit.filter({ hasText: `plums from ${cleo.username}` }).waitFor({ state: 'detached' });
    await hit.tap();
    await page.locator('message-list li.row.hit').waitFor();
    await page.goBack();
    await hit.waitFor();
    await assertReachable(page.locator('search-panel .head button'));
    await page.goBack();
    await page.locator('search-panel').waitFor({ state: 'detached' });
    await header(ada, ben.username).waitFor();
  });

  await t.test('the settings and the search of everything lie above the list', async () => {
    await page.goBack();
    await list.waitFor();
    await page.locator('.top').getByRole('button', { name: 'Settings' }).tap();
    await page.locator('settings-panel h2').waitFor();
    await assertReachable(page.locator('settings-panel header button'));
    assert.equal(await page.getByText('To send a message').count(), 0, 'there is no key to choose');
    await page.goBack();
    await list.waitFor();
    await page.locator('.top').getByRole('button', { name: 'New conversation' }).tap();
    await page.locator('new-conversation input').waitFor();
    await assertReachable(page.locator('new-conversation .head button'));
    await page.goBack();
    await page.locator('new-conversation').waitFor({ state: 'detached' });
    await list.waitFor();
    await isLeft(ada);
  });
});

testInExtended('360 px: no screen without a way back', async (t) => {
  const { ada, phone, ben } = await talkedTo(t, browser, server, PHONE);
  const { page } = ada;
  ada.faults.provoke(/status of 404/);
  const toList = ada.button('All conversations');
  const { id } = await phone.conversationWith(ben);

  await t.test('a conversation that was deleted on another device', async () => {
    await ada.item(ben.username).locator('a').tap();
    await ada.talksTo(ben.username);
    expectStatus(await phone.http('DELETE', `/conversations/${id}`), 204);
    await page.getByText('This conversation does not exist').waitFor();
    assert.equal(await page.getByText(/press (Ctrl|⌘)/).count(), 0);
    await assertReachable(toList);
    await toList.tap();
    await page.locator('user-list').waitFor();
  });

  for (const [what, hash] of [
    ['an old link', `#/c/${id}`],
    ['a conversation that never was', `#/c/${crypto.randomUUID()}`],
  ] as const)
    await t.test(what, async () => {
      await page.goto('about:blank');
      await page.goto(`${server.url}/${hash}`);
      await page.getByText('This conversation does not exist').waitFor();
      await assertReachable(toList);
      await toList.tap();
      await page.locator('user-list').waitFor();
      await holds(ada, ['list']);
    });

  await t.test('a link while nothing can be loaded', async () => {
    const conversations = /\/conversations(\?|$)/;
    ada.faults.provoke(/Failed to load resource: net::ERR_FAILED/);
    await page.evaluate(async () => {
      const found = (await indexedDB.databases()).map(({ name }) => name ?? '');
      for (const name of found) indexedDB.deleteDatabase(name);
    });
    await page.route(conversations, (route) => route.abort());
    await page.goto('about:blank');
    await page.goto(`${server.url}/#/c/${id}`);
    await page.getByText('The list could not be loaded.').locator('visible=true').waitFor();
    await assertReachable(ada.button('Try again').locator('visible=true'));
    await assertReachable(toList);
    await toList.tap();
    await page.locator('user-list').waitFor();
    await page.unroute(conversations);
  });
});

testInExtended(
  '360 px: a link into a conversation from outside has the list below it; Enter breaks the line',
  async (t) => {
    const { ada, phone, ben } = await talkedTo(t, browser, server, PHONE);
    const { page } = ada;
    const { id } = await phone.conversationWith(ben);
    await page.goto('about:blank');
    await page.goto(`${server.url}/#/c/${id}`);
    await header(ada, ben.username).waitFor();
    assert.notEqual(await ada.focused(), 'TEXTAREA', 'the keyboard of a phone stays away');
    assert.equal(await ada.composer.getAttribute('enterkeyhint'), 'enter');
    await ada.composer.tap();
    await ada.composer.pressSequentially('one');
    await ada.composer.press('Enter');
    await ada.composer.pressSequentially('two');
    assert.equal(await ada.composer.inputValue(), 'one\ntwo');
    await assertReachable(page.locator('message-input .send'));
    await page.locator('message-input .send').tap();
    await ada.showsState('one', 'sent');
    await page.reload();
    await ada.bubble('two').waitFor();
    await page.locator('conversation-header .back').tap();
    await page.locator('user-list').waitFor();
    await holds(ada, ['list']);
    await isLeft(ada);
  },
);

test('1280 px: back returns to the former conversation, closes dialogs and panels first, and comes out of the settings', async (t) => {
  const { ada, phone, ben, cleo } = await talkedTo(t, browser, server);
  const { page } = ada;
  await ada.openChat(ben.username);
  await ada.openChat(cleo.username);
  await page.goBack();
  await header(ada, ben.username).waitFor();
  await page.goForward();
  await header(ada, cleo.username).waitFor();

  await page.keyboard.press('Control+k');
  await page.locator('quick-switcher dialog[open]').waitFor();
  await page.goBack();
  await page.locator('quick-switcher').waitFor({ state: 'detached' });
  await header(ada, cleo.username).waitFor();
  await page.keyboard.press('Control+/');
  await page.locator('key-sheet dialog[open]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('key-sheet').waitFor({ state: 'detached' });
  await holds(ada, ['list', 'chat', 'chat']);

  // The results stay beside what they led to.
  await page.keyboard.press('Control+Shift+F');
  await page.locator('search-panel input').fill('apples');
  await page.locator('search-panel button.result', { hasText: `apples from ${ben.username}` }).click();
  await header(ada, ben.username).waitFor();
  await holds(ada, ['list', 'chat', 'chat', 'chat', 'search']);
  await page.goBack();
  await page.locator('search-panel').waitFor({ state: 'detached' });
  await header(ada, ben.username).waitFor();
  await page.goBack();
  await header(ada, cleo.username).waitFor();

  await page.keyboard.press('Control+,');
  await page.locator('settings-panel h2').waitFor();
  await page.reload();
  await page.locator('settings-panel h2').waitFor();
  await page.locator('settings-panel header button').click();
  await header(ada, cleo.username).waitFor();
  await holds(ada, ['list', 'chat', 'chat']);

  // By its address.
  const { id } = await phone.conversationWith(ben);
  await page.evaluate((hash) => (location.hash = hash), `#/c/${id}`);
  await header(ada, ben.username).waitFor();
  await page.goBack();
  await header(ada, cleo.username).waitFor();
  await page.goBack();
  await header(ada, ben.username).waitFor();
  await page.goBack();
  await page.getByText('Choose a conversation').waitFor();
  await page.getByText('or press Ctrl K').waitFor();
  await isLeft(ada);
});
