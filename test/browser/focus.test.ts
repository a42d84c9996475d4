import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { keptRows } from '../support/kept-rows.ts';
import type { PersonPage } from '../support/person-page.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';
import { talkedTo } from '../support/talked-to.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const focusIs = async (person: PersonPage, element: string): Promise<void> => {
  let at = '';
  await eventually('the focus', async () => (at = await person.focused()) === element).catch(() => {
    assert.equal(at, element, 'the focus');
  });
};

/** Without a click into the field. */
const types = async (person: PersonPage, text: string): Promise<void> => {
  await focusIs(person, 'TEXTAREA');
  await person.page.keyboard.type(text);
  assert.equal(await person.composer.inputValue(), text);
  await person.composer.fill('');
};

/** Whether something is drawn around what has the focus. */
const isRinged = async ({ page }: PersonPage): Promise<boolean> =>
  await page.evaluate(() => {
    let at = document.activeElement;
    for (let inner = at?.shadowRoot?.activeElement; inner; inner = at.shadowRoot?.activeElement) at = inner;
    return at !== null && at.matches(':focus-visible') && getComputedStyle(at).outlineStyle !== 'none';
  });

test('every way into a conversation leads to its text field', async (t) => {
  const { ada, phone, ben, cleo } = await talkedTo(t, browser, server);
  const { page } = ada;
  const { socket } = await cleo.online();
  await t.test('a click in the list, the open conversation too', async () => {
    await ada.openChat(ben.username);
    await types(ada, '? can I write?');
    assert.equal(await page.locator('key-sheet').count(), 0);
    await ada.openChat(ben.username);
    await types(ada, 'again');
  });
  await t.test('Enter in the list', async () => {
    await ada.item(cleo.username).locator('a').focus();
    await page.keyboard.press('Enter');
    await ada.talksTo(cleo.username);
    await types(ada, 'hello');
  });
  await t.test('back and forward', async () => {
    for (const [way, name] of [
      [() => page.goBack(), ben.username],
      [() => page.goForward(), cleo.username],
    ] as const) {
      // Its edge, where nothing can be pressed.
      await page.locator('conversation-header').click({ position: { x: 2, y: 2 } });
      await way();
      await ada.talksTo(name);
      await types(ada, 'hello');
    }
  });
  await t.test('an address', async () => {
    const { id } = await phone.conversationWith(ben);
    await page.evaluate((hash) => (location.hash = hash), `#/c/${id}`);
    await ada.talksTo(ben.username);
    await types(ada, 'hello');
  });
  await t.test('a reload', async () => {
    // The text that was taken out of the field just now would come back.
    await eventually('no draft to be kept', async () => (await keptRows(ada, 'drafts')).length === 0);
    await page.reload();
    await ada.talksTo(ben.username);
    await types(ada, 'quick thought');
  });
  await t.test('another window', async () => {
    const [window] = await Promise.all([
      ada.context.waitForEvent('page'),
      ada
        .item(cleo.username)
        .locator('a')
        .click({ modifiers: ['Control'] }),
    ]);
    await window.locator('conversation-header h2', { hasText: cleo.username }).waitFor();
    await eventually('the focus there', async () =>
      window.evaluate(() => {
        let at = document.activeElement;
        for (let inner = at?.shadowRoot?.activeElement; inner; inner = at.shadowRoot?.activeElement)
          at = inner;
        return at?.tagName === 'TEXTAREA';
      }),
    );
    await window.close();
    await page.bringToFront();
    await ada.talksTo(ben.username);
  });
  await t.test('something found: it is marked, and one can write', async () => {
    await page.keyboard.press('Control+Shift+F');
    await page.locator('search-panel input').fill('apples');
    const hit = page.locator('search-panel button.result', { hasText: `apples from ${cleo.username}` });
    await hit.waitFor();
    await hit.click();
    await ada.bubble('apples').and(page.locator('.hit')).waitFor();
    await types(ada, 'hello');
    await page.keyboard.press('Escape');
    await page.locator('search-panel').waitFor({ state: 'detached' });
    await types(ada, 'hello');
    // With the arrow one goes to what was found.
    await page.keyboard.press('ArrowUp');
    await ada.bubble('apples').and(page.locator(':focus')).waitFor();
  });
  await t.test('a notification', async () => {
    await page.evaluate(() => {
      const shown: Notification[] = [];
      class Shown {
        static permission = 'granted';
        constructor() {
          shown.push(this as unknown as Notification);
        }
        close(): void {
          shown.pop();
        }
      }
      Object.assign(window, { Notification: Shown, shown });
    });
    await page.keyboard.press('Control+,');
    await focusIs(ada, 'H2');
    await say(socket, phone, 'look here');
    await eventually('the notification', () =>
      page.evaluate(() => (window as unknown as { shown: unknown[] }).shown.length === 1),
    );
    await page.evaluate(() => {
      const [notice] = (window as unknown as { shown: Notification[] }).shown;
      notice?.onclick?.(new Event('click'));
    });
    await ada.talksTo(cleo.username);
    await types(ada, 'hello');
  });
});

