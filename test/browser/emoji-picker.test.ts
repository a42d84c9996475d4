import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import type { BrowserContextOptions, Locator } from 'playwright-core';
import { emoji as serverEmoji } from '../../server/protocol/emoji.ts';
import { axeFaults } from '../support/axe.ts';
import { openBrowser, WAIT_MS } from '../support/browser.ts';
import { freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { repositoryRoot } from '../support/paths.ts';
import { PersonPage } from '../support/person-page.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });
const NARROW = { viewport: { width: 360, height: 740 }, hasTouch: true } as const;

const atComposer = async (t: TestContext, options: BrowserContextOptions = {}): Promise<PersonPage> => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'), options);
  const ben = await PersonPage.signedIn(t, browser, server, freshName('ben'));
  await ada.meet(ben.username);
  return ada;
};
const picker = ({ page }: PersonPage): Locator => page.locator('emoji-dialog emoji-picker');
const open = async (person: PersonPage): Promise<void> => {
  await person.button('Insert emoji').click();
  await picker(person).locator('#flags').waitFor({ state: 'attached' });
};
const holds = (person: PersonPage, text: string): Promise<void> =>
  eventually(`the field to hold ${text}`, async () => (await person.composer.inputValue()) === text, WAIT_MS);

interface Table {
  readonly language: string;
  readonly rows: readonly { readonly emoji: string; readonly name: string; readonly toned: boolean }[];
}

test('[M4] the server takes everything that the picker offers, in every skin tone, and each has a name in both languages', () => {
  const folder = join(repositoryRoot, 'dist/ui/assets');
  const tables = readdirSync(folder).flatMap((file): Table[] => {
    const language = /^emoji-(\w\w)-.*\.json$/.exec(file)?.[1];
    if (language === undefined) return [];
    const groups = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Readonly<Record<string, string>>;
    const rows = Object.values(groups).flatMap((lines) =>
      lines.split('\n').map((line) => {
        const [emoji = '', name = '', , toned] = line.split('\t');
        return { emoji, name, toned: toned === '+' };
      }),
    );
    return [{ language, rows }];
  });
  assert.deepEqual(tables.map(({ language }) => language).sort(), ['de', 'en']);
  const [first, second] = tables as [Table, Table];
  assert.deepEqual(
    first.rows.map(({ emoji }) => emoji),
    second.rows.map(({ emoji }) => emoji),
  );
  const { rows } = first;
  assert.ok(rows.length > 1_700 && rows.filter(({ toned }) => toned).length > 250, String(rows.length));
  assert.equal(new Set(rows.map(({ emoji }) => emoji)).size, rows.length);
  for (const { emoji, toned } of rows)
    for (const tone of toned ? ['', '🏻', '🏼', '🏽', '🏾', '🏿'] : [''])
      assert.ok(
        serverEmoji.safeParse(
          tone === '' ? emoji : emoji.replace(/(\p{Emoji_Modifier_Base})\ufe0f?/gu, `$1${tone}`),
        ).success,
        emoji + tone,
      );
  for (const table of tables)
    assert.deepEqual(
      table.rows.filter(({ name }) => name.trim() === ''),
      [],
    );
});

testInExtended(
  'an emoji goes to the caret, found by its name or among its kind, with keys alone',
  async (t) => {
    const ada = await atComposer(t);
    const { page } = ada;
    await ada.composer.fill('Happy day!');
    await ada.composer.evaluate((field) => {
      (field as HTMLTextAreaElement).setSelectionRange(5, 5);
    });
    await open(ada);
    await eventually('the focus in the search', async () => (await ada.focused()) === 'INPUT', WAIT_MS);
    assert.deepEqual(await axeFaults(page), []);
    await page.keyboard.type('birthd cake');
    await picker(ada).getByRole('button', { name: 'birthday cake' }).waitFor();
    await page.keyboard.press('Enter');
    await holds(ada, 'Happy🎂 day!');
    assert.equal(await ada.focused(), 'TEXTAREA');
    // Undo knows of it, like of anything typed.
    await page.keyboard.press('Control+z');
    await holds(ada, 'Happy day!');
    // It is among those used last now.
    await open(ada);
    assert.equal(await picker(ada).locator('h3').first().innerText(), 'Recently used');
    await page.keyboard.press('ArrowDown');
    assert.equal(await ada.focusedName(), 'birthday cake');
    await page.keyboard.press('ArrowDown');
    assert.equal(await ada.focusedName(), 'grinning face');
    await page.keyboard.press('ArrowRight');
    assert.equal(await ada.focusedName(), 'grinning face with big eyes');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    assert.equal(await ada.focusedName(), 'grinning face with big eyes');
    await page.keyboard.press('Enter');
    await holds(ada, 'Happy😃 day!');
  },
);

