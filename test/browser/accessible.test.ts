import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { axeFaults } from '../support/axe.ts';
import { openBrowser } from '../support/browser.ts';
import { throughBrokenStates, writtenTo } from '../support/broken-states.ts';
import { surrounded, throughEveryScreen } from '../support/every-screen.ts';
import type { PersonPage } from '../support/person-page.ts';
import { REFUSED } from '../support/page-faults.ts';
import { isSample, scaled, testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const SCHEMES = ['light', 'dark'] as const;

let looks = 0;
/** In the sample it looks at one screen in so many. */
const EVERY = scaled({ sample: 6, extended: 3, full: 1 });
/** Looks at what is on screen in each scheme, as the system chooses it; in the sample in one of them, which takes turns. */
const lookAt = async (t: TestContext, { page }: PersonPage, screen: string): Promise<void> => {
  const turn = looks / EVERY;
  looks += 1;
  if (!Number.isInteger(turn)) return;
  for (const colorScheme of SCHEMES.filter((_, at) => !isSample || at === turn % SCHEMES.length)) {
    await t.test(`${screen}, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await axeFaults(page), []);
    });
  }
};

// No animation: a contrast measured while something fades in is nobody's.
const STILL = { reducedMotion: 'reduce' } as const;

test('axe finds nothing on any screen', async (t) => {
  const stage = await surrounded(t, browser, server, STILL);
  stage.ada.faults.provoke(REFUSED);
  await throughEveryScreen(stage, (screen) => lookAt(t, stage.ada, screen));
});

testInExtended('axe finds nothing where something went wrong', async (t) => {
  const stage = await writtenTo(t, browser, server, STILL);
  await throughBrokenStates(stage, (state) => lookAt(t, stage.ada, state));
});
