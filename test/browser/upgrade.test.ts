import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { freePort } from '../../perf/machine/free-port.ts';
import { databasePath } from '../../server/storage/sqlite/open.ts';
import { openBrowser } from '../support/browser.ts';
import { ChatClient } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { say } from '../support/say.ts';
import { count, isSample } from '../support/scale.ts';
import { ServerProcess, type Settings } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { NotBuilt } from '../upgrade/built-commit.ts';
import { buildOldVersion, newDataDir, OldServer, refusedOldStart } from '../upgrade/old-version.ts';
import { contentOf, fill } from '../upgrade/stored-content.ts';

const browser = await openBrowser({ after });

const MESSAGES = 600;
const UPDATED = 'Parley was updated. Reload to use the new version.';
/** A server that is gone, and files of a build that is. */
const PROVOKED = /WebSocket connection to .* failed|Failed to load resource|status of (404|503)/;

/** False, and said loudly, where the old version cannot be had. */
const hasOldVersion = (t: TestContext): boolean => {
  try {
    buildOldVersion();
    return true;
  } catch (error) {
    if (!(error instanceof NotBuilt)) throw error;
    t.skip(`NOT RUN: ${error.message}`);
    return false;
  }
};

for (const { serviceWorkers, how } of [
  { serviceWorkers: 'block', how: 'without a service worker' },
  { serviceWorkers: 'allow', how: 'with its service worker' },
] as const)
  test(
    `[P1] [P4] the version before, full of data and with an open window ${how}, is upgraded, and refuses to go back`,
    { skip: isSample ? 'not run: it belongs to the whole corpora' : false },
    async (t) => {
      if (!hasOldVersion(t)) return;
      const [dataDir, port] = [newDataDir(tempDir(t)), await freePort()];
      const old = await OldServer.start(t, dataDir, port);
      const users = await fill(t, old, MESSAGES);
      const ada = await PersonPage.open(t, browser, old, { serviceWorkers });
      ada.faults.provoke(PROVOKED);
      await ada.login('ada');
      await ada.openChat('cleo');
      await ada.composer.fill('a draft for Cleo');
      await ada.openChat('ben');
      await ada.write('sent to the old server');
      await ada.showsState('sent to the old server', 'sent');
      // What the window loads while it is idle: the old version asks for it once.
      await eventually('the part that offers updates', () =>
        ada.page.evaluate(() =>
          performance.getEntriesByType('resource').some(({ name }) => name.includes('update-offer')),
        ),
      );
      if (serviceWorkers === 'allow')
        await ada.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      const before = await contentOf(t, old, users);
      await old.stop();
      const copy = join(tempDir(t), 'copy');
      cpSync(dataDir, copy, { recursive: true });
      await ada.write('written while nobody answered');
      await ada.showsState('written while nobody answered', 'sending');

      const settings: Settings = { PARLEY_PORT: String(port) };
      const server = await ServerProcess.start(t, settings, dataDir);
      await ada.showsState('written while nobody answered', 'sent');
      await ada.page.locator('connection-bar').getByText(UPDATED).waitFor();
      await checkTheRest(t, server, ada, before);
      await reloaded(ada);

      await server.kill('SIGTERM');
      const hash = (): string =>
        createHash('sha256')
          .update(readFileSync(databasePath(dataDir)))
          .digest('hex');
      const upgraded = hash();
      const { code, output } = await refusedOldStart(dataDir, port);
      assert.match(
        output,
        /has schema 5, this program knows up to 4: start a newer Parley or restore an older backup/,
      );
      assert.equal(code, 74, output);
      assert.equal(hash(), upgraded, 'the old version has changed the database that it refuses');
      await server.restart();
      await ada.isIn();
      const goneBack = await OldServer.start(t, copy, await freePort());
      assert.deepEqual(
        await contentOf(t, goneBack, users),
        before,
        'a copy of before serves the old version',
      );
      count(t, 'upgrade', { messages: MESSAGES, lost: 0, doubled: 0, 'old-window': how });
    },
  );

type Content = Awaited<ReturnType<typeof contentOf>>;

/** With the old window still open: everything is there once, and what the new server brings reaches it. */
const checkTheRest = async (
  t: TestContext,
  server: ServerProcess,
  ada: PersonPage,
  before: Content,
): Promise<void> => {
  const now = await contentOf(
    t,
    server,
    before.map(({ username }) => username),
  );
  const late = 'written while nobody answered';
  const textsOf = (content: Content): readonly string[] =>
    content.flatMap(({ username, conversations }) =>
      conversations.flatMap(({ peer, messages }) =>
        messages.map((each) => `${username} ${peer} ${each.join(' ')}`),
      ),
    );
  const [were, are] = [textsOf(before).toSorted(), textsOf(now).toSorted()];
  assert.equal(new Set(are).size, are.length);
  assert.deepEqual(
    are.filter((text) => !text.endsWith(late)),
    were,
  );
  // Once in her view of the conversation, and once in his.
  assert.equal(are.length - were.length, 2);
  assert.deepEqual(
    now.map(({ history }) => history),
    before.map(({ history }) => history),
  );
  const ben = await ChatClient.login(t, server, 'ben');
  const { users } = await ben.get<{ users: { id: string }[] }>('/users?query=ada');
  const { socket } = await ben.online();
  await say(socket, users[0] ?? { id: '' }, 'from the new server');
  await ada.bubble('from the new server').waitFor();
  await ada.write('from the old window');
  await ada.showsState('from the old window', 'sent');
  socket.terminate();
  await anyPanel(ada);
};

/** A panel of the old build opens, or the window says that it has to be reloaded: never nothing. */
const anyPanel = async (ada: PersonPage): Promise<void> => {
  for (const [open, panel] of [
    ['Search', 'search-panel'],
    ['Settings', 'settings-panel'],
  ] as const) {
    await ada.page.locator('.top').getByRole('button', { name: open }).click();
    const opened = ada.page.locator(panel);
    const missing = ada.page.locator('missing-part').getByText(UPDATED);
    await opened.or(missing).first().waitFor();
    await ada.page.keyboard.press('Escape');
  }
};

/** The new client goes on with what the old one left on the device. */
const reloaded = async (ada: PersonPage): Promise<void> => {
  await ada.page.goto(ada.page.url().replace(/#.*/, ''));
  await ada.page.reload();
  await ada.isIn();
  await ada.page.locator('connection-bar').getByText(UPDATED).waitFor({ state: 'detached' });
  await ada.openChat('ben');
  await eventually('the messages of before', async () => {
    const texts = await ada.texts();
    return ['written while nobody answered', 'from the new server', 'from the old window'].every(
      (text) => texts.filter((each) => each === text).length === 1,
    );
  });
  await ada.openChat('cleo');
  await eventually('the draft', async () => (await ada.composer.inputValue()) === 'a draft for Cleo');
};
