import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });
const DAY_MS = 86_400_000;

test('a device whose clock is two days slow: what is written now stands under today, before and after it was sent', async (t) => {
  const ben = await PersonPage.signedIn(t, browser, server, freshName('ben'));
  const ada = await PersonPage.open(t, browser, server);
  await ada.page.addInitScript((offMs) => {
    const real = Date.now.bind(Date);
    const Real = Date;
    const Off = function (this: unknown, ...parts: [] | [number]) {
      if ((new.target as unknown) === undefined) return new Real(real() - offMs).toString();
      return parts.length === 0 ? new Real(real() - offMs) : new Real(...parts);
    };
    Object.assign(Off, { parse: Real.parse, UTC: Real.UTC, now: () => real() - offMs });
    Off.prototype = Real.prototype;
    Object.assign(window, { Date: Off });
  }, 2 * DAY_MS);
  await ada.page.reload();
  await ada.page.locator('#username').waitFor();
  await ada.register(freshName('ada'));
  await ada.meet(ben.username);
  await ada.write('written now');
  await ada.showsState('written now', 'delivered');
  const days = ada.page.locator('message-list h3.day');
  assert.deepEqual(await days.allTextContents(), ['Today']);
  // In the list a time of day stands for today, and a date for any other day.
  await ada.page.locator('user-item time', { hasText: /^\d+:\d\d/ }).waitFor();
  // What waits has a time of this device's making, and stands under the same day.
  ada.faults.provoke(/WebSocket connection to .* failed|Failed to load resource/);
  await ada.context.setOffline(true);
  await ada.write('and one that waits');
  await ada.showsState('and one that waits', 'sending');
  assert.deepEqual(await days.allTextContents(), ['Today']);
  await ada.context.setOffline(false);
  await ada.showsState('and one that waits', 'delivered');
});

test('the device comes into another time zone while the window is open: old and new messages show the new one', async (t) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  const ben = await PersonPage.signedIn(t, browser, server, freshName('ben'));
  await ada.meet(ben.username);
  await ada.write('before');
  await ada.showsState('before', 'delivered');
  const times = () => ada.page.locator('message-bubble time').allTextContents();
  const [before = ''] = await times();
  const cdp = await ada.context.newCDPSession(ada.page);
  await cdp.send('Emulation.setTimezoneOverride', { timezoneId: 'Asia/Kolkata' });
  await ada.page.evaluate(() => {
    dispatchEvent(new Event('focus'));
  });
  await eventually('the message to show its time there', async () => (await times())[0] !== before);
  await ada.write('after');
  await ada.showsState('after', 'delivered');
  const expected = await ada.page
    .locator('message-bubble time')
    .evaluateAll((all) =>
      all.map((time) =>
        new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' }).format(
          new Date(time.getAttribute('datetime') ?? ''),
        ),
      ),
    );
  assert.deepEqual(await times(), expected);
});
