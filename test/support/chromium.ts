import { accessSync, constants } from 'node:fs';
import { env } from 'node:process';

const SHELL = '/usr/bin/chromium-headless-shell';
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Absent or not ours to run: the next place may do.
  }
};

/** The browser of the browser tests. Throws one sentence that says what to install: a browser test that can't run has failed. */
export const chromiumPath = (): string => {
  const named = env['PARLEY_CHROMIUM'];
  const found = (named === undefined || named === '' ? PLACES : [named]).find(isExecutable);
  if (found === undefined) {
    throw new Error(
      named === undefined || named === ''
        ? 'The browser tests need Chromium: apt-get install -y chromium, or set PARLEY_CHROMIUM to its path.'
        : `PARLEY_CHROMIUM names ${named}, which is not a program that can be run.`,
    );
  }
  return found;
};

/** Chromium without windows, where it is installed: most tests cost a fourth less of the processor in it. It has no notifications and
 *  no settings for sites. Elsewhere, and with PARLEY_CHROMIUM, the whole browser. */
export const headlessShellPath = (): string =>
  (env['PARLEY_CHROMIUM'] ?? '') === '' && isExecutable(SHELL) ? SHELL : chromiumPath();

/** What Playwright turns off by itself (its chromiumSwitches.ts). Chromium heeds the last list only, so ours repeats it. */
const DISABLED_BY_PLAYWRIGHT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
] as const;

/** The menu of the address bar, which is a page of its own: every window loads it, which costs as much as the client does. */
const ADDRESS_BAR_MENU = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'] as const;

/** A process that is kept ready for the next page of another site. Each page here has a context of its own. */
const SPARE_PROCESS = ['SpareRendererForSitePerProcess'] as const;

/** Flags for a browser that starts as root, reaches nothing by itself and leaves nothing behind. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${[...DISABLED_BY_PLAYWRIGHT, ...ADDRESS_BAR_MENU, ...SPARE_PROCESS].join(',')}`,
] as const;
