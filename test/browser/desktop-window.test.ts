import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { DESKTOP_PORT } from '../../server/protocol/desktop-origin.ts';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { buildDesktop } from '../support/desktop-app.ts';
import { desktopConfig } from '../support/desktop-config.ts';
import { DesktopWindow, openScreen } from '../support/desktop-window.ts';
import { eventually } from '../support/eventually.ts';
import { neutralinoBinary, neutralinoName, NOT_RUN } from '../support/neutralino-binary.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { WaitingList } from '../support/waiting-list.ts';
import type { WebKitWindow } from '../support/webkit-window.ts';

const binary = neutralinoBinary();
const skip = binary === null ? NOT_RUN : false;
if (binary === null) console.log(`${NOT_RUN} (the app in its real window)`);

const PROGRAM = neutralinoName.replace('neutralino', 'parley');

/** Lets the test look into the window; the launcher takes no flags for it. */
const inspected = (app: string): void => {
  const program = join(app, PROGRAM);
  renameSync(program, `${program}.real`);
  const flags = '--window-enable-inspector=true --window-open-inspector-on-startup=false';
  writeFileSync(program, `#!/bin/bash\nexec -a "$0" "$0.real" "$@" ${flags}\n`, { mode: 0o755 });
};

const holds = (folder: string, text: string): boolean =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      return bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le'));
    });

const stage = async (t: TestContext) => {
  const folder = tempDir(t);
  const out = join(folder, 'desktop');
  buildDesktop(out, { PARLEY_NEUTRALINO_BIN: binary ?? '' });
  const [home, tools] = [join(folder, "home of o'brien"), join(folder, 'tools')];
  for (const made of [home, tools]) mkdirSync(made);
  // What the program starts for a link and for a notification: each writes down what it got, an argument a line.
  const recorded = (tool: string): string => join(folder, `${tool}.txt`);
  for (const tool of ['xdg-open', 'notify-send']) {
    const script = `#!/bin/sh\nprintf '%s\\n' "$@" >> '${recorded(tool)}'\n`;
    writeFileSync(join(tools, tool), script, { mode: 0o755 });
  }
  const app = join(out, 'linux');
  inspected(app);
  const place = { app, home, tools, display: await openScreen(t) };
  return {
    start: (program?: string) => DesktopWindow.start(t, place, program),
    place,
    folder,
    started: (tool: string): string =>
      existsSync(recorded(tool)) ? readFileSync(recorded(tool), 'utf8') : '',
    data: join(home, 'data', desktopConfig.applicationId),
    kept: join(home, 'data', PROGRAM),
  };
};

interface Answer {
  readonly id?: string;
  readonly data?: { readonly error?: { readonly code: string } };
}

/** As another account does that wants the window's key: asks for it all the time. */
const takeKey = async (t: TestContext): Promise<{ readonly port: number; readonly token: string }> => {
  const port = DESKTOP_PORT + ((process.getuid?.() ?? 0) % 8);
  const { signal } = t;
  for (;;) {
    const script = await fetch(`http://127.0.0.1:${String(port)}/__neutralino_globals.js`).then(
      (answer) => answer.text(),
      () => '',
    );
    const [, token] = /NL_TOKEN='([^']+)'/.exec(script) ?? [];
    if (token !== undefined || signal.aborted) return { port, token: token ?? '' };
    await new Promise((resolve) => setImmediate(resolve));
  }
};

const logIn = async (page: WebKitWindow, url: string, username: string, remember = true): Promise<void> => {
  await page.fill('#address', url);
  await page.click('server-choice button[type="submit"], form button[type="submit"]', 'Use this server');
  await page.fill('#username', username);
  await page.fill('#password', PASSWORD);
  if (remember) await page.click('input[name="remember"]');
  await page.click('form button[type="submit"]', 'Log in');
  await page.shows('user-list');
  await page.gone('connection-bar .line');
};

const write = async (page: WebKitWindow, text: string): Promise<void> => {
  await page.fill('message-input textarea, textarea', text);
  await page.press('textarea', 'Enter');
};