testInExtended('kinds lead to their groups, and a skin tone is remembered', async (t) => {
  const ada = await atComposer(t);
  const { page } = ada;
  await open(ada);
  const kind = (name: string): Locator => picker(ada).locator('.kinds').getByRole('button', { name });
  await kind('Food and drink').click();
  await eventually('the group', async () => {
    const [list, heading] = await Promise.all([
      picker(ada).locator('.groups').boundingBox(),
      picker(ada).locator('#food + .group').boundingBox(),
    ]);
    return list !== null && heading !== null && Math.abs(heading.y - list.y) < 48;
  });
  assert.equal(await kind('Food and drink').getAttribute('aria-current'), 'true');
  await picker(ada).getByRole('button', { name: 'Skin tone: default' }).click();
  await picker(ada).getByRole('radio', { name: 'medium', exact: true }).click();
  await picker(ada).getByRole('button', { name: 'waving hand', exact: true }).click();
  await holds(ada, '👋🏽');
  await page.reload();
  await open(ada);
  assert.equal(await picker(ada).locator('.group .emoji').first().innerText(), '👋🏽');
  await picker(ada).getByRole('button', { name: 'Skin tone: medium' }).waitFor();
  await page.keyboard.type('thumbs up');
  await page.keyboard.press('Enter');
  await holds(ada, '👋🏽👍🏽');
  // Somebody else at this device does not learn what was used.
  await page.keyboard.press('Control+,');
  await ada.composer.fill('').catch(() => undefined);
  assert.match((await page.evaluate(() => localStorage.getItem('parley.emoji'))) ?? '', /👍🏽/u);
});

test('on a phone it is a sheet at the bottom, with buttons that a thumb can hit; in German it finds German words', async (t) => {
  const ada = await atComposer(t, NARROW);
  const { page } = ada;
  await page.evaluate(() => {
    localStorage.setItem('parley.preferences', '{"notifyAsked":true,"language":"de"}');
  });
  await page.reload();
  await ada.button('Emoji einfügen').tap();
  const box = await page.locator('emoji-dialog dialog').boundingBox();
  assert.ok(box !== null && box.x === 0 && box.width === 360 && Math.abs(box.y + box.height - 740) < 2);
  await picker(ada).locator('#flags').waitFor({ state: 'attached' });
  const first = await picker(ada).locator('.group .emoji').first().boundingBox();
  assert.ok(first !== null && first.width >= 44 && first.height >= 44);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  await picker(ada).locator('input').fill('Herz rot');
  await picker(ada).getByRole('button', { name: 'rotes Herz', exact: true }).tap();
  await holds(ada, '❤️');
  // The system's back button closes it.
  await ada.button('Emoji einfügen').tap();
  await picker(ada).waitFor();
  await page.goBack();
  await picker(ada).waitFor({ state: 'detached' });
  await page.locator('conversation-view').waitFor();
});

testInExtended('emoji that can not be loaded are said in words, and another try brings them', async (t) => {
  const ada = await atComposer(t);
  const { page } = ada;
  ada.faults.provoke(/Failed to load resource/);
  await page.route('**/emoji-en-*.json', (route) => route.abort());
  await ada.button('Insert emoji').click();
  await picker(ada).getByRole('alert').getByText('The emoji could not be loaded.').waitFor();
  await page.unroute('**/emoji-en-*.json');
  await picker(ada).getByRole('button', { name: 'Try again' }).click();
  await picker(ada).getByRole('button', { name: 'grinning face', exact: true }).click();
  await holds(ada, '😀');
});

testInExtended('without the part of the picker there is a sentence below the field', async (t) => {
  const ada = await atComposer(t);
  const { page } = ada;
  ada.faults.provoke(/Failed to load resource/);
  await page.route('**/emoji-dialog-*.js', (route) => route.abort());
  await ada.button('Insert emoji').click();
  const sentence = page.locator('message-input [role=alert]');
  await sentence.getByText('This part of Parley could not be loaded.').waitFor();
  await page.unroute('**/emoji-dialog-*.js');
  await open(ada);
  assert.equal(await sentence.count(), 0);
});
