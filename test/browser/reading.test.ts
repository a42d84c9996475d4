import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { scaled, testInExtended } from '../support/scale.ts';
import { scrollUp, standing } from '../support/scrolling.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

/** Of many lengths, so that nobody can guess the height of a row; every tenth is long. */
const textOf = (n: number): string =>
  n % 10 === 0
    ? `message ${n} ${'and so on '.repeat((n * 7) % 90)}end`
    : `message ${n}${'\nline'.repeat(n % 4)}`;

/** As many as one may send ahead of the answers. */
const WAVE = 100;

/** Far more than are loaded, or in the page, at a time. In full there are more than the list counts. */
const HISTORY = scaled({ sample: 250, extended: 500, full: 1000 });

/** Rows that a window of this size may have, however much is loaded. */
const ROWS_MOST = 180;

/** Counts the updates of all elements of a kind from now on. */
const countUpdates = async (page: Page, tag: string): Promise<() => Promise<number>> => {
  await page.evaluate((name) => {
    const counts = ((globalThis as { updates?: Record<string, number> }).updates ??= {});
    counts[name] = 0;
    const prototype = customElements.get(name)?.prototype as {
      update: (this: unknown, changed: unknown) => void;
    };
    const { update } = prototype;
    prototype.update = function counted(changed) {
      counts[name] = (counts[name] ?? 0) + 1;
      update.call(this, changed);
    };
  }, tag);
  return () =>
    page.evaluate((name) => (globalThis as { updates?: Record<string, number> }).updates?.[name] ?? 0, tag);
};

/** Ada in front of her list; Ben, who is only a client, has written to her. */
const writtenTo = async (t: TestContext, count: number): Promise<readonly [PersonPage, ChatClient]> => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  const { socket } = await ben.online();
  const found = await ben.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
  const recipient_id = found.users[0]!.id;
  for (let n = 1; n <= count; n += WAVE) {
    const texts = Array.from({ length: Math.min(WAVE, count - n + 1) }, (_, at) => textOf(n + at));
    const ids = texts.map((content) => socket.send('message', { recipient_id, content }));
    for (const id of ids) assert.equal((await socket.answerTo(id)).type, 'ack');
  }
  await ada.item(ben.username).waitFor();
  return [ada, ben];
};

