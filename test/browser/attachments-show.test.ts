import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { axeFaults } from '../support/axe.ts';
import { openBrowser } from '../support/browser.ts';
import { expectStatus } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import type { PersonPage } from '../support/person-page.ts';
import { picture, receiving, type SentFile } from '../support/receiving-page.ts';
import { png } from '../support/sample-images.ts';
import { sharedServer } from '../support/shared-server.ts';
import { PHONE } from '../support/talked-to.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const STILL = { reducedMotion: 'reduce' } as const;
const REPORT: SentFile = {
  name: 'Quarterly report, second version.pdf',
  type: 'application/pdf',
  bytes: Buffer.from(`%PDF-1.7\n${'x'.repeat(300_000)}`),
};

/** The pictures of messages that are on screen, decoded. */
const shownPictures = (page: Page): Promise<number> =>
  page
    .locator('message-list picture-tile img[src^="blob:"]')
    .evaluateAll((images) => images.filter((image) => (image as HTMLImageElement).naturalWidth > 0).length);
const showsPictures = (page: Page, count: number): Promise<void> =>
  eventually(`${String(count)} pictures`, async () => (await shownPictures(page)) === count);
const tile = ({ page }: PersonPage, name: string): Locator =>
  page.locator('picture-tile').getByRole('button', { name: `Photo ${name}` });
const row = ({ page }: PersonPage, name: string): Locator =>
  page.locator('file-row').getByRole('button', { name });

/** What the browser saves after a click. */
const savedBy = async ({ page }: PersonPage, act: () => Promise<void>): Promise<[string, Buffer]> => {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  return [download.suggestedFilename(), readFileSync(await download.path())];
};

test('[G3] [G5] pictures and files come into the bubble, the list and the search, and are there after a reload', async (t) => {
  const { ada, ben, send } = await receiving(t, browser, server, STILL);
  const { page } = ada;
  await send([picture('holiday.png'), picture('lake.png', 60)], 'Look at these');
  await showsPictures(page, 2);
  await ada.item(ben.username).getByText('Look at these').waitFor();
  await send([REPORT]);
  await row(ada, `File ${REPORT.name}, 300 kB`).waitFor();
  await ada.item(ben.username).getByText(REPORT.name).waitFor();
  assert.deepEqual(await ada.texts(), ['Hello', 'Look at these'], 'no empty text');
  assert.deepEqual(await axeFaults(page), []);

  // Ben's own side goes; what he sent stays with Ada.
  const { conversations } = await ben.get<{ conversations: { id: string }[] }>('/conversations');
  expectStatus(await ben.http('DELETE', `/conversations/${conversations[0]?.id ?? ''}`), 204);
  await page.reload();
  await showsPictures(page, 2);
  const [name, bytes] = await savedBy(ada, () => row(ada, REPORT.name).click());
  assert.equal(name, REPORT.name);
  assert.deepEqual(bytes, REPORT.bytes);

  await page.keyboard.press('Control+Shift+F');
  await page.locator('search-panel input').fill('look');
  await page.locator('search-panel .carried', { hasText: '2 photos' }).waitFor();
});

test('the viewer: keys, the picture in its own size, saving, the way back, and the focus', async (t) => {
  const { ada, send } = await receiving(t, browser, server, STILL);
  const { page } = ada;
  const files = Array.from({ length: 6 }, (_, at) => picture(`p${String(at)}.png`, 40 * at));
  await send(files);
  await showsPictures(page, 4);
  await page.locator('picture-tile', { hasText: '+2' }).waitFor();
  await tile(ada, 'p3.png').click();
  const viewer = page.getByRole('dialog', { name: 'Photo' });
  await viewer.getByText('4 of 6').waitFor();
  assert.deepEqual(await axeFaults(page), []);
  await page.keyboard.press('End');
  await viewer.getByText('6 of 6').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await viewer.getByText('5 of 6').waitFor();
  await viewer.locator('img').waitFor();
  await page.keyboard.press('+');
  await viewer.getByRole('button', { name: 'Fit to the window' }).waitFor();
  await page.keyboard.press('-');
  const [name, bytes] = await savedBy(ada, () => viewer.getByRole('button', { name: 'Save' }).click());
  assert.equal(name, 'p4.png');
  assert.deepEqual(bytes, Buffer.from(files[4]!.bytes));
  await page.keyboard.press('Escape');
  await viewer.waitFor({ state: 'detached' });
  const isBack = async (): Promise<boolean> => (await ada.focusedName()).startsWith('Photo p3.png');
  await eventually('the focus to return', isBack);
  await page.keyboard.press('Enter');
  await viewer.waitFor();
  await page.goBack();
  await viewer.waitFor({ state: 'detached' });
  await eventually('the focus to return', isBack);
  await ada.talksTo('');
});

