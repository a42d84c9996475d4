import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { keptRows } from '../support/kept-rows.ts';
import { PersonPage } from '../support/person-page.ts';
import { sharedServer } from '../support/shared-server.ts';
import { bystander, rewriteRows, upgradeDatabase } from '../support/storage-faults.ts';
import { StorageTalk } from '../support/storage-talk.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const begin = async (t: TestContext): Promise<StorageTalk> =>
  StorageTalk.begin(t, server, await PersonPage.open(t, browser, server));

test('rows of an older build, then damaged ones: the cache is fetched again, what was written stays', async (t) => {
  const talk = await begin(t);
  await talk.exchange();
  const other = await bystander(talk.window);
  await eventually(
    'the cache to be kept',
    async () => (await keptRows(talk.window, 'timelines')).length === 1,
  );
  await talk.leaveUnsent('of the older build', 'a draft');
  await rewriteRows(other, 'place', ({ cursor }: { cursor: number }) => ({ cursor }));
  await rewriteRows(other, 'chats', ({ activity: _, ...chat }: { activity: number }) => chat);
  await rewriteRows(other, 'outbox', ({ peerId: _, ...row }: { peerId: string }) => row);
  let window = await talk.newWindow();
  await talk.arrives('of the older build');
  assert.equal(await window.composer.inputValue(), 'a draft');

  await talk.leaveUnsent('damaged', 'another draft');
  await rewriteRows(other, 'chats', (chat: object) => ({
    ...chat,
    lastMessage: { text: 7 },
    peer: 'nobody',
  }));
  await rewriteRows(other, 'timelines', () => ({ messages: 'none' }));
  await rewriteRows(other, 'outbox', (row: object) => ({ ...row, id: 7, at: null, failure: undefined }));
  window = await talk.newWindow();
  await window.shows(['hello Ada', 'hello Ben', 'of the older build', 'damaged']);
  await window.showsState('damaged', 'failed');
  await window.bubble('damaged').getByText('This message was damaged on this device').waitFor();
  assert.equal(await window.composer.inputValue(), 'another draft');
  await window.bubble('damaged').getByRole('button', { name: 'Send again' }).click();
  await talk.arrives('damaged');
  await eventually('the outbox to be empty', async () => (await keptRows(window, 'outbox')).length === 0);

  // What can't be read at all stays where it is.
  await talk.leaveUnsent('unreadable', 'third draft');
  await rewriteRows(other, 'place', () => 'nowhere');
  await rewriteRows(other, 'outbox', (row: object) => ({ ...row, text: { parts: 2 } }));
  window = await talk.newWindow();
  await window.shows(['hello Ada', 'hello Ben', 'of the older build', 'damaged']);
  assert.deepEqual(
    (await keptRows<{ text: unknown }>(window, 'outbox')).map(({ text }) => text),
    [{ parts: 2 }],
  );
});

test('a newer build takes the database over: said, read, never written, and deleted with the rest', async (t) => {
  const talk = await begin(t);
  await talk.exchange();
  const { window } = talk;
  const other = await bystander(window);
  // This window does not stand in its way.
  await upgradeDatabase(other);
  await talk.notice(
    'Another version of Parley uses the storage of this device. Reload to get the newest version.',
  );
  await window.write('still sent');
  await talk.arrives('still sent');

  // What the newer build left: the rows of today, in a database that is one version up.
  await other.evaluate(
    async ({ name, peer }) => {
      const opening = indexedDB.open(name);
      await new Promise((resolve) => (opening.onsuccess = resolve));
      const tx = opening.result.transaction(['outbox', 'drafts', 'chats'], 'readwrite');
      const chat = tx.objectStore('chats').getAll();
      chat.onsuccess = () => {
        const [{ id: chatId }] = chat.result as [{ id: string }];
        const waiting = {
          id: peer.replace(/^.{8}/, '01234567'),
          chatId,
          text: 'of the newer build',
          failure: null,
        };
        tx.objectStore('outbox').add({ ...waiting, at: new Date().toISOString() });
        tx.objectStore('drafts').put({ chatId, text: 'a newer draft' });
      };
      await new Promise((resolve) => (tx.oncomplete = resolve));
      opening.result.close();
    },
    { name: `parley:${talk.userId}`, peer: talk.peer.id },
  );
  await window.page.close();
  const later = await talk.newWindow();
  await talk.notice('Another version of Parley');
  await talk.arrives('of the newer build');
  assert.equal(await later.composer.inputValue(), 'a newer draft');
  assert.deepEqual(
    (await keptRows<{ text: string }>(later, 'outbox')).map(({ text }) => text),
    ['of the newer build'],
  );
  await later.composer.fill('');
  await talk.logOut();
  assert.deepEqual(await talk.databases(), []);
});

test('localStorage: damaged settings, a full one, and one that is cleared', async (t) => {
  const person = await PersonPage.open(t, browser, server);
  const { page } = person;
  for (const damaged of ['{"theme":7,"language":{}}', 'null', '[]', '"x"', '{', '7']) {
    await page.evaluate((text) => {
      localStorage.setItem('parley.preferences', text);
    }, damaged);
    await page.reload();
    await page.locator('#username').waitFor();
  }
  await page.evaluate(() => {
    localStorage.removeItem('parley.preferences');
    for (let size = 5_300_000; size > 0; size = Math.floor(size / 2))
      try {
        for (;;) localStorage.setItem(`full ${String(localStorage.length)}`, 'x'.repeat(size));
      } catch {
        // The next piece is smaller.
      }
  });
  await page.reload();
  const talk = await StorageTalk.begin(t, server, person);
  await talk.notice('This browser does not keep your login.');
  await talk.exchange();
  await page.evaluate(() => {
    localStorage.clear();
  });
  await talk.exchangeMore('after it was cleared');
  await talk.logOut();
});
