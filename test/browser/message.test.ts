import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const LONG = Array.from({ length: 400 }, (_, at) => `line ${String(at)}`).join('\n');
const TEXTS = [
  'one from Ben',
  'two, see www.example.org or ben@example.org or +49 30 1234567',
  LONG,
  'four',
  'five',
  'six',
] as const;

/** Ada in front of what Ben has written to her, and of her answer. */
const reader = async (t: TestContext, options = {}): Promise<readonly [PersonPage, string]> => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'), {
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const { socket } = await ben.online();
  const { users } = await ben.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
  for (const content of TEXTS)
    await socket.answerTo(socket.send('message', { recipient_id: users[0]!.id, content }));
  await ada.item(ben.username).waitFor();
  await ada.openChat(ben.username);
  await ada.write('my answer');
  await ada.showsState('my answer', 'sent');
  return [ada, ben.username];
};

const menu = ({ page }: PersonPage) => page.locator('message-menu [role=menu]');
const entries = async ({ page }: PersonPage): Promise<readonly string[]> =>
  (await page.locator('message-menu [role=menuitem]').allTextContents()).map((text) => text.trim());
const clipboard = ({ page }: PersonPage): Promise<string> =>
  page.evaluate(() => navigator.clipboard.readText());
/** A copy of something else, so that what is read afterwards was written by the test. */
const forget = ({ page }: PersonPage): Promise<void> =>
  page.evaluate(() => navigator.clipboard.writeText('nothing'));
const copied = async (ada: PersonPage, expected: string | RegExp): Promise<void> => {
  let text = '';
  await eventually('the clipboard', async () => (text = await clipboard(ada)) !== 'nothing');
  if (typeof expected === 'string') assert.equal(text, expected);
  else assert.match(text, expected);
};
const closed = (ada: PersonPage): Promise<void> => menu(ada).waitFor({ state: 'detached' });

