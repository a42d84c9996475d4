import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import type { Locator } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { PersonPage } from '../support/person-page.ts';
import { sharedServer } from '../support/shared-server.ts';
import { tempDir } from '../support/temp-dir.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const talking = async (t: TestContext): Promise<PersonPage> => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'), { reducedMotion: 'reduce' });
  await ada.meet(ben.username);
  // Files are taken once the server has said so.
  await ada.page.locator('message-input .clip').waitFor();
  return ada;
};

const chips = ({ page }: PersonPage): Locator => page.locator('draft-files li');

/** Drops what lies at these paths, as the system does it. */
const dropPaths = async ({ page }: PersonPage, files: string[]): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  const { x = 0, y = 0 } = (await page.locator('message-list').boundingBox()) ?? {};
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: x + 50, y: y + 50, data });
};

interface Transfer {
  readonly texts?: Readonly<Record<string, string>>;
  /** The name of a text file. */
  readonly file?: string;
}

/** Pastes into the field for messages. Returns whether the field gets nothing of it by itself. */
const paste = ({ composer }: PersonPage, transfer: Transfer): Promise<boolean> =>
  composer.evaluate((field, { texts = {}, file }) => {
    const data = new DataTransfer();
    for (const [type, text] of Object.entries(texts)) data.setData(type, text);
    if (file !== undefined) data.items.add(new File(['bytes'], file, { type: 'text/plain' }));
    return !field.dispatchEvent(
      new ClipboardEvent('paste', { bubbles: true, composed: true, cancelable: true, clipboardData: data }),
    );
  }, transfer);

test('a dropped folder is no file: it is said what to do, and the files beside it are taken', async (t) => {
  const ada = await talking(t);
  const place = tempDir(t);
  const [folder, file] = [join(place, 'folder'), join(place, 'beside.txt')];
  mkdirSync(folder);
  writeFileSync(join(folder, 'inside.txt'), 'inside');
  writeFileSync(file, 'beside');
  await dropPaths(ada, [folder, file]);
  await ada.page.getByText('Folders cannot be sent.', { exact: false }).waitFor();
  await chips(ada).filter({ hasText: 'beside.txt' }).waitFor();
  assert.equal(await chips(ada).count(), 1);
  await dropPaths(ada, [folder]);
  await ada.page.locator('draft-files li.uploaded').waitFor();
  assert.equal(await chips(ada).count(), 1);
});

test('files whose names a file manager gives as text besides are files; cells of a spreadsheet are text', async (t) => {
  const ada = await talking(t);
  const isTaken = async (transfer: Transfer, name: string): Promise<void> => {
    assert.equal(await paste(ada, transfer), true, `${name}: the name does not come into the field`);
    await chips(ada).filter({ hasText: name }).waitFor();
  };
  await isTaken({ texts: { 'text/plain': 'copied.txt' }, file: 'copied.txt' }, 'copied.txt');
  // One composes ä of two code points, the other does not.
  await isTaken(
    { texts: { 'text/plain': '/home/ada/Bla\u0308tter.txt\n' }, file: 'Blätter.txt' },
    'Blätter.txt',
  );
  await isTaken({ texts: { 'text/plain': 'file:///home/ada/a%20b.txt' }, file: 'a b.txt' }, 'a b.txt');
  await isTaken({ texts: { 'text/html': '<img src="x">' }, file: 'picture.txt' }, 'picture.txt');
  for (const text of ['one\ttwo', 'copied.txt and more', '100%'])
    assert.equal(await paste(ada, { texts: { 'text/plain': text }, file: 'cells.txt' }), false, text);
  assert.equal(await chips(ada).count(), 4);
});

test('a paste far beyond what a message holds becomes a file, and the window goes on at once', async (t) => {
  const ada = await talking(t);
  assert.equal(await paste(ada, { texts: { 'text/plain': 'a'.repeat(50_000) } }), false);
  const text = 'some words in a line\n'.repeat(100_000);
  assert.equal(await paste(ada, { texts: { 'text/plain': text } }), true);
  await ada.page.getByText('This text is too long for a message.', { exact: false }).waitFor();
  await ada.page.locator('draft-files li.uploaded', { hasText: 'Pasted text.txt' }).waitFor();
  assert.equal(await ada.composer.inputValue(), '');
  await ada.write('As a file');
  await ada.showsState('As a file', 'sent');
  await ada.bubble('As a file').getByText('2.1 MB').waitFor();
  await ada.page.locator('.top').getByRole('button', { name: 'New conversation' }).click();
  // More would not fit into the address that is asked for.
  assert.equal(await ada.page.locator('new-conversation input').getAttribute('maxlength'), '1000');
});

test('logging out counts a draft that has files and no text', async (t) => {
  const ada = await talking(t);
  const { page } = ada;
  const file = { name: 'kept.txt', mimeType: 'text/plain', buffer: Buffer.from('x') };
  await page.locator('message-input input[type=file]').setInputFiles(file);
  await chips(ada).filter({ hasText: 'kept.txt' }).waitFor();
  await page.keyboard.press('Control+,');
  await page.locator('log-out').getByRole('button', { name: 'Log out', exact: true }).click();
  await page.getByText('One draft is kept on this device. Logging out removes this for good.').waitFor();
});
