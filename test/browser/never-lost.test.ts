import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { keptRows } from '../support/kept-rows.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { scaled, testInExtended, testInFull } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import type { Scope } from '../support/temp-dir.ts';

const server = await ServerProcess.start({ after });
const browser = await openBrowser({ after });

/** Written around the death of the server, half of them before it. */
const LINES = scaled({ sample: 16, extended: 40 });

/** Two people in the same conversation, one message in. */
const twoTalking = async (scope: Scope): Promise<readonly [PersonPage, PersonPage]> => {
  const ben = await PersonPage.signedIn(scope, browser, server, freshName('ben'));
  const ada = await PersonPage.signedIn(scope, browser, server, freshName('ada'));
  await ada.meet(ben.username);
  await ada.write('hello');
  await ben.openChat(ada.username);
  await ada.showsState('hello', 'read');
  return [ada, ben];
};
/** Of the tests that leave both windows as they are. */
const [firstAda, firstBen] = await twoTalking({ after });

const numbered = (what: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${what} ${String(at + 1)}`);

/** Whether the device holds this message and this draft. */
const keptOnDisk = async (person: PersonPage, message: string, draft: string): Promise<boolean> => {
  const holds = async (store: string, wanted: string): Promise<boolean> =>
    (await keptRows<{ text: string }>(person, store)).some(({ text }) => text === wanted);
  return (await holds('outbox', message)) && (await holds('drafts', draft));
};

const messagesSent = (...tabs: readonly PersonPage[]): readonly string[] =>
  tabs.flatMap((tab) => tab.sent.filter(({ type }) => type === 'message').map(({ id }) => id));

test('written offline: shown at once as sending, sent once and in order when the network is back', async () => {
  const [ada, ben] = [firstAda, firstBen];
  ada.faults.provoke(LOST_CONNECTION);
  await ada.context.setOffline(true);
  const lines = numbered('offline', 5);
  for (const line of lines) await ada.write(line);
  await ada.shows(['hello', ...lines]);
  await ada.showsState('offline 5', 'sending');
  await ada.page.locator('connection-bar', { hasText: 'This device is offline' }).waitFor();
  assert.deepEqual(await ben.texts(), ['hello']);
  await ada.context.setOffline(false);
  await ben.shows(['hello', ...lines]);
  await ada.showsState('offline 5', 'read');
  await ada.shows(['hello', ...lines]);
  await ada.page.locator('connection-bar .line').waitFor({ state: 'detached' });
});

testInFull('a reload keeps the login, the conversation, the draft and what was not sent', async (t) => {
  const [ada, ben] = await twoTalking(t);
  ada.faults.provoke(LOST_CONNECTION);
  await ada.composer.fill('half a thou');
  await ada.page.reload();
  await ada.talksTo(ben.username);
  await ada.shows(['hello']);
  await eventually('the draft to be back', async () => (await ada.composer.inputValue()) === 'half a thou');
  // What is shown without a connection is what the device kept, a moment after it came.
  await eventually('the message to be kept', async () =>
    (await keptRows<{ messages: { content: string }[] }>(ada, 'timelines')).some(({ messages }) =>
      messages.some(({ content }) => content === 'hello'),
    ),
  );
  // The page itself comes from the server, so the socket alone is kept away across the reload.
  let apart = true;
  await ada.page.routeWebSocket('**/ws*', (socket) => {
    if (apart) void socket.close();
    else socket.connectToServer();
  });
  await ada.page.reload();
  await ada.talksTo(ben.username);
  for (const line of ['one', 'two']) await ada.write(line);
  await ada.composer.fill('and a draft');
  await ada.page.reload();
  await ada.shows(['hello', 'one', 'two']);
  await ada.showsState('two', 'sending');
  await eventually('the second draft', async () => (await ada.composer.inputValue()) === 'and a draft');
  assert.deepEqual(await ben.texts(), ['hello']);
  apart = false;
  await ada.page.reload();
  await ben.shows(['hello', 'one', 'two']);
  await ada.showsState('two', 'read');
  assert.equal(await ada.composer.inputValue(), 'and a draft');
});

test('a page that is left in the moment of sending does not lose the message', async (t) => {
  const [ada, ben] = await twoTalking(t);
  ada.faults.provoke(LOST_CONNECTION);
  await ada.composer.evaluate((field) => {
    const area = field as HTMLTextAreaElement;
    area.value = 'on the way out';
    area.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
    area.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true, cancelable: true }),
    );
    location.reload();
  });
  await ben.shows(['hello', 'on the way out']);
  await ada.shows(['hello', 'on the way out']);
});

testInExtended('a window that crashes loses neither what was not sent nor the draft', async (t) => {
  const [ada, ben] = await twoTalking(t);
  ada.faults.provoke(LOST_CONNECTION, /^crash$/);
  // Without a connection a window shows what the device keeps.
  await eventually(
    'the conversation to be kept',
    async () => (await keptRows(ada, 'timelines')).length > 0 && (await keptRows(ada, 'chats')).length > 0,
  );
  await ada.page.routeWebSocket('**/ws*', (socket) => void socket.close());
  await ada.page.reload();
  await ada.talksTo(ben.username);
  await ada.write('before the crash');
  await ada.showsState('before the crash', 'sending');
  await ada.composer.fill('half a thou');
  await eventually('both to be on disk', () => keptOnDisk(ada, 'before the crash', 'half a thou'));
  const cdp = await ada.context.newCDPSession(ada.page);
  const crashed = ada.page.waitForEvent('crash');
  // It has no answer: what would give it is gone.
  void cdp.send('Page.crash').catch(() => undefined);
  await crashed;
  const later = await ada.newWindow();
  await later.openChat(ben.username);
  assert.equal(await later.composer.inputValue(), 'half a thou');
  await ben.shows(['hello', 'before the crash']);
  await later.shows(['hello', 'before the crash']);
});

testInExtended('two windows of one person send what both wrote once, in the order written', async (t) => {
  const [ada, ben] = await twoTalking(t);
  ada.faults.provoke(LOST_CONNECTION);
  const tab = await ada.secondTab();
  await tab.openChat(ben.username);
  await tab.shows(['hello']);
  const before = messagesSent(ada, tab).length;
  await ada.context.setOffline(true);
  const lines = numbered('line', 6);
  for (const [at, line] of lines.entries()) {
    await (at % 2 === 0 ? ada : tab).write(line);
    // Each shows what the other has in the outbox.
    await (at % 2 === 0 ? tab : ada).shows(['hello', ...lines.slice(0, at + 1)]);
  }
  await ada.context.setOffline(false);
  const all = ['hello', ...lines];
  await ben.shows(all);
  for (const window of [ada, tab]) {
    await window.showsState('line 6', 'read');
    await window.shows(all);
  }
  const ids = messagesSent(ada, tab).slice(before);
  assert.equal(ids.length, lines.length, 'frames');
  assert.equal(new Set(ids).size, lines.length, 'messages');
});

test('the server is killed in the middle of sending: everything once and in order on both screens', async (t) => {
  const [ada, ben] = [firstAda, firstBen];
  const earlier = await ada.texts();
  for (const person of [ada, ben]) person.faults.provoke(LOST_CONNECTION);
  const lines = numbered('line', LINES);
  const before = lines.slice(0, LINES / 2);
  await ada.writeAll(before);
  await server.kill('SIGKILL');
  for (const line of lines.slice(LINES / 2)) await ada.write(line);
  await ben.write('from the other side');
  await ada.showsState(`line ${String(LINES)}`, 'sending');
  await server.restart();
  await ada.bubble('from the other side').waitFor();
  await ada.showsState(`line ${String(LINES)}`, 'read');
  await ben.showsState('from the other side', 'read');
  const said = await ben.texts();
  assert.deepEqual(
    said.filter((text) => text !== 'from the other side'),
    [...earlier, ...lines],
  );
  await ada.shows(said);
  // And that is what the server holds, not only what the screens do.
  const device = await ChatClient.login(t, server, ben.username);
  const id = new URL(ben.page.url()).hash.split('/').at(-1) ?? '';
  assert.deepEqual(
    (await device.history(id)).map(({ content }) => content),
    said,
  );
});
