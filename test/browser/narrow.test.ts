import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { throughBrokenStates, writtenTo } from '../support/broken-states.ts';
import { surrounded, TEXTS, throughEveryScreen } from '../support/every-screen.ts';
import { throughFileScreens, throughOtherScreens } from '../support/file-screens.ts';
import { REFUSED } from '../support/page-faults.ts';
import type { PersonPage } from '../support/person-page.ts';
import { isSample, testInExtended, testInFull } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

/** What reaches past the window's sides, or scrolls sideways inside it. Text for screen readers is one pixel wide and what
 *  is cut off on purpose stays inside its box, so both pass. */
const sideways = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const walk = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot !== null) walk(element.shadowRoot);
        if (!element.checkVisibility() || element.closest('.visually-hidden') !== null) continue;
        // The lines of code stay as they are, and scroll in a box of their own, which has to fit itself.
        const isCode = element.tagName === 'PRE';
        if (element.closest('pre') !== null && !isCode) continue;
        const { left, right, width } = element.getBoundingClientRect();
        const name = `${element.tagName}.${element.getAttribute('class') ?? ''}`;
        if (width > 0 && (left < -1 || right > innerWidth + 1))
          found.push(`${name} from ${left} to ${right}`);
        const scrolls = /auto|scroll/.test(getComputedStyle(element).overflowX);
        if (scrolls && !isCode && element.scrollWidth > element.clientWidth)
          found.push(`${name} scrolls sideways`);
      }
    };
    walk(document);
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
    return found;
  });

interface View {
  readonly options: BrowserContextOptions & { readonly viewport: { width: number; height: number } };
  /** As in a language that is read from right to left. */
  readonly mirrored?: boolean;
  /** Each screen once more in German with the largest text: the longest words there are. */
  readonly wordy?: boolean;
}

const VIEWS: Readonly<Record<string, View>> = {
  '320 px wide': { options: { viewport: { width: 320, height: 640 } }, wordy: true },
  // What zooming does: half the CSS pixels, each twice as large.
  '1280 px wide at 200 %': { options: { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 } },
  'right to left, 360 px wide': { options: { viewport: { width: 360, height: 720 } }, mirrored: true },
};

/** Whatever language it speaks, the page runs from right to left. */
const mirror = async ({ page, context }: PersonPage): Promise<void> => {
  await context.addInitScript(() => {
    const turn = (): void => {
      const page = document.querySelector('html');
      if (page !== null && page.dir !== 'rtl') page.dir = 'rtl';
    };
    new MutationObserver(turn).observe(document, {
      subtree: true,
      childList: true,
      attributeFilter: ['dir'],
    });
  });
  await page.reload();
  await page.locator('html[dir=rtl]').waitFor();
};

/** In place, as the settings do it; where nobody is logged in there is nothing to set. */
const prefer = async ({ page }: PersonPage, language: string, textSize: string): Promise<void> => {
  await page.locator('chat-screen').evaluate(
    (screen, detail) => {
      screen.dispatchEvent(new CustomEvent('prefer', { detail }));
    },
    { language, textSize },
  );
  await page.locator(`html[lang^=${language}]`).waitFor();
};

const assertFits = async (person: PersonPage, { wordy = false, mirrored = false }: View): Promise<void> => {
  const { page } = person;
  assert.deepEqual(await sideways(page), []);
  if (mirrored) assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
  if (!wordy || (await page.locator('chat-screen').count()) === 0) return;
  await prefer(person, 'de', 'huge');
  assert.deepEqual(await sideways(page), [], 'in German, very large');
  await prefer(person, 'en', 'normal');
};

/** The window as in that view, but for the density of its pixels. */
const turnInto = async ({ page }: PersonPage, { options, mirrored = false }: View): Promise<void> => {
  await page.setViewportSize(options.viewport);
  await page.locator('html').evaluate(
    (html, dir) => {
      html.setAttribute('dir', dir);
    },
    mirrored ? 'rtl' : 'ltr',
  );
};