test(`a history of ${String(HISTORY)} messages: opened at the unread line, scrolled to its beginning without a jump`, async (t) => {
  const [ada, ben] = await writtenTo(t, HISTORY);
  await ada
    .item(ben.username)
    .locator('.count', { hasText: HISTORY > 999 ? '999+' : String(HISTORY) })
    .waitFor();
  await ada.openChat(ben.username);
  // Nothing was read, so it opens at the first message, with the line above it.
  const line = ada.page.locator('message-list .unread');
  await line.waitFor();
  await ada.page.locator('message-list li.row[data-seq="1"]').waitFor();
  assert.ok(await line.evaluate((at) => at.getBoundingClientRect().top >= 0), 'the line is on screen');
  // To the end, and back up through all of it.
  await ada.button(/newest messages|new message/).click();
  await ada.page.locator(`message-list li.row[data-seq="${String(HISTORY)}"]`).waitFor();
  await ada.item(ben.username).locator('.count').waitFor({ state: 'detached' });
  const { steps, worst, mostRows, texts } = await scrollUp(ada.page, 700, '1');
  t.diagnostic(`${String(steps)} steps, at most ${worst.toFixed(2)} px off`);
  assert.ok(worst <= 2, `a bubble jumped by ${worst.toFixed(1)} px`);
  assert.ok(mostRows <= ROWS_MOST, `${String(mostRows)} rows at a time`);
  assert.deepEqual(
    texts,
    Array.from({ length: HISTORY }, (_, at) => textOf(at + 1)),
  );
  // What comes in below does not move what is read.
  const place = await standing(ada.page);
  const { socket } = await ben.online();
  const { conversations } = await ben.get<{ conversations: { id: string }[] }>('/conversations');
  const conversation_id = conversations[0]!.id;
  const bubbles = await countUpdates(ada.page, 'message-bubble');
  socket.send('message', { conversation_id, content: 'and one more' });
  await ada.button('1 new message').waitFor();
  const after = await standing(ada.page, place.id);
  assert.ok(Math.abs(after.top - place.top) <= 2, `moved by ${(after.top - place.top).toFixed(1)} px`);
  assert.equal(await bubbles(), 0, 'bubbles rendered for a message far below');
  await ada.button('1 new message').click();
  await eventually('the newest to be on screen', () => ada.bubble('and one more').isVisible());
  // At the end, with all of them loaded, a message costs its own bubble and the one before it.
  await ada.button('1 new message').waitFor({ state: 'detached' });
  const shown = await bubbles();
  socket.send('message', { conversation_id, content: 'the last of all' });
  await eventually('it to be on screen', () => ada.bubble('the last of all').isVisible());
  const rendered = (await bubbles()) - shown;
  assert.ok(rendered <= 3, `${String(rendered)} bubbles rendered for one message`);
  // The keyboard goes on through rows that are not there yet, and back.
  const focusedSeq = (): Promise<string | undefined> =>
    ada.page
      .locator('message-list .scroller')
      .evaluate(
        (list) => ((list.getRootNode() as ShadowRoot).activeElement as HTMLElement | null)?.dataset['seq'],
      );
  await ada.page.locator(`message-list li.row[data-seq="${String(HISTORY + 2)}"]`).focus();
  for (let at = 0; at < 120; at += 1) await ada.page.keyboard.press('ArrowUp');
  await eventually('the focus to be 120 rows up', async () => (await focusedSeq()) === String(HISTORY - 118));
  for (let at = 0; at < 120; at += 1) await ada.page.keyboard.press('ArrowDown');
  await eventually(
    'the focus to be at the end again',
    async () => (await focusedSeq()) === String(HISTORY + 2),
  );
});

test('search finds an old message, shows it in its place, and leads back', async (t) => {
  const [ada, ben] = await writtenTo(t, 400);
  await ada.openChat(ben.username);
  await ada.button(/newest messages|new message/).click();
  await ada.page.locator('message-list li.row[data-seq="400"]').waitFor();
  await ada.page.keyboard.press('Control+Shift+F');
  const field = ada.page.locator('search-panel input');
  await field.fill('message 123');
  const hit = ada.page.locator('search-panel button.result', { hasText: 'message 123' }).first();
  await hit.locator('mark').first().waitFor();
  await hit.click();
  const row = ada.page.locator('message-list li.row[data-seq="123"]');
  await row.waitFor();
  await eventually('the hit to be on screen', () =>
    row.evaluate((at) => {
      const { top, bottom } = at.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight && at.matches('.hit');
    }),
  );
  // The results are still there for the next one; the conversation goes on below and leads back to its end.
  assert.equal(await field.inputValue(), 'message 123');
  await hit.waitFor();
  await ada.button('To the newest messages').click();
  // Whether the old place is still loaded depends on when the history was read ahead; on screen it is not.
  const newest = ada.page.locator('message-list li.row[data-seq="400"]');
  await newest.waitFor();
  await eventually('the end to be on screen', () =>
    newest.evaluate((at) => at.getBoundingClientRect().top < innerHeight),
  );
  assert.ok(await row.evaluateAll((rows) => rows.every((at) => at.getBoundingClientRect().bottom <= 0)));
  await field.press('Escape');
  await ada.item(ben.username).waitFor();
  await ada.write('after the search');
  await ada.showsState('after the search', 'sent');
});

