import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { MeddlingProxy } from '../support/meddling-proxy.ts';
import { PersonPage } from '../support/person-page.ts';
import { say } from '../support/say.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });
const REFUSED_SOCKET = /WebSocket connection to .* failed/;
const BLOCKED = 'does not let WebSockets through';

const idOf = async (asker: ChatClient, username: string): Promise<string> => {
  const { users } = await asker.get<{ users: { id: string; username: string }[] }>(
    `/users?query=${username}`,
  );
  return users.find((user) => user.username === username)?.id ?? '';
};

/** Everything the line about the connection says from now on. */
const noteSentences = async ({ page }: PersonPage): Promise<() => Promise<readonly string[]>> => {
  await page.locator('connection-bar').evaluate((bar) => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => {
      said.push(bar.shadowRoot?.textContent.replace(/\s+/g, ' ').trim() ?? '');
    }).observe(bar.shadowRoot!, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said);
};

test('a proxy that refuses WebSockets: the list and the messages are there, it is said why they are not live, and writing waits', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  const ada = await PersonPage.signedIn(t, browser, proxy, freshName('ada'));
  ada.faults.provoke(REFUSED_SOCKET);
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const { socket } = await ben.online();
  const id = await idOf(ben, ada.username);
  await ada.meet(ben.username);
  for (let at = 1; at <= 60; at += 1) await say(socket, { id }, `line ${String(at)}`);
  await ada.bubble('line 60').waitFor();
  // Else another device of hers begins at the first one that was not read.
  await eventually('all of it to be read', async () => {
    const { conversations } = await ben.get<{ conversations: { read_seq: { peer: number } }[] }>(
      '/conversations',
    );
    return conversations[0]?.read_seq.peer === 60;
  });

  proxy.upgrades = 'refuse';
  proxy.cutSockets();
  const bar = ada.page.locator('connection-bar');
  await bar.filter({ hasText: BLOCKED }).waitFor();
  await bar.filter({ hasText: 'docs/proxies.md' }).waitFor();
  const sentences = await noteSentences(ada);
  // What is written meanwhile is read: in the list and in the open conversation.
  await say(socket, { id }, 'while nothing gets through');
  await ada.bubble('while nothing gets through').waitFor();
  await ada.item(ben.username).filter({ hasText: 'while nothing gets through' }).waitFor();
  await ada.write('mine waits');
  await ada.showsState('mine waits', 'sending');

  // A device that knows nothing yet gets all of it over HTTP: the list, the newest messages, and older ones.
  const phone = await PersonPage.open(t, browser, proxy, { viewport: { width: 360, height: 740 } });
  phone.faults.provoke(REFUSED_SOCKET);
  await phone.page.locator('#username').fill(ada.username);
  await phone.page.locator('#password').fill(PASSWORD);
  await phone.page.locator('login-screen button[type="submit"]').click();
  await phone.openChat(ben.username);
  await phone.bubble('while nothing gets through').waitFor();
  await phone.page.locator('connection-bar', { hasText: BLOCKED }).waitFor();
  await eventually('the oldest message', async () => {
    await phone.page.locator('message-list .scroller').evaluate((list) => {
      list.scrollTop = -list.scrollHeight;
    });
    return (await phone.texts())[0] === 'line 1';
  });
  await phone.page.reload();
  await phone.bubble('while nothing gets through').waitFor();

  const said = await sentences();
  assert.deepEqual(
    said.filter((sentence) => sentence !== '' && !sentence.includes(BLOCKED)),
    [],
    'nothing else was said',
  );
  // They pass again: nothing has to be done.
  proxy.upgrades = 'pass';
  await ada.showsState('mine waits', 'sent');
  await bar.locator('.line').waitFor({ state: 'detached' });
  await phone.bubble('mine waits').waitFor();
  await phone.page.locator('connection-bar .line').waitFor({ state: 'detached' });
  // Before the proxy ends, which would refuse whatever the windows ask for meanwhile.
  for (const { context } of [ada, phone]) await context.close();
});

test('the server is away, not the WebSockets: that is another sentence, and so is one that is about to start', async (t) => {
  const proxy = await MeddlingProxy.start(t, server);
  const ada = await PersonPage.signedIn(t, browser, proxy, freshName('ada'));
  ada.faults.provoke(REFUSED_SOCKET, /Failed to load resource/);
  const bar = ada.page.locator('connection-bar');
  proxy.upgrades = 'drop';
  proxy.instead = () => 'cut';
  proxy.cutSockets();
  await bar.filter({ hasText: 'No connection.' }).waitFor();
  proxy.instead = () => ({ status: 503, body: '' });
  await bar.filter({ hasText: 'The server is not available right now' }).waitFor();
  proxy.instead = () => null;
  await bar.filter({ hasText: BLOCKED }).waitFor();
  proxy.upgrades = 'pass';
  await bar.locator('.line').waitFor({ state: 'detached' });
});