/** In the sample one window goes through the screens, and is turned into each view on each of them. */
if (isSample) {
  test('narrow, enlarged or mirrored: nothing scrolls sideways on any screen', async (t) => {
    const views = Object.entries(VIEWS);
    const stage = await surrounded(t, browser, server, views[0]![1].options);
    stage.ada.faults.provoke(REFUSED);
    await throughEveryScreen(stage, async (screen) => {
      for (const [name, view] of [...views].reverse()) {
        await turnInto(stage.ada, view);
        await t.test(`${screen}, ${name}`, () => assertFits(stage.ada, view));
      }
    });
  });
}

for (const [name, view] of isSample ? [] : Object.entries(VIEWS)) {
  test(`${name}: nothing scrolls sideways on any screen`, async (t) => {
    const stage = await surrounded(t, browser, server, view.options);
    stage.ada.faults.provoke(REFUSED);
    if (view.mirrored === true) await mirror(stage.ada);
    await throughEveryScreen(stage, async (screen) => {
      await t.test(screen, () => assertFits(stage.ada, view));
    });
  });
}

testInExtended('320 and 360 px wide: nor with files, pictures and what was shared', async (t) => {
  const { ada, name, ben } = await surrounded(t, browser, server, VIEWS['320 px wide']!.options);
  await ada.login(name);
  await ada.openChat(ben);
  const look = async (screen: string): Promise<void> => {
    for (const width of [320, 360]) {
      await ada.page.setViewportSize({ width, height: 640 });
      await t.test(`${screen}, ${String(width)} px`, async () => {
        assert.deepEqual(await sideways(ada.page), []);
      });
    }
  };
  await throughFileScreens(ada, look);
  await throughOtherScreens(ada, server.url, look);
});

testInFull('320 px wide: nor where something went wrong', async (t) => {
  const view = VIEWS['320 px wide']!;
  const stage = await writtenTo(t, browser, server, view.options);
  await throughBrokenStates(stage, async (state) => {
    await t.test(state, () => assertFits(stage.ada, view));
  });
});

test('read from right to left, everything stands on the other side', async (t) => {
  const { ada, name, ben } = await surrounded(t, browser, server, {});
  await mirror(ada);
  await ada.login(name);
  await ada.openChat(ben);
  await ada.write('mine');
  const places = await ada.item(ben).evaluate((item) => {
    const box = (selector: string): DOMRect => {
      const at = item.shadowRoot?.querySelector(selector);
      const range = document.createRange();
      range.selectNodeContents(at!);
      return selector === 'person-avatar' ? at!.getBoundingClientRect() : range.getBoundingClientRect();
    };
    return { avatar: box('person-avatar'), name: box('.name'), time: box('time') };
  });
  assert.ok(places.avatar.left > places.name.right, 'the picture comes before the name');
  assert.ok(places.avatar.left - places.name.right < 24, 'and the name beside it');
  assert.ok(places.name.left > places.time.right, 'the time last');
  const bubble = await ada.bubble('mine').locator('article').boundingBox();
  const list = await ada.page.locator('message-list').boundingBox();
  const side = await ada.page.locator('aside').boundingBox();
  assert.ok(bubble!.x < list!.x + list!.width / 2, "one's own messages on the left");
  assert.ok(side!.x > list!.x, 'the list on the right');
});

testInExtended('text of another direction stays in its own place', async (t) => {
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
  const display = await ada
    .bubble('שלום')
    .locator('.text')
    .evaluate((at) => getComputedStyle(at).display);
  assert.equal(display, 'block', 'each of its lines begins on its own side');
  // In the list and in the field too.
  const inList = ada.item(ben).locator('.last bdi');
  assert.match(await inList.evaluate((at) => getComputedStyle(at).unicodeBidi), /isolate/);
  await ada.composer.fill('שלום');
  assert.equal(await ada.composer.evaluate((at) => at.matches(':dir(rtl)')), true);
});
