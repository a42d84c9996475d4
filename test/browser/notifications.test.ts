import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { CDPSession } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after }, { whole: true });
const ben = await ChatClient.register({ after }, server, freshName('ben'));

/** Says whether notifications are allowed, as the person does in the browser. */
const decider = async (person: PersonPage) => {
  const cdp: CDPSession = await browser.newBrowserCDPSession();
  const { targetInfos } = await cdp.send('Target.getTargets');
  const own = await person.context.newCDPSession(person.page);
  const { targetInfo } = await own.send('Target.getTargetInfo');
  const found = targetInfos.find(({ targetId }) => targetId === targetInfo.targetId);
  return async (setting: 'prompt' | 'granted' | 'denied'): Promise<void> => {
    await cdp.send('Browser.setPermission', {
      origin: server.url,
      ...(found?.browserContextId !== undefined && { browserContextId: found.browserContextId }),
      permission: { name: 'notifications' },
      setting,
    });
  };
};

/** Notes when the browser is made to ask, and whether a click was the cause. */
const watched = async (t: TestContext, options: object = {}): Promise<PersonPage> => {
  const ada = await PersonPage.open(t, browser, server, options);
  await ada.page.addInitScript(() => {
    const asked: boolean[] = [];
    Object.assign(window, { asked });
    // Here nobody has answered yet.
    if (sessionStorage.getItem('begun') === null) localStorage.removeItem('parley.preferences');
    sessionStorage.setItem('begun', 'yes');
    Notification.requestPermission = () => {
      asked.push(navigator.userActivation.isActive);
      return Promise.resolve(Notification.permission);
    };
  });
  await ada.page.reload();
  await ada.page.locator('#username').waitFor();
  await ada.register(freshName('ada'));
  // What was there before a window was opened is no news.
  await ada.isIn();
  return ada;
};
const asked = ({ page }: PersonPage): Promise<readonly boolean[]> =>
  page.evaluate(() => (window as unknown as { asked: boolean[] }).asked);

test('after the first message it asks in its own words, the browser only on the click, and never again', async (t) => {
  const ada = await watched(t);
  const { page } = ada;
  const question = page.locator('notification-question');
  await ada.meet(ben.username);
  assert.equal(await question.count(), 0, 'not before anything was written');
  await ada.write('hello');
  await question.getByText('Get notified of new messages when you are not looking at them?').waitFor();
  assert.deepEqual(await asked(ada), []);
  await question.getByRole('button', { name: 'Allow' }).click();
  await question.waitFor({ state: 'detached' });
  assert.deepEqual(await asked(ada), [true], 'with the click');
  await page.reload();
  await ada.talksTo(ben.username);
  await ada.write('hello again');
  await ada.showsState('hello again', 'sent');
  assert.equal(await question.count(), 0);
  assert.deepEqual(await asked(ada), []);
});

testInExtended(
  'on a phone it can be put off with a thumb, and the settings show what the browser really allows',
  async (t) => {
    const ada = await watched(t, { viewport: { width: 360, height: 740 }, hasTouch: true });
    const { page } = ada;
    const decide = await decider(ada);
    await ada.meet(ben.username);
    // Enter breaks the line there.
    await ada.composer.fill('hello');
    await ada.button('Send').click();
    const later = page.locator('notification-question').getByRole('button', { name: 'Not now' });
    const box = await later.boundingBox();
    assert.ok(box !== null && box.height >= 44 && box.width >= 44 && box.x + box.width <= 360);
    await later.click();
    await page.locator('notification-question').waitFor({ state: 'detached' });
    assert.deepEqual(await asked(ada), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);

    await page.evaluate(() => {
      location.hash = '#/settings';
    });
    const box2 = page.getByLabel('Notify me of new messages when I am not looking at them');
    await box2.waitFor();
    assert.equal(await box2.isChecked(), false, 'nothing is allowed yet');
    await page.getByRole('button', { name: 'Allow notifications' }).waitFor();
    // The permission changes in the browser's own settings, and the page follows.
    await decide('granted');
    await eventually('the setting to be on', () => box2.isChecked());
    await decide('denied');
    await page.getByText('Your browser blocks notifications').waitFor();
    assert.equal(await box2.isChecked(), false);
    assert.equal(await box2.isDisabled(), true);
    await decide('prompt');
    await page.getByRole('button', { name: 'Allow notifications' }).waitFor();
    // Ticking it asks, and it stays off until the browser has said yes.
    await box2.click();
    assert.deepEqual(await asked(ada), [true]);
    assert.equal(await box2.isChecked(), false);
  },
);

testInExtended('where only a service worker may show notifications, it does', async (t) => {
  const ada = await watched(t, { serviceWorkers: 'allow' });
  const { page } = ada;
  await (
    await decider(ada)
  )('granted');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.evaluate(() => {
    const refuse = function () {
      throw new TypeError('Illegal constructor');
    };
    Object.assign(refuse, { permission: 'granted' });
    Object.assign(window, { Notification: refuse });
    // Nobody looks at the window.
    document.hasFocus = () => false;
    // What the browser has shown. To ask it again and again for its notifications makes Chromium forget one that it is about to show.
    const shown: string[] = [];
    Object.assign(window, { shown });
    type Show = (
      this: ServiceWorkerRegistration,
      title: string,
      options?: NotificationOptions,
    ) => Promise<void>;
    const { prototype } = ServiceWorkerRegistration as { readonly prototype: { showNotification: Show } };
    const show = prototype.showNotification;
    prototype.showNotification = async function (title, options) {
      await show.call(this, title, options);
      shown.push(`${title}: ${String(options?.body)}`);
    };
  });
  const { socket } = await ben.online();
  const { users } = await ben.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
  socket.send('message', { recipient_id: users[0]!.id, content: 'are you there?' });
  const shown = () => page.evaluate(() => (window as unknown as { shown: string[] }).shown);
  await eventually('the notification', async () => (await shown()).length === 1);
  assert.deepEqual(await shown(), [`${ben.username}: are you there?`]);
});
