import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM_ARGS, chromiumPath, headlessShellPath } from './chromium.ts';
import { processScope } from './process-scope.ts';
import type { Scope } from './temp-dir.ts';

/** Generous: the machine may be busy with other things, and a wait ends with what it waits for. */
export const WAIT_MS = 30_000;

const shared = new Map<string, Browser>();

/** Chromium on a profile of its own. The test files of a process share it, each with contexts of its own, which are closed after the
 *  tests of the file. `whole`: with what the headless shell lacks, see `headlessShellPath`. */
export const openBrowser = async (scope: Scope, { whole = false } = {}): Promise<Browser> => {
  const path = whole ? chromiumPath() : headlessShellPath();
  const before = shared.get(path);
  const opened = before?.isConnected() === true ? before : await launch(scope, path);
  scope.after(async () => {
    await Promise.all(opened.contexts().map((context) => context.close()));
  });
  return opened;
};

const launch = async (scope: Scope, executablePath: string): Promise<Browser> => {
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] });
  processScope(scope).after(() => browser.close());
  shared.set(executablePath, browser);
  return browser;
};
