import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import type { LoadUser } from './spec.ts';

/** A real Chromium: /usr/bin/chromium, or PARLEY_CHROMIUM. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['PARLEY_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });

/** A browser with an empty cache in which somebody is signed in, whichever server its pages come from. */
export const signedInContext = async (
  browser: Browser,
  who: LoadUser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> => {
  const context = await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block', ...options });
  const session = {
    userId: who.userId,
    username: 'measured',
    accessToken: who.token,
    refreshToken: 'none',
    expiresAt: Date.now() + 80_000_000,
  };
  await context.addInitScript((text) => {
    localStorage.setItem('parley.session', text);
  }, JSON.stringify(session));
  return context;
};
