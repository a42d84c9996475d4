import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { BrowserContextOptions, Locator } from 'playwright-core';
import { axeFaults } from '../support/axe.ts';
import { openBrowser } from '../support/browser.ts';
import { freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { keptRows } from '../support/kept-rows.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { pictureFile, withPlace } from '../support/picture-file.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const STILL = { reducedMotion: 'reduce' } as const;

const twoPeople = async (
  t: TestContext,
  options: BrowserContextOptions = {},
  place: { readonly url: string } = server,
): Promise<readonly [PersonPage, PersonPage]> => {
  const ada = await PersonPage.signedIn(t, browser, place, freshName('ada'), STILL);
  const ben = await PersonPage.signedIn(t, browser, place, freshName('ben'), { ...STILL, ...options });
  await ben.meet(ada.username);
  await ben.write('Hello');
  await ada.openChat(ben.username);
  return [ada, ben];
};

const openSettings = async ({ page }: PersonPage): Promise<Locator> => {
  await page.keyboard.press('Control+,');
  const form = page.locator('profile-form');
  await form.locator('#name').waitFor();
  return form;
};

const save = async (form: Locator): Promise<void> => {
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Saved.').waitFor();
};

const shownPictures = (within: Locator): Locator => within.locator('person-avatar img[src^="blob:"]');

test('a name and a few words: the other person and one’s own other window see them at once, and after a reload', async (t) => {
  const [ada, ben] = await twoPeople(t);
  const other = await ada.secondTab();
  const form = await openSettings(ada);
  await form.locator('#name').fill('  Ada Lovelace ');
  await form.locator('#about').fill('Counts\nthings');
  await form.getByText('Not saved yet.').waitFor();
  await save(form);
  assert.equal(await form.locator('#name').inputValue(), 'Ada Lovelace');

  const header = ben.page.locator('conversation-header');
  await header.locator('h2', { hasText: 'Ada Lovelace' }).waitFor();
  await header.getByText(`@${ada.username}`).waitFor();
  await ben.item('Ada Lovelace').waitFor();
  assert.match(await ben.page.title(), /Ada Lovelace – Parley$/);
  assert.equal(await ben.composer.getAttribute('aria-label'), 'Message to Ada Lovelace');
  await other.page.locator('.me', { hasText: 'Ada Lovelace' }).waitFor();

  await ben.page.reload();
  await ben.talksTo('Ada Lovelace');
  await ada.page.reload();
  await ada.page.locator('.me', { hasText: 'Ada Lovelace' }).waitFor();

  // Who looks for the name finds it, with what is theirs alone beside it.
  await ben.page.keyboard.press('Control+k');
  await ben.page.locator('quick-switcher input').fill(ada.username);
  await ben.page.locator('quick-switcher [role=option]', { hasText: 'Ada Lovelace' }).waitFor();
  await ben.page.keyboard.press('Escape');
  const cleo = await PersonPage.signedIn(t, browser, server, freshName('cleo'));
  await cleo.page.keyboard.press('Control+Shift+K');
  await cleo.page.locator('new-conversation input').fill('lovel');
  const found = cleo.page.locator('new-conversation button.result', { hasText: 'Ada Lovelace' });
  await found.getByText(`@${ada.username}`).waitFor();
  await found.click();
  await cleo.talksTo('Ada Lovelace');
});

testInExtended('who somebody is: a sheet behind the name, with the keyboard too', async (t) => {
  const [ada, ben] = await twoPeople(t);
  const form = await openSettings(ada);
  await form.locator('#name').fill('Ada');
  await form.locator('#about').fill('Counts things');
  await save(form);
  await ben.talksTo('Ada');
  await ben.page.getByRole('button', { name: 'Ada', exact: true }).focus();
  await ben.page.keyboard.press('Enter');
  const sheet = ben.page.getByRole('dialog', { name: 'Profile' });
  for (const text of ['Ada', `@${ada.username}`, 'Counts things'])
    await sheet.getByText(text, { exact: true }).waitFor();
  assert.deepEqual(await axeFaults(ben.page), []);
  await ben.page.keyboard.press('Escape');
  // The browser hides a dialog, and returns the focus, before it tells the page of the end: to open it then changes nothing.
  await ben.page.locator('person-sheet').waitFor({ state: 'detached' });
  await eventually('the focus to return', async () => (await ben.focusedName()) === 'Ada');
  // While it is open, it follows; the way back closes it.
  await ben.page.keyboard.press('Enter');
  await form.locator('#about').fill('Counts everything');
  await save(form);
  await sheet.getByText('Counts everything').waitFor();
  await ben.page.goBack();
  await sheet.waitFor({ state: 'detached' });
  await ben.talksTo('Ada');
});

testInExtended('what cannot be saved says why, and stays until it is saved or undone', async (t) => {
  const [ada] = await twoPeople(t);
  const { page } = ada;
  const form = await openSettings(ada);
  const name = form.locator('#name');
  const saving = form.getByRole('button', { name: 'Save' });
  for (const [text, words] of [
    ['x'.repeat(65), 'Shorten it by 1 character'],
    ['a\u202eb', 'turns the direction of writing'],
    ['\u2060', 'nothing that can be seen'],
    ['deleted user', 'kept for deleted accounts'],
  ] as const) {
    await name.fill(text);
    await saving.click();
    await form.getByText(words).waitFor();
    assert.equal(await ada.focusedName(), 'Display name');
  }
  await name.fill('Not yet');
  ada.faults.provoke(LOST_CONNECTION);
  await ada.context.setOffline(true);
  await saving.click();
  await form.getByText('nothing was saved').waitFor();
  // It waits here while its user looks elsewhere.
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'detached' });
  await openSettings(ada);
  assert.equal(await name.inputValue(), 'Not yet');
  assert.deepEqual(await axeFaults(page), []);
  await form.getByRole('button', { name: 'Undo changes' }).click();
  assert.equal(await name.inputValue(), '');
  await ada.context.setOffline(false);
});

