import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });
/** One window for all tests: what is written to one person is nothing to the next. */
const ada = await PersonPage.signedIn({ after }, browser, server, freshName('ada'));

test('an input method: its Enter takes the candidate and sends nothing, the next one sends', async (t) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  await ada.meet(ben.username);
  await ada.composer.focus();
  const cdp = await ada.context.newCDPSession(ada.page);
  await cdp.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 } as const;
  await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
  await cdp.send('Input.insertText', { text: '日本' });
  assert.equal(await ada.composer.inputValue(), '日本');
  assert.deepEqual(await ada.texts(), []);
  await ada.composer.press('Enter');
  await ada.shows(['日本']);
});

test('[W7] what shows nothing is not sent: the button says so, Enter does nothing, and the text stays', async (t) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  await ada.meet(ben.username);
  const send = ada.page.locator('message-input .send');
  const before = ada.sent.length;
  for (const text of [' \n ', '\u200b\u2800', '\u3164']) {
    await ada.composer.fill(text);
    await ada.page.locator('message-input .send[aria-disabled="true"]').waitFor();
    await ada.composer.press('Enter');
    await send.click({ force: true });
    assert.equal(await ada.composer.inputValue(), text);
  }
  await ada.composer.fill('\u200b.');
  await ada.page.locator('message-input .send[aria-disabled="false"]').waitFor();
  await ada.composer.press('Enter');
  await ada.shows(['\u200b.']);
  await ada.showsState('\u200b.', 'sent');
  assert.equal(ada.sent.slice(before).filter(({ type }) => type === 'message').length, 1);
});

test('the field grows to a limit, counts near the end, takes any paste and refuses what is too long', async (t) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  await ada.meet(ben.username);
  const height = (): Promise<number> =>
    ada.composer.evaluate((field) => field.getBoundingClientRect().height);
  const one = await height();
  await ada.composer.fill('a\nb\nc');
  const three = await height();
  assert.ok(three > one * 1.8, `${String(three)} px for three lines, ${String(one)} for one`);
  await ada.composer.fill('line\n'.repeat(80));
  assert.ok((await height()) <= 320, 'it stops growing');
  // Code points, not the halves that a script counts: each of these is two.
  const count = ada.page.locator('message-input #count');
  await ada.composer.fill('🦔'.repeat(4499));
  assert.equal(await count.count(), 0);
  await ada.composer.fill('🦔'.repeat(4990));
  await count.getByText('10 left').waitFor();
  await ada.composer.fill('🦔'.repeat(5002));
  await count.getByText('2 too many').waitFor();
  await ada.composer.press('Enter');
  assert.equal(await ada.composer.inputValue(), '🦔'.repeat(5002));
  // What no text may hold can't be seen either, and is left out.
  await ada.composer.evaluate((field) => {
    const area = field as HTMLTextAreaElement;
    area.setRangeText(`a\0b\ud800c ${'🦔'.repeat(4990)}`, 0, area.value.length, 'end');
    area.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste', bubbles: true }));
  });
  await count.getByText(/ left$/).waitFor();
  await ada.composer.press('Enter');
  await ada.showsState('🦔', 'sent');
  const [text = ''] = await ada.texts();
  assert.ok(text.isWellFormed() && !text.includes('\0'));
  assert.ok(text.startsWith('ab'), text.slice(0, 10));
});

test('new messages are said aloud, the same words twice too, and from elsewhere by name only', async (t) => {
  const [ben, cleo] = [
    await ChatClient.register(t, server, freshName('ben')),
    await ChatClient.register(t, server, freshName('cleo')),
  ];
  await ada.meet(ben.username);
  const { users } = await ben.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
  const [benSays, cleoSays] = [(await ben.online()).socket, (await cleo.online()).socket];
  const recipient_id = users[0]!.id;
  await ada.page.locator('chat-screen').evaluate((screen) => {
    const said: string[] = [];
    const region = screen.shadowRoot?.querySelector('[aria-live]');
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) if (node instanceof Element) said.push(node.textContent);
    }).observe(region!, { childList: true, subtree: true });
    Object.assign(window, { said });
  });
  const said = (): Promise<readonly string[]> =>
    ada.page.evaluate(() => (window as unknown as { said: string[] }).said);
  for (const [at, [socket, content]] of (
    [
      [benSays, 'yes'],
      [benSays, 'yes'],
      [cleoSays, 'psst'],
    ] as const
  ).entries()) {
    socket.send('message', { recipient_id, content });
    await eventually(`announcement ${String(at + 1)}`, async () => (await said()).length === at + 1);
  }
  assert.deepEqual(await said(), [
    `${ben.username}: yes`,
    `${ben.username}: yes`,
    `New message from ${cleo.username}`,
  ]);
});

test('links are opened apart and tell nobody where they were', async (t) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  await ada.meet(ben.username);
  await ada.write(
    'see https://example.com/a_(b), http://example.org. not ftp://x.example javascript:alert(1)',
  );
  const shown = ada.bubble('see').locator('.text a');
  // Until what formats messages is loaded, a link is text.
  await shown.nth(1).waitFor();
  const links = await shown.evaluateAll((found) =>
    found.map((link) => {
      const { href, rel, target } = link as HTMLAnchorElement;
      return { href, rel, target };
    }),
  );
  const apart = { rel: 'noopener noreferrer', target: '_blank' };
  assert.deepEqual(links, [
    { href: 'https://example.com/a_(b)', ...apart },
    { href: 'http://example.org/', ...apart },
  ]);
});