test('on a telephone: nothing moves when a picture comes, and a reply says what it is about', async (t) => {
  const { ada, ben, send } = await receiving(t, browser, server, { ...STILL, ...PHONE });
  const { page } = ada;
  const held: (() => Promise<void>)[] = [];
  await page.route('**/attachments/*', (route) => {
    held.push(() => route.continue());
  });
  await send([picture('a.png'), picture('b.png'), picture('c.png')]);
  await send([{ ...REPORT, name: `${'W'.repeat(120)}.pdf` }]);
  await eventually('the requests', () => Promise.resolve(held.length === 3));
  const places = (): Promise<readonly string[]> =>
    page.locator('message-list .row').evaluateAll((rows) =>
      rows.map((each) => {
        const { x, y, width, height } = each.getBoundingClientRect();
        return [x, y, width, height].map(Math.round).join(' ');
      }),
    );
  const before = await places();
  for (const go of held) await go();
  await showsPictures(page, 3);
  assert.deepEqual(await places(), before);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));

  await tile(ada, 'a.png').click({ button: 'right' });
  const menu = page.locator('message-menu [role=menu]');
  assert.equal(await menu.getByRole('menuitem', { name: 'Copy text' }).count(), 0);
  await menu.getByRole('menuitem', { name: 'Save all 3' }).waitFor();
  await menu.getByRole('menuitem', { name: 'Reply' }).click();
  await page.locator('reply-bar', { hasText: '3 photos' }).waitFor();
  await ada.write('Lovely');
  await ada.bubble('Lovely').locator('message-quote', { hasText: '3 photos' }).waitFor();
  await ada.item(ben.username).waitFor({ state: 'attached' });
});

test('[G5] what is gone says so; what could not be loaded comes when the connection is back', async (t) => {
  const { ada, send } = await receiving(t, browser, server, STILL);
  const { page } = ada;
  ada.faults.provoke(LOST_CONNECTION, /status of 404/);
  let answer: 'gone' | 'lost' | 'server' = 'gone';
  await page.route('**/attachments/*', async (route) => {
    if (answer === 'lost') await route.abort('connectionreset');
    else if (answer === 'server') await route.continue();
    else await route.fulfill({ status: 404, json: { code: 'not_found', status: 404 } });
  });
  await send([picture('gone.png'), REPORT]);
  await page.locator('picture-tile', { hasText: 'No longer available' }).waitFor();
  await row(ada, REPORT.name).click();
  await page.locator('file-row', { hasText: 'No longer available' }).waitFor();
  answer = 'lost';
  await send([picture('later.png')]);
  await page.locator('picture-tile', { hasText: 'Could not be loaded.' }).waitFor();
  answer = 'server';
  await tile(ada, 'later.png').click();
  await showsPictures(page, 1);
  await row(ada, REPORT.name).click();
  await page.locator('file-row', { hasText: '300 kB' }).waitFor();
});

test('a large picture is loaded when it is asked for, and a save can be stopped', async (t) => {
  const { ada, send } = await receiving(t, browser, server, STILL);
  const { page } = ada;
  const asked: string[] = [];
  page.on('request', (request) => {
    if (/\/attachments\/./.test(request.url())) asked.push(request.url());
  });
  const large = { name: 'large.png', type: 'image/png', bytes: png(30, 30, { size: 9_000_000 }) };
  await send([large]);
  await tile(ada, 'large.png').getByText('Show (9 MB)').waitFor();
  assert.deepEqual(asked, []);
  await tile(ada, 'large.png').click();
  await showsPictures(page, 1);
  assert.equal(asked.length, 1);
  let isHeld = false;
  await page.route('**/attachments/*', () => {
    isHeld = true;
  });
  await send([REPORT]);
  await row(ada, REPORT.name).click();
  await eventually('the request', () => Promise.resolve(isHeld));
  await row(ada, `Stop saving ${REPORT.name}`).click();
  await row(ada, `File ${REPORT.name}, 300 kB`).waitFor();
});
