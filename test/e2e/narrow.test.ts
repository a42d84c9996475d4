import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { surrounded, TEXTS, throughEveryScreen } from '../support/every-screen.ts';
import { REFUSED } from '../support/page-faults.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });
const browser = await openBrowser({ after });

/** What reaches past the window's sides, or scrolls sideways inside it. Text for screen readers is one pixel wide and what
 *  is cut off on purpose stays inside its box, so both pass. */
const sideways = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const walk = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot !== null) walk(element.shadowRoot);
        if (!element.checkVisibility() || element.closest('.aloud') !== null) continue;
        const { left, right, width } = element.getBoundingClientRect();
        const name = `${element.tagName}.${element.getAttribute('class') ?? ''}`;
        if (width > 0 && (left < -1 || right > innerWidth + 1))
          found.push(`${name} from ${left} to ${right}`);
        const scrolls = /auto|scroll/.test(getComputedStyle(element).overflowX);
        if (scrolls && element.scrollWidth > element.clientWidth) found.push(`${name} scrolls sideways`);
      }
    };
    walk(document);
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
    return found;
  });

const WINDOWS: Readonly<Record<string, BrowserContextOptions>> = {
  '320 px wide': { viewport: { width: 320, height: 640 } },
  // What zooming does: half the CSS pixels, each twice as large.
  '1280 px wide at 200 %': { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
};

for (const [name, options] of Object.entries(WINDOWS)) {
  test(`${name}: nothing scrolls sideways on any screen`, async (t) => {
    const stage = await surrounded(t, browser, server, options);
    stage.ada.faults.provoke(REFUSED);
    await throughEveryScreen(stage, async (screen) => {
      await t.test(screen, async () => {
        assert.deepEqual(await sideways(stage.ada.page), []);
      });
    });
  });
}

test('text of another direction stays in its own place', async (t) => {
  const { ada, name, ben } = await surrounded(t, browser, server, {});
  await ada.login(name);
  await ada.openChat(ben);
  await ada.shows(TEXTS);
  const placed = await ada.page.locator('message-list message-bubble .text').evaluateAll((texts) =>
    texts.map((at) => {
      const { unicodeBidi, direction } = getComputedStyle(at);
      const [text, time] = [
        at.getBoundingClientRect(),
        at.parentElement?.querySelector('time')?.getBoundingClientRect(),
      ];
      return { unicodeBidi, direction, timeAfter: time !== undefined && time.right > text.left };
    }),
  );
  for (const { unicodeBidi, timeAfter } of placed) {
    assert.match(unicodeBidi, /plaintext|isolate/);
    assert.ok(timeAfter, 'the time keeps its side');
  }
  // Within a Hebrew text the exclamation mark stands to the left of the first letter.
  const hebrew = await ada
    .bubble('שלום')
    .locator('.text')
    .evaluate((at) => {
      const range = document.createRange();
      const text = document.createTreeWalker(at, NodeFilter.SHOW_TEXT).nextNode() as Text;
      const leftOf = (from: number): number => {
        range.setStart(text, from);
        range.setEnd(text, from + 1);
        return range.getBoundingClientRect().left;
      };
      return { first: leftOf(0), bang: leftOf(4) };
    });
  assert.ok(hebrew.first > hebrew.bang, 'read from right to left');
  // In the list and in the field too.
  const inList = ada.item(ben).locator('.last bdi');
  assert.match(await inList.evaluate((at) => getComputedStyle(at).unicodeBidi), /isolate/);
  await ada.composer.fill('שלום');
  assert.equal(await ada.composer.evaluate((at) => at.matches(':dir(rtl)')), true);
});