testInExtended(
  'a picture is cut out, sent without what the camera knew, and seen by both; then it is removed',
  async (t) => {
    const [ada, ben] = await twoPeople(t);
    const { page } = ada;
    const sent: Buffer[] = [];
    await page.route('**/users/me/avatar', async (route) => {
      const body = route.request().postDataBuffer();
      if (body !== null) sent.push(body);
      await route.continue();
    });
    let asked = 0;
    ben.page.on('request', (request) => {
      if (request.url().endsWith('/avatar')) asked += 1;
    });
    const form = await openSettings(ada);
    const photo = withPlace(await pictureFile(page, { width: 900, height: 1400, type: 'image/jpeg' }));
    await form.locator('input[type=file]').setInputFiles(photo);
    const dialog = page.getByRole('dialog', { name: 'Choose the part to show' });
    await dialog.getByRole('button', { name: 'Use picture' }).waitFor();
    assert.deepEqual(await axeFaults(page), []);
    // The focus is on the picture: down to its lower half.
    for (let n = 0; n < 8; n += 1) await page.keyboard.press('ArrowDown');
    for (let n = 0; n < 8; n += 1) await page.keyboard.press('+');
    await dialog.getByRole('button', { name: 'Use picture' }).click();
    await form.getByText('Your picture was changed.').waitFor();
    assert.equal(sent.length, 1);
    assert.ok(sent[0]!.length <= 256 * 1024);
    assert.equal(sent[0]!.includes('GPS'), false);
    await shownPictures(form).waitFor();
    await shownPictures(page.locator('.me')).waitFor();

    await shownPictures(ben.page.locator('conversation-header')).waitFor();
    await shownPictures(ben.item(ada.username)).waitFor();
    const colour = await ben.page.locator('conversation-header person-avatar img').evaluate((image) => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = 1;
      const context = canvas.getContext('2d')!;
      context.drawImage(image as HTMLImageElement, 0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    });
    assert.ok(colour[2]! > 150 && colour[0]! < 90, `the lower half: ${String(colour)}`);
    assert.equal(asked, 1, 'one request for all places');

    await form.getByRole('button', { name: 'Remove picture' }).click();
    await form.getByText('Your picture was removed.').waitFor();
    for (const person of [ada, ben])
      await shownPictures(person.page.locator('body')).waitFor({ state: 'detached' });
  },
);

testInExtended('a file that is no picture, and one that is dropped or pasted', async (t) => {
  const [ada] = await twoPeople(t);
  const { page } = ada;
  const form = await openSettings(ada);
  const text = { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') };
  await form.locator('input[type=file]').setInputFiles(text);
  await form.getByText('This is not a picture').waitFor();
  const picture = await pictureFile(page);
  const give = (how: 'drop' | 'paste', type: string): Promise<void> =>
    form.locator('profile-picture .picture').evaluate(
      (target, { how, type, bytes }) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], 'x', { type }));
        const event =
          how === 'drop'
            ? new DragEvent('drop', { dataTransfer: data, bubbles: true, composed: true, cancelable: true })
            : new ClipboardEvent('paste', {
                clipboardData: data,
                bubbles: true,
                composed: true,
                cancelable: true,
              });
        (how === 'drop' ? target : document.body).dispatchEvent(event);
      },
      { how, type, bytes: [...picture.buffer] },
    );
  const dialog = page.getByRole('dialog', { name: 'Choose the part to show' });
  for (const how of ['drop', 'paste'] as const) {
    await give(how, 'image/png');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await give(how, 'text/plain');
    await form.getByText('holds no picture').waitFor();
  }
  assert.equal(await page.locator('toast-bar', { hasText: 'can’t be sent' }).count(), 0);
});

testInExtended(
  'on a narrow screen: the longest names end in an ellipsis, and names keep their direction',
  async (t) => {
    const [ada, ben] = await twoPeople(t, { viewport: { width: 320, height: 640 } });
    const form = await openSettings(ada);
    for (const name of ['W'.repeat(64), 'أحمد بن محمد '.repeat(4).trim()]) {
      await form.locator('#name').fill(name);
      await save(form);
      await ben.page.locator('conversation-header h2', { hasText: name }).waitFor();
      const fits = await ben.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
      assert.ok(fits);
      const box = await ben.page.locator('conversation-header h2').boundingBox();
      assert.ok(box !== null && box.height < 40 && box.x + box.width <= 320);
    }
  },
);

testInExtended('offline, a new window shows the names that were known', async (t) => {
  const place = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, { serviceWorkers: 'allow' }, place);
  for (const person of [ada, ben]) person.faults.provoke(LOST_CONNECTION);
  const form = await openSettings(ada);
  await form.locator('#name').fill('Ada L.');
  await save(form);
  await ben.talksTo('Ada L.');
  await ben.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await ben.page.reload();
  await ben.talksTo('Ada L.');
  const isKept = async (): Promise<boolean> =>
    JSON.stringify(await keptRows(ben, 'chats')).includes('Ada L.');
  await eventually('the name to be on the device', isKept);
  await place.kill('SIGKILL');
  await ben.page.reload();
  await ben.talksTo('Ada L.');
  await ben.item('Ada L.').waitFor();
});
