import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { contentFault } from '../../server/protocol/fields.ts';
import { openBrowser } from '../support/browser.ts';
import { freshName } from '../support/chat-client.ts';
import { NAUGHTY_STRINGS, XSS_STRINGS } from '../support/naughty-strings.ts';
import { PersonPage } from '../support/person-page.ts';
import { count, scaled, testInFull } from '../support/scale.ts';
import { scrollUp } from '../support/scrolling.ts';
import { sharedServer } from '../support/shared-server.ts';

const CORPUS = [...NAUGHTY_STRINGS, ...XSS_STRINGS];
const server = await sharedServer({ after });
const browser = await openBrowser({ after });

/** One string in this many is sent, and searched for, taken from all parts of the list. A search waits until one has stopped
 *  typing, so it gets fewer. */
const SENT_ONE_IN = scaled({ sample: 10, full: 1 });
const SEARCHED_ONE_IN = scaled({ sample: 60, full: 8, long: 2 });

/** What a search shows of what it found, and where it found nobody. */
const ANSWERS = ['mark', 'time', 'span', 'p', 'invite-somebody', 'section'];

/** Line breaks at the ends of what is typed are not sent. */
const asSent = (text: string): string => text.replace(/^[\n\r\u2028\u2029]+|[\n\r\u2028\u2029]+$/g, '');

/** The names of all elements in the page, through all shadow roots. */
const elementsOf = async ({ page }: PersonPage): Promise<ReadonlySet<string>> =>
  new Set(
    await page.evaluate(() => {
      const names: string[] = [];
      const walk = (root: ParentNode): void => {
        for (const element of root.querySelectorAll('*')) {
          names.push(element.localName);
          if (element.shadowRoot !== null) walk(element.shadowRoot);
        }
      };
      walk(document);
      return names;
    }),
  );

/** Anything a script of the corpus would call tells, besides the dialog it would open. */
const alarmed = async (t: TestContext, name: string): Promise<PersonPage> => {
  const person = await PersonPage.open(t, browser, server);
  await person.context.addInitScript(() => {
    for (const call of ['alert', 'confirm', 'prompt', 'print', 'open'] as const) {
      Object.defineProperty(window, call, {
        value: () => {
          console.error(`a script has run and called ${call}`);
        },
      });
    }
  });
  await person.page.reload();
  await person.register(freshName(name));
  return person;
};

const assertNothingNew = async (person: PersonPage, known: ReadonlySet<string>): Promise<void> => {
  const now = await elementsOf(person);
  assert.deepEqual(
    // The list has buttons of its own once it is scrolled.
    [...now].filter((name) => !known.has(name) && name !== 'scroll-buttons'),
    [],
    'elements that were not there before',
  );
  person.faults.check();
};

test('the corpus as messages: shown as it was sent, and nothing else comes of it', async (t) => {
  const [ada, ben] = [await alarmed(t, 'ada'), await alarmed(t, 'ben')];
  await ada.meet(ben.username);
  await ada.write('see https://example.com');
  await ben.openChat(ada.username);
  await ada.showsState('see', 'read');
  const known = [await elementsOf(ada), await elementsOf(ben)] as const;
  const typed = [...new Set(CORPUS)].filter(
    (text, at) => at % SENT_ONE_IN === 0 && contentFault(text) === null,
  );
  const texts = typed.map(asSent);
  assert.ok(texts.length > 600 / SENT_ONE_IN, `${String(texts.length)} of the list can be messages`);
  count(t, 'S-7 messages', { texts: texts.length });
  await ada.writeAll(typed);
  const all = ['see https://example.com', ...texts];
  for (const person of [ben, ada]) {
    const newest = person.page.locator(`message-list li.row[data-seq="${String(all.length)}"]`);
    await newest.waitFor({ timeout: 300_000 });
    // Not all have rows at a time, so somebody reads them.
    assert.deepEqual((await scrollUp(person.page, 700, '1')).texts, all);
  }
  for (const [at, person] of [ada, ben].entries()) {
    await assertNothingNew(person, known[at]!);
    const within = await person.page
      .locator('message-bubble .text *')
      .evaluateAll((elements) =>
        elements.map((element) => ({ name: element.localName, href: (element as HTMLAnchorElement).href })),
      );
    for (const { name, href } of within) {
      assert.equal(name, 'a');
      assert.match(href, /^https?:\/\//);
    }
  }
  // And once more from the store: another code path renders what was loaded.
  await ben.page.reload();
  await ben.talksTo(ada.username);
  await ben.bubble(texts.at(-1)!).waitFor();
  const loaded = await ben.texts();
  assert.ok(loaded.length >= 50);
  assert.deepEqual(loaded, texts.slice(-loaded.length));
  await assertNothingNew(ben, known[1]);
});

testInFull('the corpus as names and as search terms', async (t) => {
  const [ada, ben] = [await alarmed(t, 'ada'), await alarmed(t, 'ben')];
  await ada.meet(ben.username);
  const wanted = CORPUS.filter((text, at) => at % SEARCHED_ONE_IN === 0 && contentFault(text) === null);
  // What is looked for is there to be found, so that results show it with its marks.
  await ada.writeAll(wanted);
  await ada.shows(wanted.map(asSent));
  count(t, 'S-7 searches', { texts: wanted.length, panels: 2 });
  let hits = 0;
  for (const { keys, panel } of [
    { keys: 'Control+Shift+F', panel: 'search-panel' },
    { keys: 'Control+Shift+K', panel: 'new-conversation' },
  ]) {
    await ada.page.keyboard.press(keys);
    const field = ada.page.locator(`${panel} input`);
    await field.fill(ben.username);
    await ada.page.locator(`${panel} button.result`).first().waitFor();
    const known = new Set([...(await elementsOf(ada)), ...ANSWERS]);
    for (const text of wanted) {
      const answered = ada.page.waitForResponse(/\/(search|users)\?/);
      await field.fill(text);
      await answered;
      await ada.page.locator(`${panel} .spin`).waitFor({ state: 'detached' });
      assert.equal(await field.inputValue(), text);
      hits += await ada.page.locator(`${panel} mark`).count();
      await assertNothingNew(ada, known);
    }
  }
  assert.ok(hits > wanted.length / 2, `${String(hits)} marks were shown`);
});
