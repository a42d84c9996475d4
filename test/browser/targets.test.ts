import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { surrounded, throughEveryScreen } from '../support/every-screen.ts';
import { throughFileScreens, throughOtherScreens } from '../support/file-screens.ts';
import { REFUSED } from '../support/page-faults.ts';
import { sharedServer } from '../support/shared-server.ts';
import { smallTargets } from '../support/small-targets.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const PHONE = {
  viewport: { width: 360, height: 640 },
  hasTouch: true,
  isMobile: true,
  reducedMotion: 'reduce',
} as const;

test('on a phone, whatever can be tapped is at least 44 px high and wide, on every screen', async (t) => {
  const stage = await surrounded(t, browser, server, PHONE);
  stage.ada.faults.provoke(REFUSED);
  const look = async (screen: string): Promise<void> => {
    await t.test(screen, async () => {
      assert.deepEqual(await smallTargets(stage.ada.page), []);
    });
  };
  await throughEveryScreen(stage, look);
  await stage.ada.page.keyboard.press('Escape');
  await stage.ada.page.locator('key-sheet').waitFor({ state: 'detached' });
  await stage.ada.page.locator('conversation-header').getByRole('button', { name: 'Back' }).click();
  await stage.ada.openChat(stage.ben);
  await throughFileScreens(stage.ada, look);
  await throughOtherScreens(stage.ada, server.url, look);
});
