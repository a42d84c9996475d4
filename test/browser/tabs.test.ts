import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { keptRows } from '../support/kept-rows.ts';
import { LOST_CONNECTION, REFUSED } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { say } from '../support/say.ts';
import { testInExtended, testInFull } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';
import type { Scope } from '../support/temp-dir.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

/** Ada with two tabs on her conversation with Ben. */
const twoTabs = async (scope: Scope): Promise<readonly [PersonPage, PersonPage, ChatClient]> => {
  const ben = await ChatClient.register(scope, server, freshName('ben'));
  const first = await PersonPage.signedIn(scope, browser, server, freshName('ada'));
  await first.meet(ben.username);
  const second = await first.secondTab();
  await second.openChat(ben.username);
  return [first, second, ben];
};
/** Of the tests that leave them as they are, but for what stands in the conversation and in the settings. */
const [firstOfAll, secondOfAll] = await twoTabs({ after });

const holds = async ({ composer }: PersonPage, text: string): Promise<void> => {
  await eventually(`“${text}” in the field`, async () => (await composer.inputValue()) === text);
};

const draftsOnDisk = async (person: PersonPage): Promise<readonly string[]> =>
  (await keptRows<{ text: string; others?: { text: string }[] }>(person, 'drafts')).flatMap(
    ({ text, others = [] }) => [...others.map((other) => other.text), text],
  );

const logOut = async ({ page }: PersonPage, button = 'Log out'): Promise<void> => {
  await page.locator('log-out').getByRole('button', { name: button, exact: true }).click();
};

/** The list's address, with its hash or without. */
const isHome = (page: Page): boolean => ['', '#/'].includes(new URL(page.url()).hash);

test('a draft is the same in both tabs, and two Enters send it once', async () => {
  const [first, second] = [firstOfAll, secondOfAll];
  await first.composer.fill('same in both');
  await holds(second, 'same in both');
  await Promise.all([first.composer.press('Enter'), second.composer.press('Enter')]);
  for (const tab of [first, second]) {
    await tab.showsState('same in both', 'sent');
    await holds(tab, '');
  }
  // Whatever was sent twice has been answered when the next one is.
  await second.write('and one more');
  for (const tab of [first, second]) {
    await tab.showsState('and one more', 'sent');
    await tab.shows(['same in both', 'and one more']);
  }
  await eventually('no draft to be left', async () => (await draftsOnDisk(first)).length === 0);
  // Sent in one: gone in the other, which sends nothing.
  await second.composer.fill('from the second');
  await holds(first, 'from the second');
  await second.composer.press('Enter');
  await holds(first, '');
  await first.composer.press('Enter');
  await first.showsState('from the second', 'sent');
  await first.page.reload();
  await first.shows(['same in both', 'and one more', 'from the second']);
});

testInFull('different texts in two tabs: each keeps its own, and none is lost by a reload', async (t) => {
  const [first, second, ben] = await twoTabs(t);
  // Both at once, before either can hear of the other.
  await Promise.all([first.composer.fill('one thought'), second.composer.fill('another')]);
  await eventually('both on disk', async () => {
    const texts = await draftsOnDisk(first);
    return texts.includes('one thought') && texts.includes('another');
  });
  assert.equal(await first.composer.inputValue(), 'one thought');
  assert.equal(await second.composer.inputValue(), 'another');
  await first.page.reload();
  await first.talksTo(ben.username);
  await eventually(
    'both texts',
    async () =>
      ['one thought', 'another'].sort().join() ===
      (await first.composer.inputValue()).split('\n').sort().join(),
  );
});

testInFull(
  'messages that wait are the same in both tabs, and what is discarded is gone from both',
  async (t) => {
    const [first, second, ben] = await twoTabs(t);
    first.faults.provoke(LOST_CONNECTION);
    await first.write('hello');
    await first.showsState('hello', 'sent');
    await first.context.setOffline(true);
    await first.write('waits');
    await second.showsState('waits', 'sending');
    // Ben is no more: the server will refuse it.
    await ben.http('DELETE', '/users/me', { body: { password: PASSWORD } });
    await first.context.setOffline(false);
    for (const tab of [first, second]) await tab.showsState('waits', 'failed');
    await first.bubble('waits').getByRole('button', { name: 'Discard' }).click();
    for (const tab of [first, second]) await tab.shows(['hello']);
  },
);

