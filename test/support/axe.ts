import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds, one line each. */
export const axeFaults = async (page: Page): Promise<readonly string[]> => {
  // Otherwise it opens a window for each look, to put together what it found in frames of other origins. There are none.
  const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode().withTags(TAGS).analyze();
  assert.ok(passes.length > 10, 'axe has looked at something');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${String(failureSummary)}`),
  );
};
