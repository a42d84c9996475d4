import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { copyData, putBack } from '../support/data-copies.ts';
import { eventually } from '../support/eventually.ts';
import { keptRows } from '../support/kept-rows.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { say } from '../support/say.ts';
import { testInFull } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });
const browser = await openBrowser({ after });

const numbered = (what: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${what} ${String(at + 1)}`);

const idOf = async (asker: ChatClient, username: string): Promise<string> => {
  const { users } = await asker.get<{ users: { id: string; username: string }[] }>(
    `/users?query=${username}`,
  );
  return users.find((user) => user.username === username)?.id ?? '';
};

/** Ben's words to Ada, one after the other. */
const sayAll = async (ben: ChatClient, ada: PersonPage, texts: readonly string[]): Promise<void> => {
  const { socket } = await ben.online();
  const id = await idOf(ben, ada.username);
  for (const text of texts) await say(socket, { id }, text);
  socket.terminate();
};

/** Ada has read three messages of Ben's when the data directory is copied. */
const copiedTalk = async (t: TestContext): Promise<readonly [PersonPage, ChatClient, string]> => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  ada.faults.provoke(LOST_CONNECTION, /status of 404/);
  const ben = await ChatClient.register(t, server, freshName('ben'));
  await sayAll(ben, ada, numbered('kept', 3));
  await ada.openChat(ben.username);
  await ada.shows(numbered('kept', 3));
  await eventually('Ben to know that they were read', async () => (await readByAda(ben)) === 3);
  const copy = await copyData(t, server);
  await ada.page.locator('connection-bar .line').waitFor({ state: 'detached' });
  return [ada, ben, copy];
};

/** Up to where the other person has read, as Ben's server knows it. */
const readByAda = async (ben: ChatClient): Promise<number> => {
  const { conversations } = await ben.get<{ conversations: { read_seq: { peer: number } }[] }>(
    '/conversations',
  );
  return conversations[0]?.read_seq.peer ?? 0;
};

test('[P10] a restored server that has gone on past a device: no ghosts, no holes, nothing unseen told as read', async (t) => {
  const [ada, ben, copy] = await copiedTalk(t);
  await sayAll(ben, ada, numbered('lost', 8));
  await ada.shows([...numbered('kept', 3), ...numbered('lost', 8)]);
  await eventually('Ben to know that they were read', async () => (await readByAda(ben)) === 11);
  await server.kill('SIGKILL');
  await ada.write('written meanwhile');
  await ada.composer.fill('half a thou');
  await eventually('both to be on disk', async () => {
    const [waiting] = await keptRows<{ text: string }>(ada, 'outbox');
    const [draft] = await keptRows<{ text: string }>(ada, 'drafts');
    const [place] = await keptRows<{ witness: { messageId: string } | null }>(ada, 'place');
    return waiting?.text === 'written meanwhile' && draft?.text === 'half a thou' && place?.witness !== null;
  });
  await ada.page.close();
  await putBack(server, copy);
  await server.restart();
  await sayAll(ben, ada, numbered('new', 20));

  const later = await ada.newWindow();
  await later.isIn();
  await later.item(ben.username).locator('.unread', { hasText: '20' }).waitFor();
  const conversation = await ben.conversationWith({ id: await idOf(ben, ada.username) });
  await eventually('what was written meanwhile to be sent', async () =>
    (await ben.history(conversation.id)).some(({ content }) => content === 'written meanwhile'),
  );
  assert.equal(await readByAda(ben), 3, 'nobody has looked at the new ones');
  await later.openChat(ben.username);
  await later.shows([...numbered('kept', 3), ...numbered('new', 20), 'written meanwhile']);
  assert.equal(await later.composer.inputValue(), 'half a thou');
  // What is on screen now somebody has seen.
  await eventually('Ben to know that some were read', async () => (await readByAda(ben)) > 3);
  assert.deepEqual(
    (await ben.history(conversation.id)).map(({ content }) => content),
    [...numbered('kept', 3), ...numbered('new', 20), 'written meanwhile'],
  );
  // And that is what the device keeps from now on.
  await later.page.reload();
  await later.shows([...numbered('kept', 3), ...numbered('new', 20), 'written meanwhile']);
});

testInFull(
  '[P10] two windows that stay open while the server is restored show its history, both',
  async (t) => {
    const [ada, ben, copy] = await copiedTalk(t);
    const tab = await ada.secondTab();
    await sayAll(ben, ada, numbered('lost', 4));
    await tab.openChat(ben.username);
    for (const window of [ada, tab]) await window.shows([...numbered('kept', 3), ...numbered('lost', 4)]);
    await putBack(server, copy);
    await ada.composer.fill('half a thou');
    await ada.composer.press('Home');
    await server.restart();
    await sayAll(ben, ada, numbered('new', 9));
    for (const window of [ada, tab]) {
      await window.shows([...numbered('kept', 3), ...numbered('new', 9)]);
      await window.page.locator('connection-bar .line').waitFor({ state: 'detached' });
    }
    assert.equal(await ada.composer.inputValue(), 'half a thou');
    // Whoever was writing goes on where the caret was.
    assert.equal(await ada.focused(), 'TEXTAREA');
    await ada.page.keyboard.type('only ');
    assert.equal(await ada.composer.inputValue(), 'only half a thou');
  },
);

testInFull(
  '[P10] what was written in a conversation that the backup does not have reaches the person all the same',
  async (t) => {
    const [ada, , copy] = await copiedTalk(t);
    const cleo = await ChatClient.register(t, server, freshName('cleo'));
    // Cleo is in the backup, the conversation with her is not.
    const copyWithCleo = await copyData(t, server);
    assert.notEqual(copy, copyWithCleo);
    await ada.meet(cleo.username);
    await ada.write('before');
    await ada.showsState('before', 'sent');
    await server.kill('SIGKILL');
    await ada.write('unsent');
    await ada.showsState('unsent', 'sending');
    await ada.composer.fill('half a thou');
    await eventually('both to be on disk', async () => {
      const waiting = await keptRows<{ text: string }>(ada, 'outbox');
      const drafts = await keptRows<{ text: string }>(ada, 'drafts');
      return waiting.length === 1 && drafts.some(({ text }) => text === 'half a thou');
    });
    await putBack(server, copyWithCleo);
    await server.restart();
    await ada.shows(['unsent']);
    await ada.showsState('unsent', 'sent');
    await eventually(
      'the draft to be in the new conversation',
      async () => (await ada.composer.inputValue()) === 'half a thou',
    );
    const { socket } = await cleo.online();
    assert.deepEqual(
      socket.received.flatMap((frame) => (frame.type === 'message' ? [frame.payload.content] : [])),
      ['unsent'],
    );
  },
);

testInFull(
  '[P10] what was written to somebody whom the backup does not have is shown, to be copied or discarded',
  async (t) => {
    const [ada, , copy] = await copiedTalk(t);
    const dora = await ChatClient.register(t, server, freshName('dora'));
    await ada.meet(dora.username);
    await ada.write('before');
    await ada.showsState('before', 'sent');
    await server.kill('SIGKILL');
    await ada.write('unsent');
    await ada.composer.fill('half a thou');
    await eventually('both to be on disk', async () => {
      const waiting = await keptRows<{ text: string }>(ada, 'outbox');
      const drafts = await keptRows<{ text: string }>(ada, 'drafts');
      return waiting.length === 1 && drafts.some(({ text }) => text === 'half a thou');
    });
    await putBack(server, copy);
    await server.restart();
    const left = ada.page.locator('unsendable-texts');
    await left.getByText('unsent', { exact: true }).waitFor();
    await left.getByText('half a thou').waitFor();
    // Said again after a reload, when nothing is known of the conversation any more.
    await ada.page.reload();
    const texts = left.locator('.text');
    await eventually('both', async () => (await texts.allTextContents()).join() === 'unsent,half a thou');
    await left.getByRole('button', { name: 'Discard' }).first().click();
    await eventually('one', async () => (await texts.allTextContents()).join() === 'half a thou');
    await left.getByRole('button', { name: 'Discard' }).click();
    await left.waitFor({ state: 'detached' });
    assert.deepEqual(await keptRows(ada, 'outbox'), []);
    await eventually('nothing to be left', async () => (await keptRows(ada, 'drafts')).length === 0);
  },
);
