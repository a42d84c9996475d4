import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM_ARGS, chromiumPath } from './chromium.ts';
import type { Scope } from './temp-dir.ts';

/** Generous: the machine may be busy with other things, and a wait ends with what it waits for. */
export const WAIT_MS = 30_000;

/** The system's Chromium on a profile of its own, closed after the tests of the file. */
export const openBrowser = async (scope: Scope): Promise<Browser> => {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS] });
  scope.after(() => browser.close());
  return browser;
};
