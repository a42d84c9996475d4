import type { Browser, BrowserContextOptions } from 'playwright-core';
import { ChatClient, expectStatus, freshName, PASSWORD } from './chat-client.ts';
import { PersonPage } from './person-page.ts';
import { choose, openHeaderMenu, openRowMenu } from './row-menu.ts';
import type { Scope } from './temp-dir.ts';

/** What stands in front of somebody in a full conversation: links, long words, three scripts, 5000 characters. */
export const TEXTS = [
  'Good morning! The plans are at https://example.com/plans?id=7 and the rest follows.',
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(4),
  'שלום! מה שלומך היום? (ok?)',
  'مرحبا، كيف حالك؟ 123',
  'a line\n\nand another one',
  '*bold* and _slanted_, `code`\n> a quote\n```js\nconst wide = "a line of code that is wider than any bubble may be, so that it has to be scrolled";\n```',
  'w'.repeat(5000),
] as const;

/** Ada in front of the door, and around her people who have written to her: one who talks, one whose account is gone. */
export const surrounded = async (
  scope: Scope,
  browser: Browser,
  place: { readonly url: string; readonly socketUrl: string },
  options: BrowserContextOptions,
): Promise<{ ada: PersonPage; name: string; ben: string }> => {
  const name = freshName('ada');
  const [me, ben, gone] = [
    await ChatClient.register(scope, place, name),
    await ChatClient.register(scope, place, freshName('ben')),
    await ChatClient.register(scope, place, freshName('gone')),
  ];
  for (const [who, texts] of [
    [gone, ['You will miss me']],
    [ben, TEXTS],
  ] as const) {
    const { socket } = await who.online();
    for (const content of texts)
      await socket.answerTo(socket.send('message', { recipient_id: me.id, content }));
    socket.terminate();
  }
  expectStatus(await gone.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
  return { ada: await PersonPage.open(scope, browser, place, options), name, ben: ben.username };
};

/** A reply to the longest word, a reaction, and how she comes to both. */
const answers = async (ada: PersonPage, look: (screen: string) => Promise<void>): Promise<void> => {
  const { page } = ada;
  const word = ada.bubble('Donaudampf').first().locator('.text').first();
  const openMenu = async (): Promise<void> => {
    await word.click({ button: 'right' });
    await page.locator('message-menu [role=menu]').waitFor();
  };
  await openMenu();
  await look('message menu');
  await page.getByRole('menuitem', { name: 'More emoji' }).click();
  await page.locator('emoji-picker h3').nth(3).waitFor();
  await look('emoji picker');
  await page.locator('emoji-picker input').fill('nothing of the kind');
  await page.locator('emoji-picker .say').waitFor();
  await look('emoji picker, nothing found');
  await page.locator('emoji-picker input').fill('party');
  await page.locator('emoji-picker').getByRole('button', { name: 'party popper', exact: true }).click();
  await page.locator('message-reactions button').waitFor();
  await openMenu();
  await page.getByRole('menuitem', { name: 'Reply' }).click();
  await page.locator('reply-bar').waitFor();
  await look('a reply begun');
  await ada.write('A long word');
  await ada.showsState('A long word', 'sent');
  await ada.bubble('A long word').locator('message-quote').waitFor();
  await word.scrollIntoViewIfNeeded();
  await look('reply and reaction');
};

/** The menu of a conversation in the list, pinned and muted ones, and the archived ones. */
const sorting = async (
  ada: PersonPage,
  ben: string,
  look: (screen: string) => Promise<void>,
): Promise<void> => {
  const { page } = ada;
  await openRowMenu(ada, ben);
  await choose(ada, 'Mute');
  await look('menu of a conversation');
  await choose(ada, 'For 1 hour');
  await ada.item(ben).locator('a.muted').waitFor();
  await openRowMenu(ada, ben);
  await choose(ada, 'Pin');
  await openRowMenu(ada, 'Deleted User');
  await choose(ada, 'Archive');
  await page.locator('archived-row button').waitFor();
  await look('pinned, muted and archived');
  await page.locator('archived-row button').click();
  await page.locator('archived-panel user-item').waitFor();
  await look('archived');
  await openRowMenu(ada, 'Deleted User');
  await choose(ada, 'Move to the list');
  await page.getByText('No archived conversations.').waitFor();
  await page.locator('archived-panel').getByRole('button', { name: 'Back' }).click();
};

const blocking = async (
  ada: PersonPage,
  ben: string,
  look: (screen: string) => Promise<void>,
): Promise<void> => {
  await openHeaderMenu(ada);
  await ada.button(`Block ${ben}`).click();
  const dialog = ada.page.locator('block-dialog');
  await dialog.locator('dialog[open]').waitFor();
  await look('the question before blocking');
  await dialog.getByRole('button', { name: 'Block', exact: true }).click();
  await ada.page.locator('blocked-note').waitFor();
  await look('blocked');
  await ada.page.locator('blocked-note').getByRole('button', { name: 'Unblock' }).click();
  await ada.composer.waitFor();
};

/** Leads her through every screen there is, once; `look` is called on each. */
export const throughEveryScreen = async (
  { ada, name, ben }: { ada: PersonPage; name: string; ben: string },
  look: (screen: string) => Promise<void>,
): Promise<void> => {
  const { page } = ada;
  await look('login');
  await page.evaluate(() => {
    location.hash = '#/reset/0123456789abcdef';
  });
  await page.locator('reset-screen #password').fill('short');
  await page.locator('reset-screen button[type="submit"]').click();
  await page.locator('reset-screen .fault:not([hidden])').first().waitFor();
  await look('new password, refused');
  await ada.button('Go to the login instead').click();
  await page.locator('login-screen').waitFor();
  await ada.button('New here? Create an account').click();
  await page.locator('#password').fill('short');
  await page.locator('login-screen button[type="submit"]').click();
  await page.locator('.fault:not([hidden])').first().waitFor();
  await look('register, refused');
  // Somebody new has an empty list; she comes back as herself.
  await ada.login(freshName('new'));
  await page.getByText('No conversations yet').waitFor();
  await look('empty list');
  await page.keyboard.press('Control+,');
  await ada.button('Log out').click();
  await page.getByText('You are logged out.').waitFor();
  await look('logged out');
  await ada.login(name);
  await look('list');
  await sorting(ada, ben, look);
  await ada.openChat(ben);
  await ada.write('And hello from me');
  await ada.showsState('And hello from me', 'sent');
  await look('conversation');
  await ada.bubble('And hello from me').locator('.meta').click();
  await ada.button('More').click();
  await look('details and menu');
  await page.keyboard.press('Escape');
  await page.locator('conversation-header h2 button').click();
  await page.locator('person-sheet dialog[open]').waitFor();
  await look('profile');
  await page.keyboard.press('Escape');
  await page.locator('person-sheet').waitFor({ state: 'detached' });
  await blocking(ada, ben, look);
  await answers(ada, look);
  await page.keyboard.press('Control+k');
  await page.locator('quick-switcher [role=option]').first().waitFor();
  await look('switcher');
  await page.keyboard.press('Escape');
  await page.locator('quick-switcher dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Shift+K');
  await page.locator('new-conversation input').fill(ben.slice(0, 3));
  await page.locator('new-conversation button.result').first().waitFor();
  await look('new conversation');
  await page.keyboard.press('Control+Shift+F');
  await page.locator('search-panel input').fill('hello');
  await page.locator('search-panel mark').first().waitFor();
  await look('search');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+,');
  await page.locator('session-list li').first().waitFor();
  await look('settings');
  await page.keyboard.press('Escape');
  await ada.openChat('Deleted User');
  await page.locator('message-input .closed').waitFor();
  await look('deleted peer');
  await page.locator('message-list .scroller').focus();
  await page.keyboard.press('?');
  await page.locator('key-sheet dialog[open]').waitFor();
  await look('keys');
};
