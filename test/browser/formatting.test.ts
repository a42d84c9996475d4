import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { BrowserContextOptions, Locator } from 'playwright-core';
import { axeFaults } from '../support/axe.ts';
import { openBrowser } from '../support/browser.ts';
import { freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const SOURCE = [
  '*bold* and _slanted_, `c*o*de` and *https://a.example/x_y_z*',
  '> quoted _words_',
  '```js',
  `const wide = '${'wide '.repeat(40)}';`,
  '```',
  'snake_case_name, 2*3*4',
].join('\n');

const twoPeople = async (
  t: TestContext,
  options: BrowserContextOptions = {},
): Promise<readonly [PersonPage, PersonPage]> => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'), options);
  const ben = await PersonPage.signedIn(t, browser, server, freshName('ben'));
  await ada.meet(ben.username);
  return [ada, ben];
};
const textOf = ({ page }: PersonPage): Locator => page.locator('message-bubble .text').last();
/** What one sees. */
const seen = (person: PersonPage): Promise<string> => textOf(person).innerText();

test('formatting is shown to both, in elements that say what they are; the marks are not', async (t) => {
  const [ada, ben] = await twoPeople(t);
  const { page } = ada;
  await ada.write(SOURCE);
  await ben.openChat(ada.username);
  for (const person of [ada, ben]) {
    const text = textOf(person);
    await text.locator('strong').first().waitFor();
    for (const [tag, words] of [
      ['strong', 'bold'],
      ['em', 'slanted'],
      ['code', 'c*o*de'],
      ['blockquote', 'quoted words'],
      ['strong a', 'https://a.example/x_y_z'],
    ] as const)
      assert.equal(await text.locator(tag).locator('visible=true').first().innerText(), words, tag);
    assert.match(await seen(person), /^bold and slanted, c\*o\*de and https:\/\/a\.example\/x_y_z\n/);
    assert.match(await seen(person), /snake_case_name, 2\*3\*4$/);
    // No line of its own for what is not shown.
    assert.doesNotMatch(await seen(person), /```|\n\n\n/);
    assert.equal(await text.textContent(), SOURCE);
  }
  // Code is as wide as its bubble, scrolled inside of it, and reached with the keyboard.
  const code = page.getByRole('region', { name: 'Code' });
  assert.ok(await code.evaluate((pre) => pre.scrollWidth > pre.clientWidth + 100));
  assert.ok(await page.locator('.scroller').evaluate((list) => list.scrollWidth <= list.clientWidth));
  await code.focus();
  await page.keyboard.press('ArrowRight');
  await eventually('the code to scroll', () => code.evaluate((pre) => pre.scrollLeft > 0));
  assert.deepEqual(await axeFaults(page), []);
});

test('in the list, in a quote and in the search the words stand without marks; copied, they have them', async (t) => {
  const [ada, ben] = await twoPeople(t, { permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = ada;
  await ada.write('say *hello* to `a_b_c`');
  await ada.item(ben.username).getByText('say hello to a_b_c').waitFor();
  await ben.item(ada.username).getByText('say hello to a_b_c').waitFor();
  // The whole message, by its menu.
  await textOf(ada).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Copy text' }).click();
  const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  await eventually('the copy', async () => (await copied()) === 'say *hello* to `a_b_c`');
  // And by a selection of all that one sees of it.
  await textOf(ada).evaluate((text) => getSelection()?.selectAllChildren(text));
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.keyboard.press('Control+c');
  await eventually('the copy', async () => (await copied()) === 'say *hello* to `a_b_c`');
  await page.evaluate(() => getSelection()?.removeAllRanges());
  await textOf(ada).hover();
  await page.locator('message-toolbar').getByRole('button', { name: 'Reply', exact: true }).click();
  await page.locator('reply-bar').getByText('say hello to a_b_c').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.top').getByRole('button', { name: 'Search' }).click();
  await page.locator('search-panel input').fill('hello');
  const hit = page.locator('search-panel .excerpt', { hasText: 'say hello to a_b_c' });
  await hit.waitFor();
  assert.equal(await hit.locator('mark').innerText(), 'hello');
});

testInExtended('a setting shows the text as it was written, at once and in every window', async (t) => {
  const [ada, ben] = await twoPeople(t);
  await ada.write('so *it* is');
  await textOf(ada).locator('strong').waitFor();
  const tab = await ada.secondTab();
  await tab.openChat(ben.username);
  await textOf(tab).locator('strong').waitFor();
  await tab.page.keyboard.press('Control+,');
  await tab.page.getByLabel('Show formatting in messages').uncheck();
  await textOf(ada).locator('strong').waitFor({ state: 'detached' });
  assert.equal(await seen(ada), 'so *it* is');
  await ada.item(ben.username).getByText('so *it* is').waitFor();
  await ada.page.reload();
  await ada.bubble('so *it* is').waitFor();
  assert.equal(await textOf(ada).locator('strong').count(), 0);
  // Then the keys are those of the browser again.
  await ada.composer.fill('word');
  await ada.composer.selectText();
  await ada.page.keyboard.press('Control+b');
  assert.equal(await ada.composer.inputValue(), 'word');
  await tab.page.getByLabel('Show formatting in messages').check();
  await textOf(ada).locator('strong').waitFor();
});

testInExtended('Ctrl+B and Ctrl+I put marks around what is selected, and undo takes them back', async (t) => {
  const [ada, ben] = await twoPeople(t);
  const { page } = ada;
  const holds = (text: string): Promise<void> =>
    eventually(`the field to hold ${text}`, async () => (await ada.composer.inputValue()) === text);
  await ada.composer.fill('one two');
  await ada.composer.evaluate((field) => {
    (field as HTMLTextAreaElement).setSelectionRange(4, 7);
  });
  await page.keyboard.press('Control+b');
  await holds('one *two*');
  await page.keyboard.press('Control+i');
  await holds('one *_two_*');
  await page.keyboard.press('Control+z');
  await holds('one *two*');
  await ada.composer.press('End');
  await page.keyboard.type(' ');
  await page.keyboard.press('Control+i');
  await holds('one *two* __');
  await page.keyboard.type('three');
  await page.keyboard.press('Enter');
  await ben.openChat(ada.username);
  await ben.page.locator('.text strong', { hasText: 'two' }).waitFor();
  assert.equal(await textOf(ben).textContent(), 'one *two* _three_');
});

testInExtended(
  'without the part that shows formatting, messages are as they were written, until it comes',
  async (t) => {
    const [ada, ben] = await twoPeople(t);
    const { page } = ada;
    await ada.write('so *it* is');
    await ada.showsState('so *it* is', 'sent');
    ada.faults.provoke(/Failed to load resource/);
    const pattern = '**/rich-text-*.js';
    await page.route(pattern, (route) => route.abort());
    await page.reload();
    await ada.talksTo(ben.username);
    await ada.bubble('so *it* is').waitFor();
    assert.equal(await seen(ada), 'so *it* is');
    assert.equal(await textOf(ada).locator('strong').count(), 0);
    await page.unroute(pattern);
    await textOf(ada).locator('strong').waitFor();
    assert.equal(await seen(ada), 'so it is');
  },
);
