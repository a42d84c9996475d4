import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { openBrowser, WAIT_MS } from '../support/browser.ts';
import { ChatClient, expectStatus, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { keptRows } from '../support/kept-rows.ts';
import { PersonPage } from '../support/person-page.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';
import { bystander, rewriteRows } from '../support/storage-faults.ts';
import { talkedTo } from '../support/talked-to.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

interface Conversations {
  readonly conversations: readonly {
    readonly id: string;
    readonly last_message: { readonly message_id: string };
  }[];
}

/** Two people in front of their conversation. */
const twoPeople = async (
  t: TestContext,
  options: BrowserContextOptions = {},
): Promise<readonly [PersonPage, PersonPage]> => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'), options);
  const ben = await PersonPage.signedIn(t, browser, server, freshName('ben'));
  await ada.meet(ben.username);
  await ada.write('Tea or coffee?');
  await ben.openChat(ada.username);
  await ben.bubble('Tea or coffee?').waitFor();
  return [ada, ben];
};

const bar = ({ page }: PersonPage) => page.locator('message-input reply-bar');
const quote = (person: PersonPage, text: string) => person.bubble(text).locator('message-quote .quote');
/** The row of the message whose own text this is. */
const row = ({ page }: PersonPage, text: string) =>
  page.locator('message-list li.row', { has: page.locator(`.text:text-is("${text}")`) });
