import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { openBrowser, WAIT_MS } from '../support/browser.ts';
import { expectStatus, freshName, PASSWORD } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';
import { PHONE, talkedTo } from '../support/talked-to.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const twoPeople = async (
  t: TestContext,
  options: BrowserContextOptions = {},
): Promise<readonly [PersonPage, PersonPage]> => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'), options);
  const ben = await PersonPage.signedIn(t, browser, server, freshName('ben'));
  await ben.meet(ada.username);
  await ben.write('I passed the exam');
  await ada.openChat(ben.username);
  await ada.bubble('I passed the exam').waitFor();
  return [ada, ben];
};

/** The reactions to a message, as a screen reader names them; a pressed one in brackets. */
const reactionsTo = (person: PersonPage, text: string): Promise<readonly string[]> =>
  person
    .bubble(text)
    .locator('message-reactions button')
    .evaluateAll((chips) =>
      chips.map((chip) =>
        chip.getAttribute('aria-pressed') === 'true' ? `[${chip.ariaLabel ?? ''}]` : (chip.ariaLabel ?? ''),
      ),
    );
const shows = async (person: PersonPage, text: string, expected: readonly string[]): Promise<void> => {
  let seen: readonly string[] = [];
  const isSo = async (): Promise<boolean> => {
    seen = await reactionsTo(person, text);
    return JSON.stringify(seen) === JSON.stringify(expected);
  };
  await eventually('the reactions', isSo, WAIT_MS).catch(() => {
    assert.deepEqual(seen, expected, person.username);
  });
};
const chip = (person: PersonPage, text: string, emoji: string) =>
  person.bubble(text).locator('message-reactions button', { hasText: emoji });
