import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { freshName } from '../support/chat-client.ts';
import { PersonPage } from '../support/person-page.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

test('two people register, find each other and talk; a message is sent, delivered, read', async (t) => {
  const [a, b] = [freshName('ada'), freshName('ben')];
  const ada = await PersonPage.register(t, browser, server, a);
  await ada.page.getByText('No conversations yet').waitFor();
  const ben = await PersonPage.register(t, browser, server, b);
  await ada.meet(b);
  // Nobody is there to receive: not even delivered.
  await ben.page.goto('about:blank');
  // Who has not written yet shows nothing of being here or not.
  const presence = (word: string) => ada.page.locator('conversation-header', { hasText: word });
  assert.deepEqual([await presence('last seen').count(), await presence('online').count()], [0, 0]);
  await ada.write('Good morning');
  await ada.showsState('Good morning', 'sent');
  // There, but looking at the list.
  await ben.page.goto(server.url);
  await ben.isIn();
  await ada.showsState('Good morning', 'delivered');
  await ben.item(a).locator('.count', { hasText: '1' }).waitFor();
  await ben.item(a).getByText('Good morning').waitFor();
  assert.match(await ben.page.title(), /^\(1\) /);
  await ben.openChat(a);
  await ada.showsState('Good morning', 'read');
  await ben.item(a).locator('.count').waitFor({ state: 'detached' });

  await ben.composer.pressSequentially('And');
  await ada.page.locator('conversation-header', { hasText: 'typing…' }).waitFor();
  await ben.write('And to you');
  await presence('online').waitFor();
  await ada.write('Tea?');
  const said = ['Good morning', 'And to you', 'Tea?'];
  await ada.shows(said);
  await ben.shows(said);
  await ben.showsState('And to you', 'read');

  // The time of each state, on demand.
  await ada.bubble('Good morning').locator('.meta').click();
  const details = ada.bubble('Good morning').locator('.details');
  for (const word of ['Sent', 'Delivered', 'Read']) await details.getByText(word, { exact: true }).waitFor();
  assert.deepEqual(await details.locator('dd').getByText('time not known').count(), 0);
});