/** Offline, the menu of messages could not be loaded any more. */
const goOffline = async ({ page, context, faults }: PersonPage): Promise<void> => {
  await page.waitForFunction(() => customElements.get('message-menu') !== undefined);
  faults.provoke(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
  await context.setOffline(true);
};
const menuEntry = async (person: PersonPage, text: string, name: string): Promise<void> => {
  await row(person, text).locator('.text').click({ button: 'right' });
  await person.page.getByRole('menuitem', { name, exact: true }).click();
};
const atComposer = (person: PersonPage): Promise<void> =>
  eventually('the focus in the text field', async () => (await person.focused()) === 'TEXTAREA', WAIT_MS);

test('a reply: by the button, with its quote for both, and a way to the original', async (t) => {
  const [ada, ben] = await twoPeople(t);
  await row(ben, 'Tea or coffee?').hover();
  await row(ben, 'Tea or coffee?').getByRole('button', { name: 'Reply', exact: true }).click();
  await bar(ben).getByText('Tea or coffee?').waitFor();
  await bar(ben).getByText(ada.username).waitFor();
  await atComposer(ben);
  await ben.write('Tea, please');
  await bar(ben).waitFor({ state: 'detached' });
  await ben.showsState('Tea, please', 'read');
  assert.equal(await quote(ada, 'Tea, please').getAttribute('aria-label'), 'In reply to You: Tea or coffee?');
  assert.match((await quote(ben, 'Tea, please').textContent())!, /ada.*Tea or coffee\?/s);
  // The next message is an ordinary one.
  await ben.write('With milk');
  await ada.bubble('With milk').waitFor();
  assert.equal(await quote(ada, 'With milk').count(), 0);
  // The quote leads to the original, by mouse and by key.
  await quote(ada, 'Tea, please').click();
  await row(ada, 'Tea or coffee?').and(ada.page.locator('.hit')).waitFor();
  await eventually('the row', async () => (await ada.focused()) === 'LI', WAIT_MS);
  // One can reply to a reply, and to oneself.
  await menuEntry(ada, 'Tea, please', 'Reply');
  await ada.write('Green or black?');
  await quote(ben, 'Green or black?').getByText('Tea, please').waitFor();
  await menuEntry(ada, 'Green or black?', 'Reply');
  await ada.write('Or herbal');
  assert.equal(
    await quote(ben, 'Or herbal').getAttribute('aria-label'),
    `In reply to ${ada.username}: Green or black?`,
  );
});

testInExtended('by keys: Alt+R on a message, Escape cancels, the text stays', async (t) => {
  const [ada, ben] = await twoPeople(t);
  await ada.composer.focus();
  await ada.page.keyboard.press('ArrowUp');
  await eventually('the row', async () => (await ada.focused()) === 'LI', WAIT_MS);
  await ada.page.keyboard.press('Alt+r');
  await bar(ada).waitFor();
  await atComposer(ada);
  const described = await ada.composer.evaluate((field) => {
    const id = field.getAttribute('aria-describedby') ?? '';
    return (field.getRootNode() as ShadowRoot).getElementById(id)?.ariaLabel ?? null;
  });
  assert.equal(described, 'In reply to You: Tea or coffee?');
  await ada.composer.pressSequentially('half a text');
  await ada.page.keyboard.press('Escape');
  await bar(ada).waitFor({ state: 'detached' });
  assert.equal(await ada.composer.inputValue(), 'half a text');
  assert.equal(await ada.focused(), 'TEXTAREA');
  // By the button of the bar too.
  await menuEntry(ada, 'Tea or coffee?', 'Reply');
  await ada.button('Cancel the reply').click();
  await bar(ada).waitFor({ state: 'detached' });
  await atComposer(ada);
  await ada.composer.press('Enter');
  await ben.bubble('half a text').waitFor();
  assert.equal(await quote(ada, 'half a text').count(), 0);
});

testInExtended(
  'a reply is kept with its draft: elsewhere and back, in another tab, after a reload',
  async (t) => {
    const [ada, ben] = await twoPeople(t);
    await menuEntry(ada, 'Tea or coffee?', 'Reply');
    await ada.composer.fill('I mean today');
    const tab = await ada.secondTab();
    await tab.openChat(ben.username);
    await bar(tab).getByText('Tea or coffee?').waitFor();
    assert.equal(await tab.composer.inputValue(), 'I mean today');
    await ada.page.keyboard.press('Control+,');
    await ada.page.getByRole('heading', { name: 'Settings' }).waitFor();
    await ada.page.keyboard.press('Escape');
    await ada.openChat(ben.username);
    await bar(ada).waitFor();
    await ada.page.reload();
    await ada.talksTo(ben.username);
    await bar(ada).getByText('Tea or coffee?').waitFor();
    // Cancelled here, it is cancelled there.
    await ada.button('Cancel the reply').click();
    await bar(tab).waitFor({ state: 'detached' });
    await menuEntry(tab, 'Tea or coffee?', 'Reply');
    await bar(ada).waitFor();
    await ada.composer.press('Enter');
    await quote(ben, 'I mean today').waitFor();
    await bar(tab).waitFor({ state: 'detached' });
    assert.equal(await tab.composer.inputValue(), '');
  },
);

test('offline a reply waits with its quote, over a reload', async (t) => {
  const [ada, ben] = await twoPeople(t);
  await goOffline(ada);
  await menuEntry(ada, 'Tea or coffee?', 'Reply');
  await ada.write('from the tunnel');
  await ada.showsState('from the tunnel', 'sending');
  await quote(ada, 'from the tunnel').getByText('Tea or coffee?').waitFor();
  await ada.context.setOffline(false);
  await ada.page.reload();
  await quote(ben, 'from the tunnel').getByText('Tea or coffee?').waitFor();
});

/** Ada, whose conversation has more messages than are loaded, and whose newest one replies to the first. */
const farBack = async (t: TestContext) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const { socket } = await ben.online();
  const { users } = await ben.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
  const recipient_id = users[0]!.id;
  const first = socket.send('message', { recipient_id, content: 'the very first' });
  await socket.answerTo(first);
  for (let n = 2; n <= 130; n += 1)
    await socket.answerTo(socket.send('message', { recipient_id, content: `message ${String(n)}` }));
  await socket.answerTo(socket.send('message', { recipient_id, content: 'as I said', reply_to: first }));
  return { ada, ben };
};

testInExtended('an original that is far back is fetched for its quote, and reached by it', async (t) => {
  const { ada, ben } = await farBack(t);
  await ada.openChat(ben.username);
  // It opens at the first unread message.
  await row(ada, 'the very first').waitFor();
  await ada.button(/newest messages|new messages/).click();
  const said = quote(ada, 'as I said');
  await said.getByText('the very first').waitFor();
  await said.click();
  await row(ada, 'the very first').and(ada.page.locator('.hit')).waitFor();
  await ada.button(/newest messages|new messages/).click();
  await said.getByText('the very first').waitFor();
});