testInExtended('new messages below are counted down as they are seen', async (t) => {
  const [ada, ben] = await writtenTo(t, 60);
  await ada.openChat(ben.username);
  await ada.page.locator('message-list .unread').waitFor();
  await eventually('the beginning to be on screen', async () => (await standing(ada.page)).id !== '');
  const scroller = ada.page.locator('message-list .scroller');
  const { socket } = await ben.online();
  const { conversations } = await ben.get<{ conversations: { id: string }[] }>('/conversations');
  for (let n = 1; n <= 30; n += 1)
    socket.send('message', { conversation_id: conversations[0]!.id, content: `late ${n}` });
  await ada.button('30 new messages').waitFor();
  // To the eighteenth of them, whose row comes when one is near: twelve are left.
  await scroller.evaluate(async (list) => {
    while (list.querySelector('li.row[data-seq="78"]') === null) {
      list.scrollTop += 300;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
  const eighteenth = ada.page.locator('message-list li.row[data-seq="78"]');
  await eighteenth.evaluate((row) => {
    row.scrollIntoView({ block: 'end' });
  });
  await ada.button('12 new messages').waitFor();
  // Whoever writes sees what was written.
  await ada.write('my answer');
  await eventually('the end to be on screen', () =>
    scroller.evaluate((list) => {
      const row = [...list.querySelectorAll('li.row')].at(-1);
      const text = row?.querySelector('message-bubble')?.shadowRoot?.querySelector('.text')?.textContent;
      const { bottom } = list.getBoundingClientRect();
      return text === 'my answer' && row!.getBoundingClientRect().bottom <= bottom + 1;
    }),
  );
});

testInExtended(
  'a thousand missed messages are rendered together, into the open conversation too',
  async (t) => {
    const [ada, ben] = await writtenTo(t, 3);
    await ada.openChat(ben.username);
    await ada.bubble('message 3').waitFor();
    const [screens, bubbles] = [
      await countUpdates(ada.page, 'chat-screen'),
      await countUpdates(ada.page, 'message-bubble'),
    ];
    ada.faults.provoke(LOST_CONNECTION);
    await ada.context.setOffline(true);
    await ada.page.locator('connection-bar .line').waitFor();
    const { socket } = await ben.online();
    const { conversations } = await ben.get<{ conversations: { id: string }[] }>('/conversations');
    const conversation_id = conversations[0]!.id;
    for (let n = 1; n <= 1_000; n += WAVE) {
      const ids = Array.from({ length: WAVE }, (_, at) =>
        socket.send('message', { conversation_id, content: `missed ${n + at}` }),
      );
      for (const id of ids) assert.equal((await socket.answerTo(id)).type, 'ack');
    }
    await ada.context.setOffline(false);
    await ada.page.locator('message-list li.row[data-seq="1003"]').waitFor();
    await ada.page.locator('connection-bar .line').waitFor({ state: 'detached' });
    t.diagnostic(`${String(await screens())} renders, ${String(await bubbles())} bubbles`);
    // Each would be a render of its own, and more than one bubble; five a second are rendered, whatever the machine.
    assert.ok((await screens()) < 300, `${String(await screens())} renders`);
    const rows = await ada.page.locator('message-list li.row').count();
    assert.ok(rows <= ROWS_MOST, `${String(rows)} rows`);
  },
);

testInExtended(
  'a conversation is printed on the pages that it needs, without the list beside it',
  async (t) => {
    const [ada, ben] = await writtenTo(t, 120);
    await ada.openChat(ben.username);
    await ada.button(/newest messages|new message/).click();
    await ada.page.locator('message-list li.row[data-seq="120"]').waitFor();
    await scrollUp(ada.page, 700, '1');
    const place = await standing(ada.page);
    const pdf = await ada.page.pdf({ format: 'A4' });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    assert.ok(pages >= 4, `${String(pages)} pages`);
    const after = await standing(ada.page, place.id);
    assert.ok(Math.abs(after.top - place.top) <= 2, 'printing moved what was on screen');
    // What is on paper, in the order of the conversation.
    await ada.page.emulateMedia({ media: 'print' });
    await ada.page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    assert.deepEqual(
      await ada.texts(),
      Array.from({ length: 120 }, (_, at) => textOf(at + 1)),
    );
    assert.equal(await ada.page.locator('user-list').isVisible(), false);
    assert.equal(await ada.composer.isVisible(), false);
  },
);
