import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { freshName } from '../support/chat-client.ts';
import { PersonPage } from '../support/person-page.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

test('the language changes in place: no reload, the draft stays, the focus stays', async (t) => {
  const [a, b] = [freshName('ada'), freshName('ben')];
  await PersonPage.register(t, browser, server, b);
  const ada = await PersonPage.register(t, browser, server, a);
  const { page } = ada;
  await ada.meet(b);
  await ada.write('Good morning');
  await ada.composer.fill('half a thought');
  await page.evaluate(() => {
    document.body.dataset['same'] = 'page';
  });
  await page.locator('.top').getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Deutsch').check();
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  await page.locator('user-list nav[aria-label="Unterhaltungen"]').waitFor();
  await page.locator('session-list').getByText('Dieses Gerät').waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  assert.equal(await page.locator('body').getAttribute('data-same'), 'page');
  assert.ok(await page.getByLabel('Deutsch').evaluate((radio) => radio.matches(':focus')));

  await ada.openChat(b);
  await page.getByPlaceholder('Nachricht schreiben').waitFor();
  assert.equal(await ada.composer.inputValue(), 'half a thought');
  await page.reload();
  await page.getByPlaceholder('Nachricht schreiben').waitFor();
  // What is on screen changes too, not only what is rendered later.
  await page.evaluate(() => {
    location.hash = '#/settings';
  });
  await page.getByLabel('English').check();
  await page.locator('user-list nav[aria-label="Conversations"]').waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en-GB');
});

test('a language that can not be loaded says so, and the old one stays', async (t) => {
  const ada = await PersonPage.register(t, browser, server, freshName('ada'));
  await ada.page.route(/\/de-[\w-]+\.js$/, (route) => route.abort());
  ada.faults.provoke(/Failed to load resource/);
  await ada.page.locator('.top').getByRole('button', { name: 'Settings' }).click();
  // A click, for it does not stay chosen.
  await ada.page.getByLabel('Deutsch').click();
  await ada.page.locator('toast-bar').getByText('The server could not be reached.').waitFor();
  await ada.page.getByRole('heading', { name: 'Settings' }).waitFor();
  assert.ok(
    await ada.page.getByRole('group', { name: 'Language' }).getByLabel('Same as the system').isChecked(),
  );
});
