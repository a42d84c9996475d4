import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { expectStatus, type ChatClient } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import type { PersonPage } from '../support/person-page.ts';
import { choose, lists, openHeaderMenu, openRowMenu } from '../support/row-menu.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';
import { PHONE, talkedTo } from '../support/talked-to.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const title = ({ page }: PersonPage): Promise<string> => page.title();
const writes = async (who: ChatClient, to: { readonly id: string }, text: string): Promise<void> => {
  const { socket } = await who.online();
  await say(socket, to, text);
  socket.terminate();
};

testInExtended('pinned: on top on every device, whoever writes last, and after a reload', async (t) => {
  const { ada, phone, ben, cleo } = await talkedTo(t, browser, server);
  const tab = await ada.secondTab();
  await lists(ada, [cleo.username, ben.username]);
  await openRowMenu(ada, ben.username);
  await choose(ada, 'Pin');
  for (const window of [ada, tab]) {
    await lists(window, [ben.username, cleo.username]);
    assert.deepEqual(await window.page.locator('user-list h2').allTextContents(), ['Pinned', 'Others']);
  }
  await writes(cleo, phone, 'me first');
  await ada.item('me first').waitFor();
  await lists(ada, [ben.username, cleo.username]);
  await ada.page.reload();
  await lists(ada, [ben.username, cleo.username]);
  // What another device changes shows here.
  const { conversations } = await phone.get<{ conversations: { id: string; pinned: boolean }[] }>(
    '/conversations',
  );
  const pinned = conversations.find((each) => each.pinned);
  expectStatus(await phone.http('PATCH', `/conversations/${pinned!.id}`, { body: { pinned: false } }), 200);
  for (const window of [ada, tab]) await lists(window, [cleo.username, ben.username]);
});

test('archived: out of the list, on a screen of its own, taken back with Undo, brought back by a message', async (t) => {
  const { ada, phone, ben, cleo } = await talkedTo(t, browser, server);
  const { page } = ada;
  await ada.openChat(ben.username);
  await openHeaderMenu(ada);
  await ada.button('Archive').click();
  await lists(ada, [cleo.username]);
  await page.getByText('Choose a conversation').waitFor();
  await ada.button('Undo').click();
  await lists(ada, [cleo.username, ben.username]);
  await ada.talksTo(ben.username);
  for (const who of [ben, cleo]) {
    await openRowMenu(ada, who.username);
    await choose(ada, 'Archive');
  }
  const row = page.locator('archived-row button');
  await eventually('both to be archived', async () =>
    /^Archived\s.*2$/s.test((await row.innerText()).trim()),
  );
  assert.equal(await page.locator('user-list .none').count(), 0, 'it is not said that there are none');
  await row.click();
  const archived = page.locator('archived-panel');
  await archived.getByRole('heading', { name: 'Archived' }).waitFor();
  assert.equal(await ada.focusedName(), 'Archived');
  await lists(ada, [cleo.username, ben.username]);
  // Reading there does not bring it back, and the others stay beside it.
  await ada.openChat(cleo.username);
  await lists(ada, [cleo.username, ben.username]);
  await openRowMenu(ada, ben.username);
  assert.equal(await page.getByRole('menuitem', { name: 'Pin', exact: true }).count(), 0);
  await choose(ada, 'Move to the list');
  await lists(ada, [cleo.username]);
  await writes(cleo, phone, 'are you there?');
  await archived.getByText('No archived conversations.').waitFor();
  await archived.getByRole('button', { name: 'Back' }).click();
  await lists(ada, [cleo.username, ben.username]);
  assert.equal(await row.count(), 0);
});

testInExtended(
  'muted: no number in the title, also archived it stays where it is, until it is unmuted',
  async (t) => {
    const { ada, phone, ben, cleo } = await talkedTo(t, browser, server);
    await eventually('all to be counted', async () => (await title(ada)).startsWith('(6)'));
    await openRowMenu(ada, ben.username);
    await choose(ada, 'Mute');
    await choose(ada, 'For 8 hours');
    await eventually('his not to be', async () => (await title(ada)).startsWith('(3)'));
    const item = ada.item(ben.username);
    await item.locator('a.muted .count', { hasText: '3' }).waitFor();
    assert.match((await item.locator('a').innerText()).replace(/\s+/g, ' '), /, muted/);
    await openRowMenu(ada, ben.username);
    await choose(ada, 'Archive');
    await writes(ben, phone, 'hello?');
    await ada.page.locator('archived-row', { hasText: '4 unread' }).waitFor();
    await lists(ada, [cleo.username]);
    await ada.page.locator('archived-row button').click();
    await openRowMenu(ada, ben.username);
    assert.match(await ada.page.getByRole('menuitem', { name: 'Unmute' }).innerText(), /Muted until \S+/);
    await ada.page.getByRole('menuitem', { name: 'Unmute' }).click();
    await item.locator('a:not(.muted)').waitFor();
    // It is archived still; from now on a message brings it back.
    await writes(ben, phone, 'at last');
    await ada.page.locator('archived-panel').getByText('No archived conversations.').waitFor();
    await eventually('his to be counted again', async () => (await title(ada)).startsWith('(8)'));
  },
);