test('log in, receive, send, lose the server, come back, quit, start again', { skip }, async (t) => {
  const server = await ServerProcess.start(t);
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const { id } = await ben.conversationWith(ada);
  const { socket } = await ben.online();
  const { start, data, kept } = await stage(t);

  const first = await start();
  const { page } = first;
  await logIn(page, server.url, ada.username);
  socket.send('message', { conversation_id: id, content: 'Good morning' });
  await page.click('user-item a, a', 'Good morning');
  await page.shows('message-bubble .text, .text', 'Good morning');
  await write(page, 'And to you');
  assert.equal((await socket.next('message')).payload.content, 'And to you');

  await server.kill();
  await page.shows('connection-bar .line, .line');
  await write(page, 'written without a server');
  await page.shows('.tick[data-state="sending"]');
  await server.restart();
  await page.gone('.tick[data-state="sending"]');
  const back = await ben.online();
  const texts = (await ben.history(id)).map(({ content }) => content);
  assert.deepEqual(texts, ['Good morning', 'And to you', 'written without a server']);
  back.socket.terminate();

  // What the page may not, it can't: the program itself refuses it.
  await page.evaluate(
    `window.refused = 'nothing'; import('/nowhere.js').catch(() => undefined);
     (() => { const socket = new WebSocket('ws://127.0.0.1:${String(first.port)}?connectToken=' +
       sessionStorage.getItem('NL_TOKEN').split('.')[1]);
       socket.onmessage = ({ data }) => { const said = JSON.parse(data);
         if (said.id === 'x') window.refused = said.data.error?.code ?? 'allowed'; };
       socket.onopen = () => { socket.send(JSON.stringify({ id: 'x', method: 'os.execCommand',
         data: { command: 'true' }, accessToken: sessionStorage.getItem('NL_TOKEN') })); }; })()`,
  );
  await page.until('the refusal', `window.refused === 'NE_RT_NATPRME'`);
  const foreign = await (
    await fetch(`http://127.0.0.1:${String(first.port)}/__neutralino_globals.js`)
  ).text();
  assert.match(foreign, /var NL_TOKEN='';/);

  assert.deepEqual(await first.quit(), { code: 0, signal: null });
  assert.equal(statSync(data).mode & 0o777, 0o700);
  assert.equal(statSync(kept).mode & 0o777, 0o700);
  assert.ok(!existsSync(join(data, '.storage')), 'the program keeps nothing of the session');
  assert.ok(existsSync(join(data, '.tmp/window_state.config.json')), 'the window is remembered');

  const second = await start();
  await second.page.click('user-item a, a', 'written without a server');
  await second.page.shows('message-bubble .text, .text', 'And to you');
  assert.deepEqual(await second.quit(), { code: 0, signal: null });
});

test('a link and a notification reach the system as text, never as commands', { skip }, async (t) => {
  const server = await ServerProcess.start(t);
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const { id } = await ben.conversationWith(ada);
  const { socket } = await ben.online();
  const { start, folder, started } = await stage(t);
  const window = await start();
  const { page } = window;
  await logIn(page, server.url, ada.username);
  // In its settings the conversation is not in sight.
  await page.evaluate(`location.hash = '#/settings'`);
  const canary = join(folder, 'canary');
  const link = `https://example.org/$(touch\${IFS}${canary})`;
  socket.send('message', { conversation_id: id, content: `<b>see</b> ${link} \`touch ${canary}\`` });
  const title = `${ben.username}\n`;
  await eventually('the notification', () => started('notify-send').includes(title));
  const shown = started('notify-send');
  assert.ok(shown.includes(`--app-name=Parley\n`), shown);
  assert.ok(shown.includes(`--\n${title}&lt;b&gt;see&lt;/b&gt; ${link}`), shown);

  await page.click('user-item a, a', 'see');
  await page.click('.text a', 'https://example.org');
  const encoded = `https://example.org/%24(touch%24%7BIFS%7D${canary})`;
  await eventually('the link to be opened', () => started('xdg-open') !== '');
  assert.equal(started('xdg-open'), `${encoded}\n`);
  assert.ok(!existsSync(canary));
  assert.equal(await page.evaluate('location.port'), String(window.port));
  await window.quit();
});

