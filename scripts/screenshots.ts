import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { openBrowser } from '../test/support/browser.ts';
import { ChatClient } from '../test/support/chat-client.ts';
import type { ChatSocket } from '../test/support/chat-socket.ts';
import { PersonPage } from '../test/support/person-page.ts';
import { ServerProcess } from '../test/support/server-process.ts';
import type { Scope } from '../test/support/temp-dir.ts';
import { main } from './command.mjs';
import { log } from './log.mjs';
import { root } from './root.mjs';

const SIZES = [
  { width: 360, height: 720 },
  { width: 768, height: 900 },
  { width: 1440, height: 900 },
];
const THEMES = ['light', 'dark'] as const;
const SHOWN_FOLDER = 'docs/screenshots';
const OTHER_FOLDER = 'test-results/screenshots';
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

/** Who said what, and how many minutes ago. */
type Line = readonly [who: string, text: string, minutesAgo: number];
/** What marta and each of the others wrote to each other. */
const TALKS: Readonly<Record<string, readonly Line[]>> = {
  'dr.weiss': [['dr.weiss', 'The results are in: all fine. See you in spring.', 3 * 1440 + 200]],
  lena: [
    ['marta', 'Did the parcel arrive?', 1440 + 95],
    ['lena', 'Yes! The blue one fits perfectly, thank you!', 1440 + 80],
  ],
  atelier: [['atelier', 'Your frame can be picked up from Thursday on, we are open until six.', 300]],
  jonas: [
    ['jonas', 'The carpenter sent the drawings: https://example.com/kitchen/drawings.pdf', 1440 + 310],
    ['marta', 'Oh, the shelf by the window is lovely.', 1440 + 302],
    ['marta', 'Can he make it ten centimetres lower? I would never reach the top board.', 1440 + 301],
    ['jonas', 'I will ask him.', 1440 + 290],
    ['jonas', 'He says yes, no extra cost. Oak or ash?', 52],
    ['marta', 'Ash. Lighter, and it goes with the table.', 47],
    [
      'jonas',
      'Good. Then he needs from us by Friday:\n\n– the exact height of the window sill\n– where the sockets go\n– who opens the door for him on Monday',
      44,
    ],
    ['marta', 'Sill is 92 cm, I measured twice. Sockets: two left, one right of the sink.', 31],
    ['marta', 'And I am at home on Monday until ten.', 30],
    ['jonas', 'Perfect, I will write to him now.', 12],
    ['marta', 'Soup tonight?', 3],
  ],
};
/** Whose last message marta has not read. */
const UNREAD = 'atelier';

const agesByText = new Map(
  Object.values(TALKS)
    .flat()
    .map(([, text, minutes]) => [text, minutes]),
);

/** The server stamps what it stores with the time of storing; for the picture the messages are as old as they say. */
const aged = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(aged);
  if (value === null || typeof value !== 'object') return value;
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, aged(each)]),
  );
  const minutes = agesByText.get(String(copy['content']));
  if (minutes === undefined) return copy;
  return { ...copy, sent_at: new Date(Date.now() - minutes * 60_000).toISOString() };
};

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

/** Everybody of the talks signs in and writes what they wrote. */
const play = async (scope: Scope, server: ServerProcess): Promise<void> => {
  const signIn = async (name: string) => {
    const client = await ChatClient.register(scope, server, name);
    return { client, socket: (await client.online()).socket };
  };
  const marta = await signIn('marta');
  const sockets: [string, ChatSocket][] = [['marta', marta.socket]];
  for (const [name, lines] of Object.entries(TALKS)) {
    const other = await signIn(name);
    sockets.push([name, other.socket]);
    for (const [who, content] of lines) {
      const [writer, reader] = who === 'marta' ? [marta, other] : [other, marta];
      const id = writer.socket.send('message', { recipient_id: reader.client.id, content });
      await writer.socket.answerTo(id);
      if (name !== UNREAD) reader.socket.send('ack', { message_id: id, status: 'read' });
      await reader.socket.roundTrip();
    }
  }
  for (const [name, socket] of sockets) {
    if (['marta', 'dr.weiss', 'atelier'].includes(name)) await socket.close();
  }
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
  await shoot(marta, 'list');
  await marta.openChat('jonas');
  await marta.bubble('Soup tonight?').waitFor();
  await shoot(marta, 'conversation');
  marta.faults.provoke(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
  await marta.context.setOffline(true);
  await marta.write('I have to go through the tunnel now');
  await marta.page.getByText('This device is offline').first().waitFor({ state: 'attached' });
  await marta.bubble('I have to go').waitFor();
  await shoot(marta, 'offline');
};

/** `npm run screenshots`: plays some talks on a server of its own and takes pictures of the web client. */
await main(async () => {
  for (const folder of [SHOWN_FOLDER, OTHER_FOLDER]) mkdirSync(join(root, folder), { recursive: true });
  await scoped(async (scope) => {
    const server = await ServerProcess.start(scope);
    await play(scope, server);
    const browser = await openBrowser(scope, { whole: true });
    for (const size of SIZES) {
      for (const theme of THEMES) {
        await scoped((inner) => shootAll(inner, browser, server, size, theme));
      }
    }
  });
});
