import type { Browser, BrowserContextOptions } from 'playwright-core';
import { ChatClient, expectStatus, freshName, PASSWORD } from './chat-client.ts';
import { PersonPage } from './person-page.ts';
import type { Scope } from './temp-dir.ts';

/** What stands in front of somebody in a full conversation: links, long words, three scripts, 5000 characters. */
export const TEXTS = [
  'Good morning! The plans are at https://example.com/plans?id=7 and the rest follows.',
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(4),
  'שלום! מה שלומך היום? (ok?)',
  'مرحبا، كيف حالك؟ 123',
  'a line\n\nand another one',
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
  await ada.openChat(ben);
  await ada.write('And hello from me');
  await ada.showsState('And hello from me', 'sent');
  await look('conversation');
  await ada.bubble('And hello from me').locator('.meta').click();
  await ada.button('More').click();
  await look('details and menu');
  await page.keyboard.press('Escape');
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
