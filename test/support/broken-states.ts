import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { SessionResource } from '../../server/protocol/resources/session.ts';
import { ChatClient, expectStatus, freshName, PASSWORD } from './chat-client.ts';
import { LOST_CONNECTION, REFUSED } from './page-faults.ts';
import { PersonPage } from './person-page.ts';
import type { Scope } from './temp-dir.ts';

const HISTORY = 160;

/** Ada, to whom Ben has written a lot and Cleo a line. */
export interface Stage {
  readonly ada: PersonPage;
  /** Her other device. */
  readonly phone: ChatClient;
  readonly ben: ChatClient;
  readonly cleo: ChatClient;
}

export const writtenTo = async (
  scope: Scope,
  browser: Browser,
  place: { readonly url: string; readonly socketUrl: string },
  options: BrowserContextOptions = {},
): Promise<Stage> => {
  const me = await ChatClient.register(scope, place, freshName('ada'));
  const [ben, cleo] = [
    await ChatClient.register(scope, place, freshName('ben')),
    await ChatClient.register(scope, place, freshName('cleo')),
  ];
  for (const [who, count] of [
    [ben, HISTORY],
    [cleo, 1],
  ] as const) {
    const { socket } = await who.online();
    const texts = Array.from({ length: count }, (_, at) => `message number ${String(at + 1)}`);
    const ids = texts.map((content) => socket.send('message', { recipient_id: me.id, content }));
    for (const id of ids) await socket.answerTo(id);
    socket.terminate();
  }
  const ada = await PersonPage.open(scope, browser, place, options);
  ada.faults.provoke(LOST_CONNECTION, REFUSED, /net::ERR_FAILED/);
  // Once it is live, the client loads by itself what could not be loaded before: not in the middle of what follows.
  const synced = ada.page
    .waitForEvent('websocket')
    .then((socket) =>
      socket.waitForEvent('framereceived', ({ payload }) => String(payload).includes('"type":"sync"')),
    );
  await ada.login(me.username);
  await ada.isIn();
  await synced;
  return { ada, phone: me, ben, cleo };
};

/** Leads her through what can go wrong, one thing after the other; each is said, and can be got out of. `look` is called
 *  while it is said. */
export const throughBrokenStates = async (
  { ada, phone, ben, cleo }: Stage,
  look: (state: string) => Promise<void>,
): Promise<void> => {
  const { page } = ada;
  const isNarrow = (page.viewportSize()?.width ?? 0) <= 720;
  const toList = async (): Promise<void> => {
    if (isNarrow) await page.locator('conversation-header .back').click();
  };

  // A page of messages, then a place far up, and a search: none of them comes, then each does.
  const history = /\/messages\?/;
  await page.route(history, (route) => route.abort());
  await ada.item(ben.username).locator('a').click();
  await page.getByText('Messages could not be loaded.').waitFor();
  await look('messages that could not be loaded');
  await page.unroute(history);
  await ada.button('Try again').click();
  await ada.bubble('message number 1').first().waitFor();
  await ada.button(/newest messages|new message/).click();
  await page.locator(`message-list li.row[data-seq="${String(HISTORY)}"]`).waitFor();

  await page.keyboard.press('Control+Shift+F');
  const search = /\/search\?/;
  await page.route(search, (route) => route.abort());
  await page.locator('search-panel input').fill('number 33');
  await page.locator('search-panel [role=alert]').waitFor();
  await look('a search that could not be asked');
  await page.unroute(search);
  await ada.button('Try again').click();
  const hit = page.locator('search-panel button.result', { hasText: 'number 33' });
  await hit.waitFor();
  const around = /around=/;
  await page.route(around, (route) => route.abort());
  await hit.click();
  await page.locator('message-list .pill[role=alert]').waitFor();
  await look('a place that could not be reached');
  await page.unroute(around);
  await page.locator('message-list .pill').getByRole('button', { name: 'Try again' }).click();
  await page.locator('message-list li.row[data-seq="33"].hit').waitFor();
  await toList();
  await page.locator('search-panel').getByRole('button', { name: 'Back' }).click();

  await ada.openChat(cleo.username);
  await ada.composer.fill('x'.repeat(5001));
  await page.getByText('1 too many').waitFor();
  await look('a text that is too long');

  // Offline; and when it is over, the other person is no longer there.
  await page.context().setOffline(true);
  await ada.write('too late');
  await page.locator('connection-bar', { hasText: 'This device is offline' }).waitFor();
  await ada.showsState('too late', 'sending');
  await ada.composer.fill('and then');
  await look('offline');
  expectStatus(await cleo.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
  await page.context().setOffline(false);
  await ada.showsState('too late', 'failed');
  const failed = ada.bubble('too late').locator('message-failure');
  await failed.getByText('This account was deleted').waitFor();
  await look('a message that was refused');
  await failed.getByRole('button', { name: 'Send again' }).click();
  await failed.getByText('This account was deleted').waitFor();

  await page.keyboard.press('Control+,');
  await ada.button('Log out').click();
  await page.getByText('One message was not sent yet.').waitFor();
  await look('a question before logging out');
  await ada.button('Stay logged in').click();
  await ada.button('Log out').waitFor();
  await page.keyboard.press('Escape');

  const left = page.locator('unsendable-texts');
  await left.getByText('and then').waitFor();
  await look('a text that can not be sent any more');
  await left.getByRole('button', { name: 'Discard' }).click();
  await left.waitFor({ state: 'detached' });

  await ada.openChat('Deleted User');
  await failed.getByRole('button', { name: 'Discard' }).click();
  await ada.bubble('too late').waitFor({ state: 'detached' });
  await ada.button('More').click();
  await ada.button('Delete conversation').click();
  await ada.button('Undo').waitFor();
  // A look may take longer than the offer stands.
  await look('a conversation that can be brought back');

  const { sessions } = await phone.get<{ sessions: SessionResource[] }>('/users/me/sessions');
  for (const { id } of sessions.filter(({ connected }) => connected))
    expectStatus(await phone.http('DELETE', `/users/me/sessions/${id}`), 204);
  await page.getByText('This session was ended from another device.').waitFor();
  await look('a session that was ended');
};
