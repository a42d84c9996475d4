import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { react } from '../support/react.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

/** Somebody whose system shows a number on the icon of the app. Nothing else can read it, so the windows note what they set, all in the
 *  same place, as they share the icon. */
const withIcon = async (t: TestContext): Promise<readonly [PersonPage, ChatClient]> => {
  const user = await ChatClient.register(t, server, freshName('ada'));
  const ada = await PersonPage.login(t, browser, server, user.username);
  await ada.context.addInitScript(() => {
    const note = (count: number): Promise<void> => {
      localStorage.setItem('test.badge', String(count));
      return Promise.resolve();
    };
    Object.assign(navigator, { setAppBadge: note, clearAppBadge: () => note(0) });
  });
  await ada.page.reload();
  await ada.isIn();
  return [ada, user];
};
const shown = async ({ page }: PersonPage, count: number): Promise<void> => {
  await eventually(
    `${String(count)} on the icon`,
    async () => (await page.evaluate(() => localStorage.getItem('test.badge'))) === String(count),
  );
};

test('the icon of the app has the number of unread messages, whichever window is open, until somebody logs out', async (t) => {
  const [ada, user] = await withIcon(t);
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const { socket } = await ben.online();
  await shown(ada, 0);
  for (const text of ['one', 'two']) await say(socket, user, text);
  await shown(ada, 2);
  const tab = await ada.secondTab();
  await shown(tab, 2);
  await tab.openChat(ben.username);
  await shown(ada, 0);
  // A window that closes at once may not have told the server yet.
  await eventually('this window has heard of it', async () => !(await ada.page.title()).startsWith('('));
  await tab.page.close();
  await ada.page.bringToFront();
  await say(socket, user, 'three');
  await shown(ada, 1);
  await ada.page.keyboard.press('Control+,');
  await ada.button('Log out').click();
  await ada.page.locator('#username').waitFor();
  await shown(ada, 0);
});

testInExtended(
  "a screen reader is told of a reaction to one's own message, and not of one to another",
  async (t) => {
    const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
    const ben = await ChatClient.register(t, server, freshName('ben'));
    const { socket } = await ben.online();
    await ada.meet(ben.username);
    await ada.write('I passed the exam');
    await ada.showsState('I passed the exam', 'sent');
    const mine = await socket.next('message');
    const own = await say(socket, { id: mine.payload.sender_id }, 'Well done');
    await ada.bubble('Well done').waitFor();
    await react(socket, own.payload.message_id, '🎉');
    await react(socket, mine.payload.message_id, '👏');
    const region = ada.page.locator('[aria-live=polite] p');
    await region
      .filter({ hasText: `${ben.username} reacted with 👏 to your message: I passed the exam` })
      .waitFor({
        state: 'attached',
      });
    assert.equal(await ada.page.getByText('reacted with 🎉').count(), 0);
  },
);
