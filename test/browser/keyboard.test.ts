import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { REFUSED } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

/** Keys only. After each step the focus is on something, and the step says on what. */
class Keys {
  readonly #person: PersonPage;

  constructor(person: PersonPage) {
    this.#person = person;
  }

  /** Presses the keys one after the other; the focus then is, or comes to be, on this element. */
  async press(keys: readonly string[], focus: string): Promise<void> {
    for (const key of keys) {
      await this.#person.page.keyboard.press(key);
      await this.isSomewhere(key);
    }
    await this.focusIs(focus);
  }

  async type(text: string): Promise<void> {
    await this.#person.page.keyboard.type(text);
    await this.isSomewhere(text);
  }

  /** The screen may render once more before the focus is in its place. */
  async isSomewhere(after: string): Promise<void> {
    await eventually(`the focus after ${after}`, async () => (await this.#person.focused()) !== 'BODY');
  }

  async focusIs(focus: string): Promise<void> {
    let at = '';
    await eventually('the focus', async () => (at = await this.#person.focused()) === focus).catch(() => {
      assert.equal(at, focus, 'the focus');
    });
  }

  /** Tab until this is what has the focus. */
  async tabTo(name: RegExp): Promise<void> {
    const names: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      const label = await this.#person.focusedName();
      names.push(label);
      if (name.test(label)) return;
      await this.#person.page.keyboard.press('Tab');
    }
    assert.fail(`Tab never came to ${String(name)}: ${names.join(' → ')}`);
  }
}

const keysOf = async (person: PersonPage): Promise<Keys> => {
  // A mouse would hide what the keyboard can't reach.
  person.page.mouse.click = () => Promise.reject(new Error('no mouse in this test'));
  await person.page.bringToFront();
  return new Keys(person);
};

test('keyboard only: log in, find somebody, write, read, switch, look up the keys, log out', async (t) => {
  const [a, b, c] = [freshName('ada'), freshName('ben'), freshName('cleo')];
  const [ben, cleo] = [
    await ChatClient.register(t, server, b),
    await ChatClient.register(t, server, c),
    await ChatClient.register(t, server, a),
  ];
  const ada = await PersonPage.open(t, browser, server);
  const keys = await keysOf(ada);

  await keys.focusIs('INPUT');
  await keys.type(a);
  await keys.tabTo(/^Password$/);
  await keys.type(PASSWORD);
  await ada.page.keyboard.press('Enter');
  await ada.isIn();
  await keys.isSomewhere('the login');

  await keys.press(['Control+Shift+K'], 'INPUT');
  await keys.type(b);
  await ada.page.locator('new-conversation button.result', { hasText: b }).waitFor();
  await keys.press(['ArrowDown'], 'BUTTON');
  await keys.press(['Enter'], 'TEXTAREA');
  await ada.talksTo(b);
  await keys.type('hello');
  await keys.press(['Shift+Enter'], 'TEXTAREA');
  await keys.type('Ben');
  await keys.press(['Enter'], 'TEXTAREA');
  await ada.shows(['hello\nBen']);
  await ada.showsState('hello', 'sent');

  const { socket } = await cleo.online();
  const { conversations } = await ben.get<{ conversations: { peer: { id: string } }[] }>('/conversations');
  socket.send('message', { recipient_id: conversations[0]!.peer.id, content: 'hello from Cleo' });
  await ada.item(c).waitFor();
  await keys.press(['Control+k'], 'INPUT');
  await keys.type('cleo');
  await ada.page.locator('quick-switcher [role=option]', { hasText: c }).waitFor();
  await keys.press(['Enter'], 'TEXTAREA');
  await ada.talksTo(c);
  await ada.shows(['hello from Cleo']);

  // To the messages and their details, and back to the field.
  await keys.press(['ArrowUp'], 'LI');
  await keys.press(['Enter'], 'LI');
  await ada.page.locator('message-bubble .details').waitFor();
  await keys.press(['Control+/'], 'BUTTON');
  await ada.page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
  await ada.page.keyboard.press('Escape');
  await ada.page.locator('key-sheet dialog').waitFor({ state: 'detached' });
  await keys.focusIs('LI');
  await keys.press(['Escape'], 'TEXTAREA');

  // Search and back.
  await keys.press(['Control+Shift+F'], 'INPUT');
  await keys.type('hello');
  await ada.page.locator('search-panel button.result mark').first().waitFor();
  await keys.press(['ArrowDown', 'ArrowUp', 'Escape'], 'TEXTAREA');

  // Into the settings and out of the client.
  await keys.press(['Control+,'], 'H2');
  ada.faults.provoke(REFUSED);
  await keys.tabTo(/^Log out$/);
  await ada.page.keyboard.press('Enter');
  await ada.page.getByText('You are logged out.').waitFor();
  await keys.focusIs('INPUT');
});

test('every action leaves the focus on something', async (t) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.register(t, browser, server, freshName('ada'));
  await ada.meet(ben.username);
  await ada.write('hello');
  const keys = await keysOf(ada);
  const enter = async (name: RegExp): Promise<void> => {
    await keys.tabTo(name);
    await ada.page.keyboard.press('Enter');
  };
  await t.test('settings are left with Escape', async () => {
    await keys.press(['Control+,'], 'H2');
    await keys.press(['Escape'], 'TEXTAREA');
    await ada.talksTo(ben.username);
  });
  await t.test('the menu is closed with Escape', async () => {
    await ada.composer.focus();
    await enter(/^More$/);
    await keys.focusIs('BUTTON');
    await keys.press(['Escape'], 'BUTTON');
  });
  await t.test('a conversation is deleted and brought back', async () => {
    await enter(/^More$/);
    await keys.focusIs('BUTTON');
    await enter(/^Delete conversation$/);
    await ada.button('Undo').waitFor();
    await eventually('Undo to have the focus', async () => (await ada.focusedName()) === 'Undo');
    await keys.press(['Enter'], 'TEXTAREA');
    await ada.talksTo(ben.username);
  });
  await t.test('a conversation is opened from the list', async () => {
    await keys.tabTo(new RegExp(ben.username));
    await keys.press(['Enter'], 'TEXTAREA');
    await ada.talksTo(ben.username);
  });
});
