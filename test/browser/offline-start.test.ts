import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { keptRows } from '../support/kept-rows.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });
const browser = await openBrowser({ after });

test('the server is gone: a new window shows what is on the device and takes what is written, and it is sent later', async (t) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'), { serviceWorkers: 'allow' });
  ada.faults.provoke(LOST_CONNECTION);
  const [ben, cleo] = [
    await ChatClient.register(t, server, freshName('ben')),
    await ChatClient.register(t, server, freshName('cleo')),
  ];
  const { users } = await ben.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
  for (const { online, username } of [
    { online: await ben.online(), username: 'Ben' },
    { online: await cleo.online(), username: 'Cleo' },
  ]) {
    const content = `hello from ${username}`;
    const id = online.socket.send('message', { recipient_id: users[0]!.id, content });
    assert.equal((await online.socket.answerTo(id)).type, 'ack');
  }
  await ada.openChat(ben.username);
  await ada.shows(['hello from Ben']);
  // Nobody has opened Cleo's here; it is kept all the same, by whoever starts with the list the server has told.
  await ada.page.reload();
  await eventually(
    'both conversations to be on the device',
    async () => (await keptRows(ada, 'timelines')).length === 2,
  );
  await ada.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  await server.kill('SIGKILL');
  await ada.page.reload();
  await ada.talksTo(ben.username);
  await ada.shows(['hello from Ben']);
  await ada.page.locator('connection-bar', { hasText: 'No connection' }).waitFor();
  await ada.openChat(cleo.username);
  await ada.shows(['hello from Cleo']);
  // What the server takes is known from before.
  await ada.button('Attach files').waitFor();
  await ada.write('written without a server');
  await ada.showsState('written without a server', 'sending');
  await ada.composer.fill('and a draft');
  await ada.page.keyboard.press('Control+,');
  await ada.page.getByRole('heading', { name: 'Settings' }).waitFor();

  // The window is closed with all of that, and another one opened. Still nobody answers.
  await ada.page.close();
  const later = await ada.newWindow();
  await later.openChat(cleo.username);
  await later.shows(['hello from Cleo', 'written without a server']);
  await later.showsState('written without a server', 'sending');
  assert.equal(await later.composer.inputValue(), 'and a draft');

  await server.restart();
  await later.showsState('written without a server', 'sent');
  const { conversations } = await cleo.get<{ conversations: { id: string }[] }>('/conversations');
  const history = await cleo.history(conversations[0]!.id);
  assert.deepEqual(
    history.map(({ content }) => content),
    ['hello from Cleo', 'written without a server'],
  );
});