test('what is typed beside the text field goes into it; what is not text stays what it is', async (t) => {
  const { ada, ben } = await talkedTo(t, browser, server, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { page } = ada;
  await ada.openChat(ben.username);
  const places = {
    messages: () => page.locator('message-list .scroller').focus(),
    'a message': () => ada.bubble('pears').focus(),
    list: () => ada.item(ben.username).locator('a').focus(),
    'a button': () => ada.button('More').focus(),
    nothing: () =>
      page.evaluate(() => {
        let at = document.activeElement;
        for (let inner = at?.shadowRoot?.activeElement; inner; inner = at.shadowRoot?.activeElement)
          at = inner;
        if (at instanceof HTMLElement) at.blur();
      }),
  };
  for (const [name, focus] of Object.entries(places))
    await t.test(`${name}: the first letter too`, async () => {
      await focus();
      await page.keyboard.type('?x');
      assert.equal(await ada.composer.inputValue(), '?x');
      assert.equal(await ada.focused(), 'TEXTAREA');
      assert.equal(await page.locator('key-sheet').count(), 0);
      await ada.composer.fill('');
    });
  await t.test('a paste', async () => {
    await page.evaluate(() => navigator.clipboard.writeText('pasted'));
    await page.locator('message-list .scroller').focus();
    await page.keyboard.press('Control+v');
    await eventually('the paste', async () => (await ada.composer.inputValue()) === 'pasted');
    await ada.composer.fill('');
  });
  await t.test('what is selected is copied, and the focus stays', async () => {
    await page.locator('message-list .scroller').focus();
    await ada
      .bubble('pears')
      .locator('.text')
      .evaluate((text) => {
        getSelection()?.selectAllChildren(text);
      });
    await page.keyboard.press('Control+c');
    await eventually('the copy', () =>
      page.evaluate(async () => (await navigator.clipboard.readText()).includes('pears')),
    );
    assert.equal(await ada.focused(), 'DIV');
  });
  await t.test('arrows walk the messages', async () => {
    await ada.composer.focus();
    await page.keyboard.press('ArrowUp');
    await ada.bubble('plums').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowUp');
    await ada.bubble('pears').and(page.locator(':focus')).waitFor();
    for (const key of [' ', 'PageUp', 'PageDown', 'Shift', 'F2', 'Home']) await page.keyboard.press(key);
    assert.equal(await ada.focused(), 'LI');
    await page.keyboard.type('ok');
    assert.equal(await ada.composer.inputValue(), 'ok');
    await ada.composer.fill('');
  });
  await t.test('the space bar presses a button', async () => {
    await ada.button('More').focus();
    await page.keyboard.press(' ');
    await ada.button('Delete conversation').waitFor();
    await page.keyboard.press('Escape');
  });
  await t.test('Ctrl Enter sends whatever the setting, and the setting chooses what Enter does', async () => {
    await ada.composer.fill('one');
    await page.keyboard.press('Control+Enter');
    await ada.showsState('one', 'sent');
    await page.keyboard.press('Control+,');
    await page.getByText('Ctrl Enter (Enter breaks the line)').click();
    await page.keyboard.press('Escape');
    await focusIs(ada, 'TEXTAREA');
    assert.equal(await ada.composer.getAttribute('enterkeyhint'), 'enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await page.keyboard.type('lines');
    assert.equal(await ada.composer.inputValue(), 'two\nlines');
    assert.equal(
      await page.locator('message-input .send').getAttribute('title'),
      'Ctrl Enter sends, Enter breaks the line',
    );
    await page.keyboard.press('Control+/');
    const row = page.locator('key-sheet dd').nth(4);
    assert.equal((await row.innerText()).replace(/\s+/g, ' '), 'Ctrl Enter');
    await page.keyboard.press('Escape');
    await page.locator('key-sheet').waitFor({ state: 'detached' });
    await focusIs(ada, 'TEXTAREA');
    await page.keyboard.press('Control+Enter');
    await ada.showsState('lines', 'sent');
    await page.reload();
    assert.equal(await ada.composer.getAttribute('enterkeyhint'), 'enter', 'it is kept');
  });
  await t.test('where nothing can be written, the question mark shows the keys', async () => {
    await page.keyboard.press('Control+,');
    await focusIs(ada, 'H2');
    await page.keyboard.type('?');
    await page.locator('key-sheet dialog[open]').waitFor();
  });
});

testInExtended('at the start nothing is ringed, and words that are typed go nowhere', async (t) => {
  const { ada, ben } = await talkedTo(t, browser, server);
  const { page } = ada;
  const isQuiet = async (): Promise<void> => {
    await eventually('the focus', async () => (await ada.focused()) !== 'BODY');
    assert.equal(await isRinged(ada), false);
    await page.keyboard.type('quick thought');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('new-conversation, key-sheet, conversation-view').count(), 0);
  };
  await t.test('after the login', isQuiet);
  await t.test('after a reload', async () => {
    await page.reload();
    await ada.item(ben.username).waitFor();
    await isQuiet();
  });
  await t.test('the keyboard finds the way', async () => {
    await page.reload();
    await ada.item(ben.username).waitFor();
    await eventually('the focus', async () => (await ada.focused()) === 'ASIDE');
    await page.keyboard.press('Tab');
    assert.equal(await isRinged(ada), true);
  });
});
