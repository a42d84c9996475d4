import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { openBrowser } from '../support/browser.ts';
import { throughBrokenStates, writtenTo } from '../support/broken-states.ts';
import { surrounded, throughEveryScreen } from '../support/every-screen.ts';
import type { PersonPage } from '../support/person-page.ts';
import { REFUSED } from '../support/page-faults.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });
const browser = await openBrowser({ after });

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds, one line each. */
const axe = async ({ page }: PersonPage): Promise<readonly string[]> => {
  const { violations, passes } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  assert.ok(passes.length > 10, 'axe has looked at something');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${String(failureSummary)}`),
  );
};

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any screen, ${colorScheme}`, async (t) => {
    // No animation: a contrast measured while something fades in is nobody's.
    const stage = await surrounded(t, browser, server, { colorScheme, reducedMotion: 'reduce' });
    stage.ada.faults.provoke(REFUSED);
    await throughEveryScreen(stage, async (screen) => {
      await t.test(screen, async () => {
        assert.deepEqual(await axe(stage.ada), []);
      });
    });
  });

  test(`axe finds nothing where something went wrong, ${colorScheme}`, async (t) => {
    const stage = await writtenTo(t, browser, server, { colorScheme, reducedMotion: 'reduce' });
    await throughBrokenStates(stage, async (state) => {
      await t.test(state, async () => {
        assert.deepEqual(await axe(stage.ada), []);
      });
    });
  });
}