/** Offline, the menu of messages could not be loaded any more. */
const goOffline = async ({ page, context, faults }: PersonPage): Promise<void> => {
  await page.waitForFunction(() => customElements.get('message-menu') !== undefined);
  faults.provoke(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
  await context.setOffline(true);
};
const openMenu = async (person: PersonPage, text: string): Promise<void> => {
  await person.bubble(text).locator('.text').last().click({ button: 'right' });
  await person.page.locator('message-menu [role=menu]').waitFor();
};
const choose = async (person: PersonPage, text: string, emoji: string): Promise<void> => {
  await openMenu(person, text);
  await person.page.getByRole('menuitemradio', { name: emoji, exact: true }).click();
};

const TEXT = 'I passed the exam';

test('set, changed, taken back: both see it at once, and it stays over a reload', async (t) => {
  const [ada, ben] = await twoPeople(t);
  await choose(ada, TEXT, '👍');
  await shows(ada, TEXT, ['[👍, You]']);
  await shows(ben, TEXT, [`👍, ${ada.username}`]);
  // Another one replaces it; the menu shows which one it is.
  await choose(ada, TEXT, '❤️');
  await shows(ben, TEXT, [`❤️, ${ada.username}`]);
  await openMenu(ada, TEXT);
  assert.equal(
    await ada.page
      .getByRole('menuitemradio', { checked: true })
      .textContent()
      .then((text) => text?.trim()),
    '❤️',
  );
  await ada.page.keyboard.press('Escape');
  // The same one of the other person joins it: by a click on it.
  await chip(ben, TEXT, '❤️').click();
  await shows(ben, TEXT, [`[❤️, ${ada.username} and you]`]);
  await shows(ada, TEXT, [`[❤️, ${ben.username} and you]`]);
  await ada.page.reload();
  await shows(ada, TEXT, [`[❤️, ${ben.username} and you]`]);
  await chip(ada, TEXT, '❤️').click();
  await shows(ada, TEXT, [`❤️, ${ben.username}`]);
  await shows(ben, TEXT, ['[❤️, You]']);
  await chip(ben, TEXT, '❤️').click();
  await shows(ben, TEXT, []);
  await shows(ada, TEXT, []);
  // It changes neither the list nor what is unread.
  assert.equal(await ben.item(ada.username).locator('.count').count(), 0);
});

testInExtended('any emoji: from the picker, typed, or pasted; what is none is said in words', async (t) => {
  const [ada, ben] = await twoPeople(t);
  const { page } = ada;
  const pick = async (): Promise<void> => {
    await openMenu(ada, TEXT);
    await page.getByRole('menuitem', { name: 'More emoji' }).click();
    await eventually('the focus in the field', async () => (await ada.focused()) === 'INPUT', WAIT_MS);
  };
  await pick();
  await page.locator('emoji-picker').getByRole('button', { name: 'party popper', exact: true }).click();
  await shows(ben, TEXT, [`🎉, ${ada.username}`]);
  // What was chosen there is among the first ones the next time.
  await openMenu(ada, TEXT);
  await page.getByRole('menuitemradio', { name: '🎉', checked: true }).waitFor();
  await page.keyboard.press('Escape');
  await pick();
  await page.keyboard.type('well done');
  await page.keyboard.press('Enter');
  await page.getByText('No emoji is called “well done”.').waitFor();
  await page.locator('emoji-picker input').fill('👩🏽‍🚀');
  await shows(ben, TEXT, [`👩🏽‍🚀, ${ada.username}`]);
  // By keys alone: from the field into the emoji, along and down, and back.
  await pick();
  await page.locator('emoji-picker input').fill('grinning');
  await page.locator('emoji-picker .few .emoji').nth(1).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  assert.equal(await ada.focusedName(), 'grinning face with big eyes');
  await page.keyboard.press('ArrowDown');
  const below = await ada.focusedName();
  assert.notEqual(below, 'grinning face with big eyes');
  await page.keyboard.press('ArrowUp');
  assert.equal(await ada.focusedName(), 'grinning face with big eyes');
  await page.keyboard.press('ArrowUp');
  assert.equal(await ada.focused(), 'INPUT');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await shows(ben, TEXT, [`😃, ${ada.username}`]);
  await pick();
  await page.keyboard.press('Escape');
  await page.locator('message-menu').waitFor({ state: 'detached' });
});

testInExtended('by keys: the menu begins with the emoji, in a row of their own', async (t) => {
  const [ada, ben] = await twoPeople(t);
  const { page } = ada;
  await ada.composer.press('ArrowUp');
  await eventually('the row', async () => (await ada.focused()) === 'LI', WAIT_MS);
  await page.keyboard.press('Shift+F10');
  await eventually('the first emoji', async () => (await ada.focusedName()) === '👍', WAIT_MS);
  for (const [key, name] of [
    ['ArrowRight', '❤️'],
    ['ArrowDown', 'Reply'],
    ['ArrowUp', '👍'],
    ['ArrowLeft', 'More emoji'],
    ['ArrowRight', '👍'],
    ['ArrowRight', '❤️'],
    ['ArrowRight', '😂'],
  ] as const) {
    await page.keyboard.press(key);
    assert.equal(await ada.focusedName(), name, key);
  }
  await page.keyboard.press('Enter');
  await shows(ben, TEXT, [`😂, ${ada.username}`]);
  assert.equal(await ada.focused(), 'LI');
  // And the buttons beside the message: Tab reaches them.
  await page.keyboard.press('Tab');
  const chips = ['Details', 'React', 'Reply', 'Message menu'];
  assert.ok(chips.includes(await ada.focusedName()), await ada.focusedName());
});

test('what is chosen offline is shown, waits over a reload, and is sent; what is refused is taken back', async (t) => {
  const [ada, ben] = await twoPeople(t);
  await goOffline(ada);
  await choose(ada, TEXT, '🙏');
  await shows(ada, TEXT, ['[🙏, You]']);
  await ada.context.setOffline(false);
  await shows(ben, TEXT, [`🙏, ${ada.username}`]);
  // Offline again, and the window is closed before there is a connection.
  await goOffline(ada);
  await choose(ada, TEXT, '😮');
  await ada.context.setOffline(false);
  await ada.page.reload();
  await shows(ben, TEXT, [`😮, ${ada.username}`]);
  await shows(ada, TEXT, ['[😮, You]']);
});

testInExtended('a reaction that the server refuses is taken back, and that is said', async (t) => {
  const { ada, ben } = await talkedTo(t, browser, server);
  const plums = `plums from ${ben.username}`;
  await ada.openChat(ben.username);
  await goOffline(ada);
  await choose(ada, plums, '👍');
  await shows(ada, plums, ['[👍, You]']);
  expectStatus(await ben.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
  await ada.context.setOffline(false);
  await ada.page.getByText('This account was deleted.', { exact: true }).waitFor();
  await shows(ada, plums, []);
  // To whom nothing can be said, nobody can react.
  await openMenu(ada, plums);
  assert.equal(await ada.page.getByRole('menuitemradio').count(), 0);
  assert.equal(await ada.page.getByRole('menuitem', { name: 'Reply' }).count(), 0);
});

testInExtended('by finger: a long press, and buttons that a thumb hits', async (t) => {
  const [ada, ben] = await twoPeople(t, PHONE);
  const { page } = ada;
  const cdp = await ada.context.newCDPSession(page);
  const text = ada.bubble(TEXT).locator('.text');
  let at = { x: 0, y: 0 };
  await eventually('the message to stand still', async () => {
    const before = at.y;
    at = (await text.boundingBox())!;
    return at.y === before;
  });
  await cdp.send('Input.dispatchTouchEvent', {
    type: 'touchStart',
    touchPoints: [{ x: at.x + 5, y: at.y + 5 }],
  });
  const emoji = page.getByRole('menuitemradio');
  await emoji.first().waitFor();
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  assert.equal(await emoji.count(), 6);
  for (const each of [...(await emoji.all()), page.getByRole('menuitem', { name: 'More emoji' })]) {
    const { width, height } = (await each.boundingBox())!;
    assert.ok(width >= 44 && height >= 44, `${String(width)} × ${String(height)}`);
  }
  await page.getByRole('menuitem', { name: 'More emoji' }).tap();
  const first = page.locator('emoji-picker').getByRole('button').first();
  await first.waitFor();
  const box = (await first.boundingBox())!;
  assert.ok(box.width >= 44 && box.height >= 44);
  await page.locator('emoji-picker').getByRole('button', { name: 'party popper', exact: true }).tap();
  await shows(ben, TEXT, [`🎉, ${ada.username}`]);
  // The chip itself is smaller than what reacts to a touch.
  const seen = (await chip(ada, TEXT, '🎉').boundingBox())!;
  await page.touchscreen.tap(seen.x + seen.width / 2, seen.y + seen.height + 8);
  await shows(ben, TEXT, []);
});