testInExtended(
  'a reply whose original is gone is offered again without it; a quote of such a one says so',
  async (t) => {
    const { ada, phone, ben } = await talkedTo(t, browser, server);
    const plums = `plums from ${ben.username}`;
    const { socket } = await ben.online();
    await ada.openChat(ben.username);
    await row(ada, plums).waitFor();
    await goOffline(ada);
    await menuEntry(ada, plums, 'Reply');
    await ada.write('what was that?');
    await ada.showsState('what was that?', 'sending');
    // Meanwhile Ada deletes the conversation on her phone, and Ben, who still has it, goes on.
    const { conversations } = await ben.get<Conversations>('/conversations');
    const conversation = conversations[0]!;
    expectStatus(await phone.http('DELETE', `/conversations/${conversation.id}`), 204);
    const reply_to = conversation.last_message.message_id;
    await socket.answerTo(socket.send('message', { recipient_id: phone.id, content: 'and these', reply_to }));
    await ada.context.setOffline(false);
    const gone = quote(ada, 'and these');
    await gone.getByText('This message is no longer available.').waitFor();
    assert.equal(await gone.getAttribute('aria-disabled'), 'true');
    const failed = ada.bubble('what was that?').locator('message-failure');
    await failed.getByText('the message it replies to no longer exists').waitFor();
    assert.equal(await row(ada, 'what was that?').count(), 1);
    await failed.getByRole('button', { name: 'Send without the reply' }).click();
    const { payload } = await socket.next('message', (frame) => frame.payload.content === 'what was that?');
    assert.equal(payload.reply_to, null);
    await ada.showsState('what was that?', 'sent');
    assert.equal(await quote(ada, 'what was that?').count(), 0);
  },
);

testInExtended(
  'what a build without replies has kept is shown, and loaded again once there is a connection',
  async (t) => {
    const [ada, ben] = await twoPeople(t);
    await menuEntry(ben, 'Tea or coffee?', 'Reply');
    await ben.write('Tea');
    await quote(ada, 'Tea').waitFor();
    const other = await bystander(ada);
    await eventually('the reply to be kept', async () =>
      JSON.stringify(await keptRows(ada, 'timelines')).includes('replyTo":{'),
    );
    await ada.page.close();
    interface Run {
      readonly messages: readonly Partial<Record<'replyTo' | 'reactions' | 'attachments', unknown>>[];
    }
    await rewriteRows(other, 'timelines', ({ messages, ...run }: Run) => ({
      ...run,
      messages: messages.map(({ replyTo: _, reactions: __, attachments: ___, ...message }) => message),
    }));
    const window = await ada.secondTab();
    await window.openChat(ben.username);
    await quote(window, 'Tea').getByText('Tea or coffee?').waitFor();
  },
);

testInExtended('a reply whose conversation is gone altogether is offered again without it', async (t) => {
  const { ada, phone, ben } = await talkedTo(t, browser, server);
  const plums = `plums from ${ben.username}`;
  const { socket } = await ben.online();
  await ada.openChat(ben.username);
  await goOffline(ada);
  await menuEntry(ada, plums, 'Reply');
  await ada.write('what was that?');
  const { conversations } = await ben.get<Conversations>('/conversations');
  expectStatus(await phone.http('DELETE', `/conversations/${conversations[0]!.id}`), 204);
  await ada.context.setOffline(false);
  const unsendable = ada.page.locator('unsendable-texts');
  await unsendable.getByText('what was that?').waitFor();
  await unsendable.getByRole('button', { name: 'Send without the reply' }).click();
  await socket.next('message', (frame) => frame.payload.content === 'what was that?');
  await unsendable.waitFor({ state: 'detached' });
  await ada.openChat(ben.username);
  await ada.showsState('what was that?', 'sent');
});