testInExtended('a draft that can not be sent any more is shown, and can be discarded', async (t) => {
  const [first, second, ben] = await twoTabs(t);
  await first.composer.fill('never sent');
  await holds(second, 'never sent');
  await ben.http('DELETE', '/users/me', { body: { password: PASSWORD } });
  const left = second.page.locator('unsendable-texts');
  await left.getByText('never sent').waitFor();
  await first.page.locator('unsendable-texts').getByRole('button', { name: 'Discard' }).click();
  await left.waitFor({ state: 'detached' });
  assert.deepEqual(await draftsOnDisk(first), []);
});

testInFull('a draft goes with its conversation, and comes back with it', async (t) => {
  const [first, second, ben] = await twoTabs(t);
  await first.write('hello');
  await second.showsState('hello', 'sent');
  await first.composer.fill('half a thought');
  await holds(second, 'half a thought');
  const remove = async (): Promise<void> => {
    await first.button('More').click();
    await first.button('Delete conversation').click();
    await first.item(ben.username).waitFor({ state: 'detached' });
  };
  await remove();
  await first.button('Undo').click();
  await first.talksTo(ben.username);
  assert.equal(await first.composer.inputValue(), 'half a thought');
  await remove();
  await second.item(ben.username).waitFor({ state: 'detached' });
  await eventually('the draft to be gone', async () => (await draftsOnDisk(first)).length === 0);
  // Back with the next message, without what was begun before.
  const { socket } = await ben.online();
  const { conversations } = await ben.get<{ conversations: { peer: { id: string } }[] }>('/conversations');
  await say(socket, conversations[0]!.peer, 'are you there?');
  await first.item(ben.username).getByText('are you there?').waitFor();
  await first.openChat(ben.username);
  assert.equal(await first.composer.inputValue(), '');
});

testInExtended(
  'settings are one in all tabs: each changes its own field, and follows the others at once',
  async () => {
    const [first, second] = [firstOfAll, secondOfAll];
    for (const tab of [first, second]) await tab.page.keyboard.press('Control+,');
    const choose = (tab: PersonPage, name: string): Promise<void> =>
      tab.page.locator('settings-panel label.option', { hasText: new RegExp(`^${name}$`) }).click();
    const page = (tab: PersonPage): Promise<string> =>
      tab.page.evaluate(() => {
        const { dataset, lang } = document.documentElement;
        return `${String(dataset['theme'])} ${String(dataset['text'])} ${lang.slice(0, 2)}`;
      });
    const bothAre = (wanted: string): Promise<void> =>
      eventually(wanted, async () => (await page(first)) === wanted && (await page(second)) === wanted);
    await choose(first, 'Dark');
    await bothAre('dark normal en');
    await choose(second, 'Large');
    await bothAre('dark large en');
    await choose(first, 'Deutsch');
    await bothAre('dark large de');
    await second.page.locator('settings-panel h2', { hasText: 'Einstellungen' }).waitFor();
    await choose(second, 'English');
    await bothAre('dark large en');
    // What shows a choice follows too.
    const checked = second.page.locator('settings-panel label.option', {
      has: second.page.locator('input:checked'),
    });
    assert.deepEqual((await checked.allTextContents()).slice(0, 3), ['Dark', 'Large', 'English']);
    // A field that this build does not know is another build's, and damaged ones are nobody's.
    await first.page.evaluate(() => {
      localStorage.setItem('parley.preferences', '{"theme":"pink","textSize":"huge","newer":1}');
    });
    await eventually('the other tab to follow', async () => (await page(second)).startsWith('system huge'));
    await choose(second, 'Light');
    const stored = await second.page.evaluate(() => localStorage.getItem('parley.preferences'));
    assert.deepEqual(JSON.parse(stored ?? ''), { theme: 'light', textSize: 'huge', newer: 1 });
  },
);

