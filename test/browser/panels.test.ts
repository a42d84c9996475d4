import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

test('the results of a panel scroll, down to what is below them', async (t) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'), {
    viewport: { width: 360, height: 480 },
  });
  const peers = await Promise.all(
    Array.from({ length: 8 }, (_, n) => ChatClient.register(t, server, freshName(`peer${String(n)}`))),
  );
  for (const peer of peers) {
    const { socket } = await peer.online();
    const { users } = await peer.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
    await socket.answerTo(socket.send('message', { recipient_id: users[0]!.id, content: 'hello' }));
  }
  await eventually('all of them', async () => (await ada.page.locator('user-item').count()) === peers.length);
  await ada.page.locator('.top').getByRole('button', { name: 'New conversation' }).click();
  const last = ada.page.locator('invite-somebody button').last();
  await last.waitFor();
  const bottom = async (): Promise<number> => (await last.boundingBox())!.y + 20;
  assert.ok((await bottom()) > 480, 'there is more than fits');
  await ada.page.locator('new-conversation .results').hover();
  await ada.page.mouse.wheel(0, 2_000);
  await eventually('the last of it to be in sight', async () => (await bottom()) < 480);
});

test('a search that is open takes what is typed after its key, and the field for messages does not', async (t) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  await ada.meet(ben.username);
  await ada.write('the invoice of May');
  await ada.showsState('the invoice', 'sent');
  const field = ada.page.locator('search-panel input');
  await ada.page.keyboard.press('Control+Shift+F');
  await field.fill('invoice');
  await ada.page.locator('search-panel button.result').first().click();
  await eventually('the field to have the focus', async () => (await ada.focused()) === 'TEXTAREA');
  for (const open of ['Control+Shift+F', 'the button']) {
    await ada.composer.focus();
    if (open === 'the button')
      await ada.page
        .locator('conversation-header')
        .getByRole('button', { name: 'Search in messages' })
        .click();
    else await ada.page.keyboard.press(open);
    await eventually('the search to have the focus', async () => (await ada.focused()) === 'INPUT');
    await ada.page.keyboard.type('May');
    assert.equal(await field.inputValue(), 'May', open);
    assert.equal(await ada.composer.inputValue(), '');
  }
  // The same for the people.
  await ada.page.keyboard.press('Control+Shift+K');
  await ada.page.locator('new-conversation input').waitFor();
  await ada.composer.focus();
  await ada.page.keyboard.press('Control+Shift+K');
  await ada.page.keyboard.type('x');
  assert.equal(await ada.page.locator('new-conversation input').inputValue(), 'x');
});

test('who is called just what was typed comes before those whose names hold it', async (t) => {
  const anna = await ChatClient.register(t, server, freshName('anna'));
  const joanna = await ChatClient.register(t, server, `jo${anna.username}`);
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  await ada.meet(joanna.username);
  await ada.page.keyboard.press('Control+Shift+K');
  await ada.page.locator('new-conversation input').fill(anna.username);
  await ada.page.locator('new-conversation button.result').nth(1).waitFor();
  await ada.page.keyboard.press('Enter');
  const header = ada.page.locator('conversation-header h2 bdi');
  // The name of the one before holds this one's.
  await eventually('her conversation', async () => (await header.textContent()) === anna.username);
});

test('Escape closes a dialog above the settings, and leaves what was typed there', async (t) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  await ada.page.keyboard.press('Control+,');
  const secret = ada.page.locator('secret-form').first().locator('input[type="password"]').first();
  await secret.fill('half typed');
  for (const [keys, dialog] of [
    ['Control+/', 'key-sheet'],
    ['Control+k', 'quick-switcher'],
  ] as const) {
    await ada.page.keyboard.press(keys);
    await ada.page.locator(`${dialog} dialog`).waitFor();
    await ada.page.keyboard.press('Escape');
    await ada.page.locator(dialog).waitFor({ state: 'detached' });
    assert.equal(await secret.inputValue(), 'half typed', keys);
  }
});

test('a list of many conversations has all of them, by wheel and by key', async (t) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  const COUNT = 120;
  const { users } = await (async () => {
    const one = await ChatClient.register(t, server, freshName('one'));
    return await one.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
  })();
  for (let at = 0; at < COUNT; at += 10)
    await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        const peer = await ChatClient.register(t, server, freshName(`p${String(at + n)}`));
        const { socket } = await peer.online();
        await socket.answerTo(
          socket.send('message', { recipient_id: users[0]!.id, content: `hello ${String(at + n)}` }),
        );
        await socket.close();
      }),
    );
  await ada.page.reload();
  const items = ada.page.locator('user-item');
  await items.nth(49).waitFor({ state: 'attached' });
  assert.ok((await items.count()) < COUNT, 'those far below have no rows');
  await ada.page.locator('user-list').hover();
  await eventually('the last of them', async () => {
    await ada.page.mouse.wheel(0, 3_000);
    const isAtEnd = await ada.page
      .locator('user-list')
      .evaluate((list) => list.scrollTop + list.clientHeight > list.scrollHeight - 2);
    return isAtEnd && (await items.count()) === COUNT;
  });
  await ada.page.locator('user-list').evaluate((list) => {
    list.scrollTop = 0;
  });
  await eventually('those far below to be let go', async () => (await items.count()) < COUNT);
  await items.first().locator('a').focus();
  await ada.page.keyboard.press('End');
  await eventually('the last to have the focus', () =>
    items.nth(COUNT - 1).evaluate((item) => (item.getRootNode() as ShadowRoot).activeElement === item),
  );
  await ada.page.keyboard.press('Home');
  await eventually('the first to have the focus', () =>
    items.first().evaluate((item) => (item.getRootNode() as ShadowRoot).activeElement === item),
  );
});
