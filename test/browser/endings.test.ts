import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { SessionResource } from '../../server/protocol/resources/session.ts';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { packageVersion } from '../support/paths.ts';
import { REFUSED } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const twoTalking = async (t: TestContext): Promise<readonly [PersonPage, PersonPage]> => {
  const ben = await PersonPage.signedIn(t, browser, server, freshName('ben'));
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  await ada.meet(ben.username);
  await ada.write('hello Ben');
  await ben.openChat(ada.username);
  await ben.write('hello Ada');
  await ada.shows(['hello Ben', 'hello Ada']);
  return [ada, ben];
};

test('[P7] who deletes the account is "Deleted User" in open windows at once; the history stays', async (t) => {
  const [ada, ben] = await twoTalking(t);
  await ben.composer.fill('never sent');
  await ada.page.keyboard.press('Control+,');
  const form = ada.page.locator('secret-form').last();
  await form.locator('input[type="password"]').fill('Not-the-Password-1');
  ada.faults.provoke(REFUSED);
  await form.getByRole('button').click();
  await ada.page.getByText('The password is wrong. Nothing was deleted.').waitFor();
  await form.locator('input[type="password"]').fill(PASSWORD);
  await form.getByRole('button').click();
  await ada.page.getByText('Your account is deleted.').waitFor();
  // Ben has done nothing.
  await ben.talksTo('Deleted User');
  await ben.item('Deleted User').waitFor();
  await ben.page
    .getByText('This account was deleted. You can read the conversation, but no longer write.')
    .waitFor();
  assert.equal(await ben.composer.count(), 0);
  await ben.shows(['hello Ben', 'hello Ada']);
  // Nothing on the page names her any more, not even for a screen reader.
  const everything = await ben.page.locator('chat-screen').ariaSnapshot();
  assert.ok(!everything.includes(ada.username), everything);
  await ben.page.reload();
  await ben.talksTo('Deleted User');
  await ben.shows(['hello Ben', 'hello Ada']);
});

test('[P6] a session ended elsewhere stands before the login with a sentence why; what was written stays', async (t) => {
  const [ada, ben] = await twoTalking(t);
  const phone = await ChatClient.login(t, server, ada.username);
  await ada.composer.fill('half a thought');
  const { sessions } = await phone.get<{ sessions: SessionResource[] }>('/users/me/sessions');
  const window = sessions.find((session) => session.connected)!;
  ada.faults.provoke(REFUSED);
  assert.equal((await phone.http('DELETE', `/users/me/sessions/${window.id}`)).status, 204);
  await ada.page.getByText('This session was ended from another device.').waitFor();
  assert.equal(await ada.page.locator('#username').inputValue(), ada.username);
  assert.equal(await ada.focused(), 'INPUT');
  await ada.login(ada.username);
  await ada.openChat(ben.username);
  await ada.shows(['hello Ben', 'hello Ada']);
  assert.equal(await ada.composer.inputValue(), 'half a thought');
});

test('sessions are listed and ended in the settings', async (t) => {
  const [ada] = await twoTalking(t);
  const phone = await PersonPage.login(t, browser, server, ada.username);
  phone.faults.provoke(REFUSED);
  await ada.page.keyboard.press('Control+,');
  await ada.page.getByText(`This app: version ${packageVersion}`).waitFor();
  await ada.page.getByText(`The server: version ${packageVersion}`).waitFor();
  const list = ada.page.locator('session-list li');
  await list.nth(1).waitFor();
  await list.getByRole('button', { name: /^End session/ }).click();
  await phone.page.getByText('This session was ended from another device.').waitFor();
  await list.nth(1).waitFor({ state: 'detached' });
  await list.getByText('This device').waitFor();
});

test('a long list of sessions is folded, and shown whole on request', async (t) => {
  const user = await ChatClient.register(t, server, freshName('ada'));
  for (let n = 0; n < 6; n += 1) await ChatClient.login(t, server, user.username);
  const ada = await PersonPage.login(t, browser, server, user.username);
  await ada.page.keyboard.press('Control+,');
  const list = ada.page.locator('session-list li');
  await ada.page.getByRole('button', { name: 'Show all 8' }).waitFor();
  assert.equal(await list.count(), 5);
  await list.first().getByText('This device').waitFor();
  await ada.page.getByRole('button', { name: 'Show all 8' }).press('Enter');
  await list.nth(7).waitFor();
  await ada.page.keyboard.press('Enter');
  await list.nth(7).waitFor({ state: 'detached' });
  assert.equal(await list.count(), 7, 'the focus was on the first that had been hidden');
});

test('the settings lead to the licences of what the client holds', async (t) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  await ada.page.keyboard.press('Control+,');
  // Chromium asks for the icon of a page that is plain text.
  ada.faults.provoke(/favicon\.ico/);
  const opened = ada.page.waitForEvent('popup');
  await ada.page.getByRole('link', { name: 'Licences of third-party software' }).click();
  const notices = await opened;
  await notices.getByText('Lucide Icons and Contributors').waitFor();
  await notices.close();
});

test('a conversation is deleted with time to undo, and for oneself only', async (t) => {
  const [ada, ben] = await twoTalking(t);
  const remove = async (): Promise<void> => {
    await ada.button('More').click();
    await ada.button('Delete conversation').click();
    await ada.item(ben.username).waitFor({ state: 'detached' });
  };
  await remove();
  await ada.button('Undo').click();
  await ada.talksTo(ben.username);
  await ada.shows(['hello Ben', 'hello Ada']);
  await remove();
  const deleted = ada.page.waitForResponse((answer) => answer.request().method() === 'DELETE');
  assert.equal((await deleted).status(), 204);
  await ada.page.reload();
  await ada.page.getByText('No conversations yet').waitFor();
  await ben.shows(['hello Ben', 'hello Ada']);
  // It comes back with the next message, without the old ones.
  await ben.write('are you there?');
  await ada.openChat(ben.username);
  await ada.shows(['are you there?']);
});
