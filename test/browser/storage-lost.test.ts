import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { keptRows } from '../support/kept-rows.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { testInExtended, testInFull } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';
import {
  bystander,
  deleteDatabase,
  dropDatabases,
  fillUp,
  holdDatabase,
  makeRoom,
  silenceTransactions,
  withoutSiteData,
} from '../support/storage-faults.ts';
import { StorageTalk } from '../support/storage-talk.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });
const NOTHING_STORED = 'Parley cannot store anything on this device at the moment.';
const LOST = 'Drafts and unsent messages are lost when you close this window.';

const open = async (t: TestContext): Promise<PersonPage> => PersonPage.open(t, browser, server);

/** A disk that is too slow at first is tried again after 5 s. */
const AGAIN_MS = 30_000;

test('site data is blocked in the settings: the client works for this window, and says what is not kept', async (t) => {
  const ada = await PersonPage.openIn(t, await withoutSiteData(t), server);
  const talk = await StorageTalk.begin(t, server, ada);
  await talk.notice(`${NOTHING_STORED} ${LOST}`);
  await talk.notice('This browser does not keep your login.');
  await talk.exchange();

  ada.faults.provoke(LOST_CONNECTION);
  await ada.context.setOffline(true);
  await ada.page
    .getByText('is sent once the device is back online, as long as this window stays open')
    .waitFor();
  await ada.write('written offline');
  await ada.showsState('written offline', 'sending');
  await ada.context.setOffline(false);
  await talk.arrives('written offline');

  const second = await ada.newWindow();
  await second.page.locator('#username').waitFor();
  await ada.button('Close').click();
  await ada.page.locator('storage-notice p').waitFor({ state: 'detached' });
  await talk.logOut();
});

testInExtended(
  'a database that does not open: after three seconds the client starts in memory, says so, and takes the database when it answers',
  async (t) => {
    const ada = await open(t);
    const talk = await StorageTalk.begin(t, server, ada);
    await talk.exchange();
    const other = await bystander(ada);
    await talk.leaveUnsent('written before', 'a draft');

    const letGo = await holdDatabase(other, `parley:${talk.userId}`);
    const later = await talk.newWindow();
    await talk.notice(NOTHING_STORED);
    await later.write('written meanwhile');
    await later.showsState('written meanwhile', 'sent');
    await letGo();
    await talk.noNotice();
    await talk.arrives('written meanwhile');
    await talk.arrives('written before');
    await eventually('the draft to be back', async () => (await later.composer.inputValue()) === 'a draft');
    await later.composer.fill('');
    await talk.logOut();
    assert.deepEqual(await talk.databases(), []);
  },
);

testInFull('a database that opens and then never answers: nothing waits for it', async (t) => {
  const ada = await open(t);
  await silenceTransactions(ada.context);
  await ada.page.reload();
  const talk = await StorageTalk.begin(t, server, ada);
  await talk.notice(NOTHING_STORED);
  await talk.exchange();
  const second = await ada.secondTab();
  await second.openChat(talk.peer.username);
  await second.shows(['hello Ada', 'hello Ben']);
  await second.page.close();
  await talk.logOut();
});

testInExtended(
  'a full disk: said, nothing is held up, and what waits is written once there is room',
  async (t) => {
    const ada = await open(t);
    const session = await fillUp(ada);
    const talk = await StorageTalk.begin(t, server, ada);
    await talk.notice(`This device has no space left for Parley. Free up some space. ${LOST}`);
    await talk.exchange();
    ada.faults.provoke(LOST_CONNECTION);
    await ada.context.setOffline(true);
    await ada.write('one');
    await ada.write('two');
    await ada.showsState('two', 'sending');
    await makeRoom(ada, session);
    const texts = async (): Promise<readonly string[]> =>
      (await keptRows<{ text: string }>(ada, 'outbox')).map(({ text }) => text);
    // Nobody touches anything: it is tried again by itself.
    const isWritten = async (): Promise<boolean> => (await texts()).join() === 'one,two';
    await eventually('the disk to take what waits', isWritten, 40_000);
    await talk.noNotice();
    await ada.context.setOffline(false);
    await talk.arrives('one');
    await talk.arrives('two');
    await ada.composer.fill('');
    await talk.logOut();
  },
);

testInExtended(
  'the database is dropped under the open window: what was written is on the device again',
  async (t) => {
    const ada = await open(t);
    const talk = await StorageTalk.begin(t, server, ada);
    await talk.exchange();
    const other = await bystander(ada);
    ada.faults.provoke(LOST_CONNECTION);
    await ada.context.setOffline(true);
    await ada.write('not sent');
    await ada.composer.fill('and a draft');
    const isKept = async (): Promise<boolean> => {
      const outbox = await keptRows<{ text: string }>(ada, 'outbox').catch(() => []);
      const drafts = await keptRows<{ text: string }>(ada, 'drafts').catch(() => []);
      const chats = await keptRows(ada, 'chats').catch(() => []);
      return (
        [...outbox, ...drafts].map(({ text }) => text).join() === 'not sent,and a draft' && chats.length === 1
      );
    };
    await eventually('all of it to be on the device', isKept);
    await dropDatabases(ada);
    await eventually('it to be there again after the browser dropped it', isKept, AGAIN_MS);
    await deleteDatabase(other);
    await eventually('it to be there again after a script deleted it', isKept, AGAIN_MS);
    assert.equal(await ada.page.locator('storage-notice').count(), 0);

    await ada.page.close();
    await ada.context.setOffline(false);
    const later = await talk.newWindow();
    await talk.arrives('not sent');
    assert.equal(await later.composer.inputValue(), 'and a draft');
    // Nobody who is logged out has anything here, whatever was written again.
    await later.composer.fill('');
    await talk.logOut();
    assert.deepEqual(await talk.databases(), []);
  },
);
