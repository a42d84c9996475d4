import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { scrollUp, standing } from '../support/scrolling.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });
const browser = await openBrowser({ after });

/** Of many lengths, so that nobody can guess the height of a row; every tenth is long. */
const textOf = (n: number): string =>
  n % 10 === 0
    ? `message ${n} ${'and so on '.repeat((n * 7) % 90)}end`
    : `message ${n}${'\nline'.repeat(n % 4)}`;

/** As many as one may send ahead of the answers. */
const WAVE = 100;

/** Ada in front of her list; Ben, who is only a client, has written to her. */
const writtenTo = async (t: TestContext, count: number): Promise<readonly [PersonPage, ChatClient]> => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.register(t, browser, server, freshName('ada'));
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

test('a history of 1,000 messages: opened at the unread line, scrolled to its beginning without a jump', async (t) => {
  const [ada, ben] = await writtenTo(t, 1000);
  await ada.item(ben.username).locator('.count', { hasText: '999+' }).waitFor();
  await ada.openChat(ben.username);
  // Nothing was read, so it opens at the first message, with the line above it.
  const line = ada.page.locator('message-list .unread');
  await line.waitFor();
  await ada.page.locator('message-list li.row[data-seq="1"]').waitFor();
  assert.ok(await line.evaluate((at) => at.getBoundingClientRect().top >= 0), 'the line is on screen');
  // To the end, and back up through all of it.
  await ada.button(/newest messages|new message/).click();
  await ada.page.locator('message-list li.row[data-seq="1000"]').waitFor();
  await ada.item(ben.username).locator('.count').waitFor({ state: 'detached' });
  const { steps, worst } = await scrollUp(ada.page, 700, '1');
  t.diagnostic(`${String(steps)} steps, at most ${worst.toFixed(2)} px off`);
  assert.ok(worst <= 2, `a bubble jumped by ${worst.toFixed(1)} px`);
  const texts = await ada.texts();
  assert.deepEqual(
    texts,
    Array.from({ length: 1000 }, (_, at) => textOf(at + 1)),
  );
  // What comes in below does not move what is read.
  const place = await standing(ada.page);
  const { socket } = await ben.online();
  const { conversations } = await ben.get<{ conversations: { id: string }[] }>('/conversations');
  socket.send('message', { conversation_id: conversations[0]!.id, content: 'and one more' });
  await ada.button('1 new message').waitFor();
  const after = await standing(ada.page, place.id);
  assert.ok(Math.abs(after.top - place.top) <= 2, `moved by ${(after.top - place.top).toFixed(1)} px`);
  await ada.button('1 new message').click();
  await eventually('the newest to be on screen', () => ada.bubble('and one more').isVisible());
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
