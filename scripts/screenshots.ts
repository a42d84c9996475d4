import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { openBrowser } from '../test/support/browser.ts';
import { PersonPage } from '../test/support/person-page.ts';
import { ServerProcess } from '../test/support/server-process.ts';
import type { Scope } from '../test/support/temp-dir.ts';
import { main } from './command.mjs';
import { log } from './log.mjs';
import { root } from './root.mjs';
import { aged, play } from './screenshot-scene.ts';

const SIZES = [
  { width: 360, height: 720 },
  { width: 768, height: 900 },
  { width: 1440, height: 900 },
];
const THEMES = ['light', 'dark'] as const;
const SHOWN_FOLDER = 'docs/screenshots';
const OTHER_FOLDER = 'test-results/screenshots';
/** These come with the client. */
const MANIFEST_FOLDER = 'ui/screenshots';
/** These are shown in the README. */
const SHOWN = [
  'conversation-1440-light',
  'conversation-1440-dark',
  'list-360-light',
  'conversation-360-dark',
];

/** Where it is three in the afternoon, or two where no place is that far ahead: nobody's conversation is at night. */
const timezoneId = (() => {
  const ahead = Math.min(14, 15 - new Date().getUTCHours());
  return ahead === 0 ? 'Etc/UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${String(Math.abs(ahead))}`;
})();

const ageAnswers = (context: BrowserContext) =>
  context.route(/\/conversations(\/|\?|$)/, async (route) => {
    const response = await route.fetch();
    const json: unknown = await response.json().catch(() => null);
    await route.fulfill(json === null ? { response } : { response, json: aged(json) });
  });

/** Runs `work` in a scope that ends with it: what was opened last is closed first. */
const scoped = async (work: (scope: Scope) => Promise<void>): Promise<void> => {
  const endings: (() => void | Promise<void>)[] = [];
  try {
    await work({ after: (end) => endings.unshift(end) });
  } finally {
    for (const end of endings) await end();
  }
};

/** The conversation is there, with all that is loaded after it. */
const shownWhole = async (person: PersonPage): Promise<void> => {
  await person.bubble('Soup tonight?').waitFor();
  await person.bubble('I measured twice').locator('message-quote .who').waitFor();
  await person.bubble('Perfect').locator('message-reactions button').waitFor();
  await person
    .bubble('His new sketch')
    .locator('picture-tile img')
    .evaluate((image: HTMLImageElement) => image.decode());
  // The pointer shows no button.
  await person.page.mouse.move(1, 1);
};

/** Every state of the client in one size and theme. */
const shootAll = async (
  scope: Scope,
  browser: Browser,
  server: ServerProcess,
  viewport: (typeof SIZES)[number],
  colorScheme: (typeof THEMES)[number],
): Promise<void> => {
  const options: BrowserContextOptions = { viewport, colorScheme, timezoneId, reducedMotion: 'reduce' };
  const shoot = async (person: PersonPage, state: string): Promise<void> => {
    const name = `${state}-${String(viewport.width)}-${colorScheme}`;
    const path = join(root, SHOWN.includes(name) ? SHOWN_FOLDER : OTHER_FOLDER, `${name}.png`);
    await person.page.evaluate(() => document.fonts.ready.then(() => undefined));
    await person.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    log(path);
  };
  const username = `new.${String(viewport.width)}.${colorScheme}`;
  await shoot(await PersonPage.register(scope, browser, server, username, options), 'empty');
  const marta = await PersonPage.open(scope, browser, server, options);
  await ageAnswers(marta.context);
  await shoot(marta, 'login');
  await marta.login('marta');
  await marta.item('Jonas').locator('person-avatar img').waitFor();
  await shoot(marta, 'list');
  await marta.openChat('Jonas');
  await shownWhole(marta);
  await shoot(marta, 'conversation');
  marta.faults.provoke(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
  await marta.context.setOffline(true);
  await marta.write('I have to go through the tunnel now');
  await marta.page.getByText('This device is offline').first().waitFor({ state: 'attached' });
  await marta.bubble('I have to go').waitFor();
  await shoot(marta, 'offline');
};

/** What a browser shows before it installs the client, as WebP: a window and a phone. */
const shootForManifest = async (scope: Scope, browser: Browser, server: ServerProcess): Promise<void> => {
  const look: BrowserContextOptions = { colorScheme: 'light', timezoneId, reducedMotion: 'reduce' };
  // The policy of the client's own page allows no such pictures.
  const context = await browser.newContext();
  scope.after(() => context.close());
  const converter = await context.newPage();
  const save = async (person: PersonPage, name: string): Promise<void> => {
    const shot = (await person.page.screenshot({ animations: 'disabled', caret: 'hide' })).toString('base64');
    const webp = await converter.evaluate(async (shot) => {
      const picture = new Image();
      picture.src = `data:image/png;base64,${shot}`;
      await picture.decode();
      const canvas = Object.assign(document.createElement('canvas'), {
        width: picture.naturalWidth,
        height: picture.naturalHeight,
      });
      canvas.getContext('2d')?.drawImage(picture, 0, 0);
      return canvas.toDataURL('image/webp', 0.86).split(',')[1] ?? '';
    }, shot);
    const path = join(root, MANIFEST_FOLDER, `${name}.webp`);
    writeFileSync(path, Buffer.from(webp, 'base64'));
    log(path);
  };
  const open = async (options: BrowserContextOptions): Promise<PersonPage> => {
    const marta = await PersonPage.open(scope, browser, server, { ...look, ...options });
    await ageAnswers(marta.context);
    await marta.login('marta');
    return marta;
  };
  const wide = await open({ viewport: { width: 1280, height: 800 } });
  await wide.openChat('Jonas');
  await shownWhole(wide);
  await save(wide, 'wide');
  const narrow = await open({ viewport: { width: 360, height: 640 }, deviceScaleFactor: 2 });
  await narrow.item('Jonas').locator('person-avatar img').waitFor();
  await save(narrow, 'narrow-list');
  await narrow.openChat('Jonas');
  await shownWhole(narrow);
  await save(narrow, 'narrow-conversation');
};

/** `npm run screenshots`: plays some talks on a server of its own and takes pictures of the web client. */
await main(async () => {
  for (const folder of [SHOWN_FOLDER, OTHER_FOLDER, MANIFEST_FOLDER])
    mkdirSync(join(root, folder), { recursive: true });
  await scoped(async (scope) => {
    const server = await ServerProcess.start(scope);
    const browser = await openBrowser(scope, { whole: true });
    await play(scope, server, browser);
    await scoped((inner) => shootForManifest(inner, browser, server));
    for (const size of SIZES) {
      for (const theme of THEMES) {
        await scoped((inner) => shootAll(inner, browser, server, size, theme));
      }
    }
  });
});