testInFull('logging out counts drafts, and the other tab says why it is at the login', async (t) => {
  const [first, second] = await twoTabs(t);
  first.faults.provoke(REFUSED);
  await second.composer.fill('half a thought');
  await holds(first, 'half a thought');
  await first.page.keyboard.press('Control+,');
  await logOut(first);
  await first.page
    .getByText('One draft is kept on this device. Logging out removes this for good.')
    .waitFor();
  await logOut(first, 'Log out and discard');
  await first.page.getByText('You are logged out.').waitFor();
  await second.page.getByText('You were logged out in another window of this browser.').waitFor();
  for (const { page } of [first, second]) {
    assert.ok(isHome(page));
    assert.equal(await page.title(), 'Parley');
  }
  // How the device shows the client is nobody's in particular.
  await eventually('nothing to be left', () =>
    first.page.evaluate(
      async () =>
        (await indexedDB.databases()).length === 0 &&
        Object.keys(localStorage).join() === 'parley.preferences',
    ),
  );
  // Somebody else logs in: the other tab shows them, and says so.
  const eve = await ChatClient.register(t, server, freshName('eve'));
  await first.login(eve.username);
  await second.isIn();
  await second.page.getByText(`${eve.username} logged in in another window of this browser.`).waitFor();
  await second.page.getByText('No conversations yet').waitFor();
  await second.button('Close').click();
  await second.page.locator('toast-bar .toast').waitFor({ state: 'detached' });
});

test('somebody else’s session takes the place of mine: the tab follows, and sends nothing of mine in their name', async (t) => {
  const [first, second, ben] = await twoTabs(t);
  first.faults.provoke(REFUSED, LOST_CONNECTION);
  const eve = await ChatClient.register(t, server, freshName('eve'));
  await second.write('from ada');
  await second.showsState('from ada', 'sent');
  await first.page.evaluate(
    ([userId, username, accessToken]) => {
      const held = JSON.parse(localStorage.getItem('parley.session') ?? '{}') as object;
      localStorage.setItem('parley.session', JSON.stringify({ ...held, userId, username, accessToken }));
    },
    [eve.id, eve.username, eve.accessToken] as const,
  );
  await second.page.getByText(`${eve.username} logged in in another window of this browser.`).waitFor();
  await second.page.getByText('No conversations yet').waitFor();
  assert.equal(await second.item(ben.username).count(), 0);
  assert.ok(isHome(second.page));
});

testInExtended('the account is deleted, or the password changed, in another tab', async (t) => {
  const [first, second] = await twoTabs(t);
  first.faults.provoke(REFUSED);
  await first.page.keyboard.press('Control+,');
  const forms = first.page.locator('secret-form');
  const next = `${PASSWORD}-2`;
  await forms.first().locator('input[type="password"]').nth(0).fill(PASSWORD);
  await forms.first().locator('input[type="password"]').nth(1).fill(next);
  await forms.first().getByRole('button').last().click();
  await first.page.getByText('Password changed.').waitFor();
  // This session goes on, in both.
  await second.write('still here');
  await second.showsState('still here', 'sent');
  await second.composer.fill('half a thought');
  await forms.last().locator('input[type="password"]').fill(next);
  await forms.last().getByRole('button').last().click();
  await first.page.getByText('Your account is deleted.').waitFor();
  await second.page.getByText(/account (is|was) deleted/).waitFor();
  assert.equal(await second.page.locator('#username').inputValue(), '');
  await eventually('nothing to be left', () =>
    second.page.evaluate(async () => (await indexedDB.databases()).length === 0),
  );
});

testInExtended('a damaged session is no session: the login is shown, and the damage removed', async (t) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  const damage = ['{}', 'true', '"x"', '{"userId":', '{"userId":"x","token":"of an old build"}'];
  for (const text of damage) {
    await ada.page.evaluate((text) => {
      localStorage.setItem('parley.session', text);
    }, text);
    await ada.page.reload();
    await ada.page.locator('#username').waitFor();
    assert.equal(await ada.page.evaluate(() => localStorage.getItem('parley.session')), null, text);
  }
  await ada.login(ada.username);
});
