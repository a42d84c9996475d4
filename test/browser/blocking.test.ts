import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { freshName } from '../support/chat-client.ts';
import { LOST_CONNECTION, REFUSED } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { openHeaderMenu } from '../support/row-menu.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';
import { PHONE } from '../support/talked-to.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

/** Ada and Ben, who have written to each other and have their conversation open. */
const talking = async (
  t: TestContext,
  options: BrowserContextOptions = {},
): Promise<readonly [PersonPage, PersonPage]> => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'), options);
  const ben = await PersonPage.signedIn(t, browser, server, freshName('ben'));
  await ben.meet(ada.username);
  await ben.write('hello');
  await ada.openChat(ben.username);
  await ada.write('hello yourself');
  await ben.bubble('hello yourself').waitFor();
  await ben.page.locator('conversation-header p', { hasText: 'online' }).waitFor();
  return [ada, ben];
};
const askToBlock = async (ada: PersonPage, ben: PersonPage): Promise<void> => {
  await openHeaderMenu(ada);
  await ada.button(`Block ${ben.username}`).click();
  await ada.page.locator('block-dialog dialog[open]').waitFor();
};
const block = async (ada: PersonPage, ben: PersonPage): Promise<void> => {
  await askToBlock(ada, ben);
  await ada.page.locator('block-dialog').getByRole('button', { name: 'Block', exact: true }).click();
  await ada.page.locator('block-dialog').waitFor({ state: 'detached' });
};
const note = (person: PersonPage) => person.page.locator('blocked-note');

test('blocked: neither writes, one is told why, and after unblocking both do again', async (t) => {
  const [ada, ben] = await talking(t);
  const tab = await ada.secondTab();
  await tab.openChat(ben.username);
  await block(ada, ben);
  for (const window of [ada, tab]) {
    await note(window).getByText(`You blocked ${ben.username}.`).waitFor();
    assert.equal(await window.composer.count(), 0);
  }
  await ben.page.locator('conversation-header p', { hasText: 'online' }).waitFor({ state: 'detached' });
  await ben.write('are you there?');
  await ben.showsState('are you there?', 'failed');
  const failure = ben.bubble('are you there?').locator('message-failure');
  await failure.getByText(`${ada.username} does not take messages from you.`).waitFor();
  // It is not tried again by itself.
  await ben.page.reload();
  await failure.getByText(`${ada.username} does not take messages from you.`).waitFor();
  await ben.write('and this?');
  await ben.showsState('and this?', 'failed');
  await ben.bubble('and this?').locator('message-failure').getByRole('button', { name: 'Discard' }).click();
  await ben.bubble('and this?').waitFor({ state: 'detached' });
  assert.deepEqual(await ada.texts(), ['hello', 'hello yourself']);
  // What was known is known after a reload, too.
  await tab.page.reload();
  await note(tab).waitFor();
  await note(tab).getByRole('button', { name: 'Unblock' }).click();
  await tab.composer.waitFor();
  await ada.composer.waitFor();
  await ben.page.locator('conversation-header p', { hasText: 'online' }).waitFor();
  await failure.getByRole('button', { name: 'Send again' }).click();
  await ada.bubble('are you there?').waitFor();
});

testInExtended('the question says what happens, and cancelling it changes nothing', async (t) => {
  const [ada, ben] = await talking(t);
  const { page } = ada;
  await askToBlock(ada, ben);
  const dialog = page.getByRole('alertdialog', { name: `Block ${ben.username}?` });
  assert.match(await dialog.innerText(), /can no longer write to you/);
  assert.equal(await ada.focusedName(), 'Cancel');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await askToBlock(ada, ben);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await askToBlock(ada, ben);
  await page.goBack();
  await dialog.waitFor({ state: 'detached' });
  await ada.write('still friends');
  await ben.bubble('still friends').waitFor();
});

testInExtended('the settings list who is blocked, follow other windows, and unblock', async (t) => {
  const [ada, ben] = await talking(t, PHONE);
  const { page } = ada;
  const tab = await ada.secondTab();
  await tab.page.evaluate(() => {
    location.hash = '#/settings';
  });
  const list = tab.page.locator('blocked-list');
  await list.getByText('You have not blocked anybody.').waitFor();
  await block(ada, ben);
  const row = list.locator('li', { hasText: ben.username });
  await row.waitFor();
  const button = row.getByRole('button', { name: `Unblock ${ben.username}` });
  assert.ok((await button.boundingBox())!.height >= 44);
  await button.tap();
  await list.getByText('You have not blocked anybody.').waitFor();
  await note(ada).waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
});

testInExtended('who deleted the conversation learns when beginning it anew', async (t) => {
  const [ada, ben] = await talking(t);
  await openHeaderMenu(ben);
  await ben.button('Delete conversation').click();
  await ben.page.getByText('deleted for you').waitFor();
  await ben.page.getByText('deleted for you').waitFor({ state: 'detached', timeout: 20_000 });
  await block(ada, ben);
  ben.faults.provoke(REFUSED);
  await ben.page.locator('.top').getByRole('button', { name: 'New conversation' }).click();
  await ben.page.locator('new-conversation input').fill(ada.username);
  await ben.page.locator('new-conversation button.result', { hasText: ada.username }).click();
  await ben.page.getByText('This person does not take messages from you.').waitFor();
});

testInExtended('without a connection nobody is blocked, and the question says so', async (t) => {
  const [ada, ben] = await talking(t);
  await askToBlock(ada, ben);
  ada.faults.provoke(LOST_CONNECTION);
  await ada.context.setOffline(true);
  const dialog = ada.page.locator('block-dialog');
  await dialog.getByRole('button', { name: 'Block', exact: true }).click();
  await dialog.getByText(`${ben.username} was not blocked. The server could not be reached.`).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await note(ada).count(), 0);
});