test('a message has a menu: by right click, by key, by its button', async (t) => {
  const [ada] = await reader(t);
  const { page } = ada;
  const four = ada.bubble('four').locator('.text');

  await t.test('right click, and copying', async () => {
    await forget(ada);
    await four.click({ button: 'right' });
    await menu(ada).waitFor();
    assert.deepEqual(await entries(ada), ['', 'Reply', 'Copy text', 'Details']);
    await page.getByRole('menuitem', { name: 'Copy text' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    await closed(ada);
    await copied(ada, 'four');
  });
  await t.test('a click beside it closes it and does nothing else', async () => {
    await four.click({ button: 'right' });
    await menu(ada).waitFor();
    await page.mouse.click(640, 20);
    await closed(ada);
  });
  await t.test('keys: open, move, leave with the focus where it was, choose', async () => {
    await ada.composer.press('ArrowUp');
    await eventually('the row', async () => (await ada.focused()) === 'LI');
    for (const key of ['Shift+F10', 'ContextMenu']) {
      await page.keyboard.press(key);
      await eventually('the first entry', async () => (await ada.focusedName()) === '👍');
      for (const [move, name] of [
        ['ArrowDown', 'Reply'],
        ['ArrowDown', 'Copy text'],
        ['ArrowDown', 'Details'],
        ['ArrowDown', '👍'],
        ['ArrowUp', 'Details'],
        ['Home', '👍'],
        ['End', 'Details'],
      ] as const) {
        await page.keyboard.press(move);
        assert.equal(await ada.focusedName(), name, move);
      }
      // No shortcut works behind it.
      await page.keyboard.press('?');
      await page.keyboard.press('Escape');
      await closed(ada);
      assert.equal(await ada.focused(), 'LI');
      assert.equal(await page.locator('key-sheet').count(), 0);
    }
    await page.keyboard.press('Shift+F10');
    await eventually('the first entry', async () => (await ada.focusedName()) === '👍');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await ada.bubble('my answer').locator('.details').waitFor();
    assert.equal(await ada.focused(), 'LI');
    await page.keyboard.press('Enter');
    await ada.bubble('my answer').locator('.details').waitFor({ state: 'detached' });
  });
  await t.test('the buttons: under the pointer, and after the message that has the focus', async () => {
    await page.keyboard.press('ArrowUp');
    for (const name of ['React', 'Reply', 'Message menu']) {
      await page.keyboard.press('Tab');
      assert.equal(await ada.focusedName(), name);
    }
    // Beside the message that the keys have come to, and no other.
    const beside = page.locator('message-list li.row', { has: page.locator('message-toolbar') });
    assert.equal(await beside.count(), 1);
    assert.equal(await beside.locator('.text').textContent(), 'six');
    await page.keyboard.press('Enter');
    await eventually('the first entry', async () => (await ada.focusedName()) === '👍');
    await page.keyboard.press('Escape');
    await closed(ada);
    assert.equal(await ada.focusedName(), 'Message menu');
    await four.hover();
    const button = ada.bubble('four').getByRole('button', { name: 'Message menu' });
    const at = await button.boundingBox();
    await button.click();
    await menu(ada).waitFor();
    const box = await menu(ada).boundingBox();
    assert.ok(Math.abs(box!.y - at!.y) < 60 && Math.abs(box!.x - at!.x) < 60, 'it stands beside its button');
    await page.keyboard.press('Escape');
    await closed(ada);
  });
  await t.test("on a link and on selected text it is the browser's own", async () => {
    const prevented = (): Promise<boolean | null> =>
      page.evaluate(() => (window as { prevented?: boolean }).prevented ?? null);
    await page.evaluate(() => {
      addEventListener('contextmenu', (event) => {
        (window as { prevented?: boolean }).prevented = event.defaultPrevented;
        event.preventDefault();
      });
    });
    await ada.bubble('two').locator('a').first().click({ button: 'right' });
    assert.equal(await prevented(), false, 'link');
    await four.dblclick();
    await four.click({ button: 'right' });
    assert.equal(await prevented(), false, 'selection');
    await ada.bubble('five').locator('.text').click({ button: 'right' });
    await menu(ada).waitFor();
    assert.equal(await prevented(), true, 'neither');
    await page.keyboard.press('Escape');
    await closed(ada);
  });
  assert.deepEqual(
    await ada
      .bubble('two')
      .locator('a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
    ['https://www.example.org/', 'mailto:ben@example.org', 'tel:+49301234567'],
  );
});

test('what is copied of several messages can be read, of one it is just the text', async (t) => {
  const [ada, ben] = await reader(t);
  const { page } = ada;
  const box = async (text: string) => (await ada.bubble(text).locator('.text').boundingBox())!;
  const drag = async (from: readonly [number, number], to: readonly [number, number]): Promise<void> => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, { steps: 8 });
    await page.mouse.up();
    await forget(ada);
    await page.keyboard.press('Control+c');
  };
  await t.test('a mouse drag over four bubbles', async () => {
    const [first, last] = [await box('four'), await box('my answer')];
    await drag([first.x + 1, first.y + 8], [last.x + last.width - 1, last.y + 8]);
    const line = (name: string, text: string): string => `${name}, \\d\\d:\\d\\d: ${text}`;
    await copied(
      ada,
      new RegExp(
        `^${[line(ben, 'four'), line(ben, 'five'), line(ben, 'six'), line('You', 'my answer')].join('\\n')}$`,
      ),
    );
  });
  await t.test('a part of one', async () => {
    await page.mouse.click(900, 30);
    const at = await box('my answer');
    await drag([at.x + 1, at.y + 8], [at.x + at.width - 1, at.y + 8]);
    await copied(ada, 'my answer');
  });
  await t.test('all of them: Ctrl+A in the list', async () => {
    await ada.bubble('five').locator('.text').click();
    await page.keyboard.press('Control+a');
    await forget(ada);
    await page.keyboard.press('Control+c');
    await eventually('the clipboard', async () => (await clipboard(ada)) !== 'nothing');
    const text = await clipboard(ada);
    assert.ok(
      text.startsWith(`${ben}, `) && text.includes(`: ${LONG}\n`) && text.endsWith(': my answer'),
      text,
    );
    assert.equal(text.split('\n').length, TEXTS.length + 400);
  });
});

testInExtended('without a secure context copying works too, and when it fails that is said', async (t) => {
  const [ada] = await reader(t);
  const { page } = ada;
  const copy = async (): Promise<void> => {
    await ada.bubble('four').locator('.text').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Copy text' }).click();
    await closed(ada);
  };
  // As on plain http: the page has no clipboard; the test keeps one to read it.
  await page.evaluate(() => {
    const { clipboard } = navigator;
    Object.assign(window, { held: clipboard });
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: undefined });
  });
  const held = (): Promise<string> =>
    page.evaluate(() => (window as unknown as { held: Clipboard }).held.readText());
  await copy();
  await page.getByText('Copied', { exact: true }).waitFor();
  assert.equal(await held(), 'four');
  assert.equal(await page.locator('body > textarea').count(), 0);
  await page.evaluate(() => {
    Object.assign(document, { execCommand: () => false });
  });
  await copy();
  await page.getByText('The browser did not allow copying.').waitFor();
});

