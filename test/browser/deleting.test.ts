import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { testInFull } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

/** Ada, who has just deleted her conversation with Ben; Undo is still offered. */
const deleted = async (
  t: TestContext,
  before: (ada: PersonPage) => Promise<void> = () => Promise.resolve(),
) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  await ada.meet(ben.username);
  await ada.write('hello Ben');
  await ada.showsState('hello Ben', 'sent');
  const { socket } = await ben.online();
  const { conversations } = await ben.get<{ conversations: { id: string }[] }>('/conversations');
  await before(ada);
  await ada.button('More').click();
  await ada.button('Delete conversation').click();
  await ada.button('Undo').waitFor();
  const say = async (to: ChatSocket, content: string): Promise<void> => {
    await to.answerTo(to.send('message', { conversation_id: conversations[0]!.id, content }));
  };
  return { ada, ben, say: (content: string) => say(socket, content) };
};

test('a message that comes while Undo is offered is not deleted with what was there', async (t) => {
  const { ada, ben, say } = await deleted(t);
  await say('one more thing');
  await ada.page
    .getByText(`Conversation with ${ben.username} not deleted: there is a new message.`)
    .waitFor();
  await ada.openChat(ben.username);
  await ada.shows(['hello Ben', 'one more thing']);
});

testInFull('a message that another tab sends meanwhile is not deleted either', async (t) => {
  const { ada, ben } = await deleted(t, async (person) => {
    const second = await person.newWindow();
    await second.openChat('ben');
  });
  const second = ada.context.pages().at(-1)!;
  await second.locator('message-input textarea').fill('from here');
  await second.locator('message-input textarea').press('Enter');
  await ada.page
    .getByText(`Conversation with ${ben.username} not deleted: there is a new message.`)
    .waitFor();
  await ada.item(ben.username).getByText('from here').waitFor();
});

testInFull('who begins anew with the same person at once has an empty conversation', async (t) => {
  const { ada, ben, say } = await deleted(t);
  await ada.meet(ben.username);
  assert.deepEqual(await ada.texts(), []);
  await ada.write('from the beginning');
  await ada.showsState('from the beginning', 'sent');
  await say('good');
  await ada.shows(['from the beginning', 'good']);
});

test('without a connection the deletion waits for one', async (t) => {
  const { ada, ben } = await deleted(t, async (person) => {
    person.faults.provoke(LOST_CONNECTION);
    await person.context.setOffline(true);
  });
  await ada.button('Undo').waitFor({ state: 'detached' });
  assert.equal(await ada.item(ben.username).count(), 0);
  const asked = ada.page.waitForResponse((answer) => answer.request().method() === 'DELETE');
  await ada.context.setOffline(false);
  assert.equal((await asked).status(), 204);
  await ada.page.reload();
  await ada.page.getByText('No conversations yet').waitFor();
  await eventually('the list to stay empty', async () => (await ada.item(ben.username).count()) === 0);
});
