import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';
import { main, say } from './say.mjs';

const WIDTHS = { 360: 720, 768: 900, 1440: 900 };
const THEMES = ['light', 'dark'];
/** These go to docs/screenshots, for the README; all others to test-results/screenshots. */
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

/** Who said what to marta, and how many minutes ago. */
const TALKS = {
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
const UNREAD = { atelier: 1 };

const agesByText = new Map(
  Object.values(TALKS)
    .flat()
    .map(([, text, minutes]) => [text, minutes]),
);

/** The server stamps what it stores with the time of storing; for the picture the messages are as old as they say. */
const aged = (value) => {
  if (Array.isArray(value)) return value.map(aged);
  if (value === null || typeof value !== 'object') return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, aged(each)]));
  const minutes = agesByText.get(copy.content);
  if (minutes === undefined) return copy;
  return { ...copy, sent_at: new Date(Date.now() - minutes * 60_000).toISOString() };
};

const ageAnswers = (context) =>
  context.route(/\/conversations(\/|\?|$)/, async (route) => {
    const response = await route.fetch();
    const json = await response.json().catch(() => null);
    await route.fulfill(json === null ? { response } : { response, json: aged(json) });
  });

await main(async () => {
  await prepare('tests', 'ui');
  const [{ ServerProcess }, { openBrowser }, { ChatClient }, { PersonPage }] = await Promise.all(
    ['server-process', 'browser', 'chat-client', 'person-page'].map(
      (name) => import(`../dist/test/support/${name}.js`),
    ),
  );
  const folders = [join(root, 'docs/screenshots'), join(root, 'test-results/screenshots')];
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  const endings = [];
  const scope = { after: (end) => endings.unshift(end) };
  try {
    const server = await ServerProcess.start(scope);
    const people = { marta: await ChatClient.register(scope, server, 'marta') };
    const sockets = { marta: (await people.marta.online()).socket };
    for (const [name, talk] of Object.entries(TALKS)) {
      people[name] = await ChatClient.register(scope, server, name);
      sockets[name] = (await people[name].online()).socket;
      for (const [who, content] of talk) {
        const to = people[who === 'marta' ? name : 'marta'];
        const id = sockets[who].send('message', { recipient_id: to.id, content });
        await sockets[who].answerTo(id);
        const reader = sockets[who === 'marta' ? name : 'marta'];
        if (UNREAD[name] === undefined) reader.send('ack', { message_id: id, status: 'read' });
        await reader.roundTrip();
      }
    }
    for (const name of ['marta', 'dr.weiss', 'atelier']) await sockets[name].close();
    const browser = await openBrowser(scope);
    for (const [width, height] of Object.entries(WIDTHS)) {
      for (const colorScheme of THEMES) {
        const options = {
          viewport: { width: Number(width), height },
          colorScheme,
          timezoneId,
          reducedMotion: 'reduce',
        };
        const shoot = async (person, state) => {
          const name = `${state}-${width}-${colorScheme}`;
          const path = join(folders[SHOWN.includes(name) ? 0 : 1], `${name}.png`);
          await person.page.evaluate(() => document.fonts.ready.then(() => undefined));
          await person.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
          say(path);
        };
        const shots = [];
        const one = { after: (end) => shots.unshift(end) };
        const newcomer = await PersonPage.register(
          one,
          browser,
          server,
          `new.${width}.${colorScheme}`,
          options,
        );
        await shoot(newcomer, 'empty');
        const marta = await PersonPage.open(one, browser, server, options);
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
        for (const end of shots) await end();
      }
    }
  } finally {
    for (const end of endings) await end();
  }
});