testInExtended('a message of hundreds of lines is folded, and unfolds in its place', async (t) => {
  const [ada] = await reader(t);
  const { page } = ada;
  const long = ada.bubble('line 0');
  const height = async (): Promise<number> => (await long.locator('.text').boundingBox())!.height;
  const top = async (): Promise<number> => (await long.locator('.text').boundingBox())!.y;
  const all = long.getByRole('button', { name: 'Show all' });
  await all.waitFor();
  assert.ok((await height()) < 500);
  assert.equal(await ada.bubble('four').getByRole('button', { name: 'Show all' }).count(), 0);
  const before = await top();
  await all.focus();
  await page.keyboard.press('Enter');
  const less = long.getByRole('button', { name: 'Show less' });
  await less.waitFor();
  assert.ok((await height()) > 5000);
  assert.ok(Math.abs((await top()) - before) < 2, 'the beginning stays where it was');
  await less.scrollIntoViewIfNeeded();
  const at = (await less.boundingBox())!.y;
  await less.click();
  await all.waitFor();
  assert.ok(Math.abs((await all.boundingBox())!.y - at) < 2, 'the button stays under the pointer');
  // What the browser finds in the folded part, it scrolls to: then all is shown.
  await long.locator('.text').evaluate((text) => {
    text.scrollTop = 2000;
  });
  await less.waitFor();
  // A message that a search leads to is shown in full.
  await less.click();
  await all.waitFor();
  await page.keyboard.press('Control+Shift+F');
  await page.locator('search-panel input').fill('line 399');
  await page
    .locator('search-panel button.result', { has: page.locator('mark') })
    .first()
    .click();
  await less.waitFor();
  await page.locator('search-panel input').fill('answer');
  const hit = page.locator('search-panel button.result', { hasText: 'You: my answer' });
  await hit.waitFor();
});

test('by finger: a long press opens the menu as a sheet, scrolling does not', async (t) => {
  const [ada] = await reader(t, { hasTouch: true, isMobile: true, viewport: { width: 360, height: 720 } });
  const { page } = ada;
  const cdp = await ada.context.newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x?: number, y?: number): Promise<unknown> =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: x === undefined || y === undefined ? [] : [{ x, y }],
    });
  const four = ada.bubble('four').locator('.text');
  await four.scrollIntoViewIfNeeded();
  // Not before the list has come to rest: a press is one on a message that stays where it is.
  let at = { x: 0, y: 0 };
  await eventually('the message to stand still', async () => {
    const before = at.y;
    at = (await four.boundingBox())!;
    return at.y === before && at.y < 600;
  });
  await touch('touchStart', at.x + 5, at.y + 5);
  await menu(ada).waitFor();
  await touch('touchEnd');
  assert.deepEqual(await entries(ada), ['', 'Reply', 'Copy text', 'Select text', 'Details']);
  const sheet = (await menu(ada).boundingBox())!;
  assert.ok(sheet.x === 0 && sheet.width === 360 && Math.abs(sheet.y + sheet.height - 720) < 1);
  for (const entry of await page.locator('message-menu [role=menuitem]').all())
    assert.ok((await entry.boundingBox())!.height >= 44);
  await page.getByRole('menuitem', { name: 'Select text' }).tap();
  await closed(ada);
  assert.equal(await page.evaluate(() => getSelection()?.toString()), 'four');
  // The finger is lifted where the sheet has come up meanwhile: that chooses nothing.
  await page.evaluate(() => getSelection()?.removeAllRanges());
  const newest = (await ada.bubble('my answer').locator('.text').boundingBox())!;
  await touch('touchStart', newest.x + 5, newest.y + 5);
  await menu(ada).waitFor();
  await touch('touchEnd');
  const first = page.getByRole('menuitem', { name: 'Copy text' });
  await first.evaluate((entry) => {
    entry.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, detail: 1 }));
  });
  assert.equal(await menu(ada).count(), 1);
  await first.tap();
  await closed(ada);
  await page.getByText('Copied', { exact: true }).waitFor();
  // A finger that moves scrolls, however long it stays.
  await page.clock.install();
  await touch('touchStart', at.x + 5, at.y + 5);
  await touch('touchMove', at.x + 5, at.y - 40);
  await page.clock.runFor(2000);
  assert.equal(await menu(ada).count(), 0);
  await touch('touchEnd');
});