test('started without its launcher the app does not offer to stay logged in', { skip }, async (t) => {
  const server = await ServerProcess.start(t);
  const { start } = await stage(t);
  const window = await start(PROGRAM);
  const { page } = window;
  await page.fill('#address', server.url);
  await page.click('form button[type="submit"]', 'Use this server');
  await page.shows('#username');
  assert.equal(await page.has('input[name="remember"]'), false);
  await window.quit();
});

test(
  'a program that takes the key first reads nothing with it, and the window says so and closes',
  { skip },
  async (t) => {
    const { start, place } = await stage(t);
    const taking = takeKey(t);
    const window = await start();
    const { port, token } = await taking;
    assert.equal(port, window.port);
    await window.page.until(
      'the words for it',
      `document.body.textContent.includes('another program on this computer took its key first')`,
    );
    const socket = new WebSocket(`ws://127.0.0.1:${String(port)}?connectToken=${token.split('.')[1] ?? ''}`);
    const answers = new WaitingList<Answer>();
    socket.on('message', (text: Buffer) => {
      answers.add(JSON.parse(text.toString()) as Answer);
    });
    await once(socket, 'open');
    const canary = join(place.home, 'canary');
    for (const method of [
      ...[
        'os.open',
        'os.execCommand',
        'os.spawnProcess',
        'os.getEnvs',
        'os.showOpenDialog',
        'storage.getData',
      ],
      ...[
        'storage.getKeys',
        'filesystem.readFile',
        'filesystem.writeFile',
        'window.snapshot',
        'clipboard.readText',
      ],
      ...[
        'app.getConfig',
        'app.broadcast',
        'events.broadcast',
        'server.mount',
        'resources.readFile',
        'net.request',
      ],
    ]) {
      const data = {
        url: `https://e.x/$(touch '${canary}')`,
        command: `touch '${canary}'`,
        path: '/etc/passwd',
      };
      socket.send(JSON.stringify({ id: method, method, accessToken: token, data }));
      const answer = await answers.take(method, 30_000, (each) => each.id === method);
      assert.equal(answer.data?.error?.code, 'NE_RT_NATPRME', method);
    }
    socket.terminate();
    assert.ok(!existsSync(canary));
  },
);

test(
  'not remembered: closing logs out, and neither key nor message is left on the disk',
  { skip },
  async (t) => {
    const server = await ServerProcess.start(t);
    const ada = await ChatClient.register(t, server, freshName('ada'));
    const ben = await ChatClient.register(t, server, freshName('ben'));
    const { id } = await ben.conversationWith(ada);
    const { socket } = await ben.online();
    const { start, kept } = await stage(t);
    const window = await start();
    await logIn(window.page, server.url, ada.username, false);
    socket.send('message', { conversation_id: id, content: 'keep this to yourself' });
    await window.page.click('user-item a, a', 'keep this to yourself');
    await eventually('the message to be on the disk', () => holds(kept, 'keep this to yourself'), 60_000);
    assert.deepEqual(await window.quit(), { code: 0, signal: null });
    assert.ok(!holds(kept, 'keep this to yourself'));
    assert.ok(!holds(kept, 'refreshToken'));
    const { sessions } = await ada.get<{ sessions: readonly unknown[] }>('/users/me/sessions');
    assert.equal(sessions.length, 1, 'that of the test itself');
  },
);

test('a second start shows the window that is there', { skip }, async (t) => {
  const { start, place } = await stage(t);
  const window = await start();
  await window.page.shows('#address');
  const again = spawn(join(place.app, 'parley'), { env: window.env, stdio: 'ignore' });
  assert.deepEqual((await once(again, 'exit')).slice(0, 1), [0]);
  assert.deepEqual(await window.quit(), { code: 0, signal: null });
});