testInExtended(
  'by keyboard: the menu of the focused row, its button, and the focus stays on the row that moves',
  async (t) => {
    const { ada, ben, cleo } = await talkedTo(t, browser, server);
    const { page } = ada;
    await page.waitForFunction(() => customElements.get('row-menu') !== undefined);
    const link = ada.item(ben.username).locator('a');
    await page.locator('user-item a').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+F10');
    const menu = page.locator('row-menu [role=menu]');
    await menu.waitFor();
    assert.equal(await ada.focusedName(), 'Pin');
    await page.keyboard.press('ArrowDown');
    assert.equal(await ada.focusedName(), 'Archive');
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    assert.ok(await link.evaluate((at) => at.matches(':focus')), 'back where it was opened');
    await page.keyboard.press('Tab');
    assert.equal(await ada.focusedName(), `Conversation with ${ben.username}`);
    await page.keyboard.press('Enter');
    await menu.waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(
      await page.getByRole('menuitem', { name: 'Mute', exact: true }).getAttribute('aria-expanded'),
      'true',
    );
    await page.keyboard.press('ArrowDown');
    assert.equal(await ada.focusedName(), 'For 1 hour');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await lists(ada, [ben.username, cleo.username]);
    await eventually('the focus on the row', () => link.evaluate((at) => at.matches(':focus')));
  },
);

test('by finger at 360 px: a long press opens a sheet, does not open the conversation, and back leads out step by step', async (t) => {
  const { ada, ben, cleo } = await talkedTo(t, browser, server, PHONE);
  const { page } = ada;
  await page.waitForFunction(() => customElements.get('row-menu') !== undefined);
  const cdp = await ada.context.newCDPSession(page);
  const at = (await ada.item(ben.username).boundingBox())!;
  const touchPoints = [{ x: at.x + 80, y: at.y + at.height / 2 }];
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  const menu = page.locator('row-menu [role=menu]');
  await menu.waitFor();
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  const sheet = (await page.locator('row-menu dialog').boundingBox())!;
  assert.ok(sheet.x === 0 && sheet.width === 360 && Math.abs(sheet.y + sheet.height - 720) < 1);
  for (const entry of await menu.getByRole('menuitem').all())
    assert.ok((await entry.boundingBox())!.height >= 44);
  assert.equal(await page.locator('conversation-header').count(), 0);
  await menu.getByRole('menuitem', { name: 'Archive' }).tap();
  await lists(ada, [cleo.username]);
  const row = page.locator('archived-row button');
  assert.ok((await row.boundingBox())!.height >= 44);
  await row.tap();
  await ada.item(ben.username).locator('a').tap();
  await ada.talksTo(ben.username);
  await page.goBack();
  await page.locator('archived-panel').getByRole('heading', { name: 'Archived' }).waitFor();
  await page.goBack();
  await lists(ada, [cleo.username]);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
});

testInExtended('without a connection nothing is changed, and this is said', async (t) => {
  const { ada, ben, cleo } = await talkedTo(t, browser, server);
  const { page, context, faults } = ada;
  await openRowMenu(ada, ben.username);
  await choose(ada, 'Pin');
  await lists(ada, [ben.username, cleo.username]);
  faults.provoke(LOST_CONNECTION);
  await context.setOffline(true);
  await openRowMenu(ada, ben.username);
  await choose(ada, 'Archive');
  await page
    .getByText(`Conversation with ${ben.username} not changed. The server could not be reached.`)
    .waitFor();
  await lists(ada, [ben.username, cleo.username]);
});

testInExtended('in German', async (t) => {
  const { ada, ben } = await talkedTo(t, browser, server, { locale: 'de-DE' });
  await openRowMenu(ada, ben.username);
  const entries = await ada.page.getByRole('menuitem').allInnerTexts();
  assert.deepEqual(
    entries.map((text) => text.trim()),
    ['Anheften', 'Archivieren', 'Stummschalten', 'Unterhaltung löschen'],
  );
  await choose(ada, 'Archivieren');
  await ada.page.getByText(`Unterhaltung mit ${ben.username} archiviert.`).waitFor();
});

testInExtended('a conversation can be deleted from its row without leaving the open one', async (t) => {
  const { ada, ben, cleo } = await talkedTo(t, browser, server);
  await ada.openChat(cleo.username);
  await openRowMenu(ada, ben.username);
  await choose(ada, 'Delete conversation');
  await lists(ada, [cleo.username]);
  await ada.talksTo(cleo.username);
  await ada.button('Undo').click();
  await lists(ada, [cleo.username, ben.username]);
  await ada.talksTo(cleo.username);
});
