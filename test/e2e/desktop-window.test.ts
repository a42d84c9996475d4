import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DESKTOP_ORIGIN } from '../../server/protocol/desktop-origin.ts';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { buildDesktop } from '../support/desktop-app.ts';
import { desktopConfig } from '../support/desktop-config.ts';
import { DesktopWindow, openScreen } from '../support/desktop-window.ts';
import { eventually } from '../support/eventually.ts';
import { neutralinoBinary, NOT_RUN } from '../support/neutralino-binary.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { WebKitWindow } from '../support/webkit-window.ts';

const binary = neutralinoBinary();
const skip = binary === null ? NOT_RUN : false;
if (binary === null) console.log(`${NOT_RUN} (the app in its real window)`);

const stage = async (t: TestContext) => {
  const folder = tempDir(t);
  const out = join(folder, 'desktop');
  buildDesktop(out, { PARLEY_NEUTRALINO_BIN: binary ?? '' });
  const [home, tools] = [join(folder, 'home'), join(folder, 'tools')];
  for (const made of [home, tools]) mkdirSync(made);
  // What the program starts for a link and for a notification: each writes down what it got, an argument a line.
  const recorded = (tool: string): string => join(folder, `${tool}.txt`);
  for (const tool of ['xdg-open', 'zenity']) {
    const script = `#!/bin/sh\nprintf '%s\\n' "$@" >> '${recorded(tool)}'\n`;
    writeFileSync(join(tools, tool), script, { mode: 0o755 });
  }
  const place = { app: join(out, 'linux'), home, tools, display: await openScreen(t) };
  return {
    start: (program?: string) => DesktopWindow.start(t, place, program),
    folder,
    started: (tool: string): string =>
      existsSync(recorded(tool)) ? readFileSync(recorded(tool), 'utf8') : '',
    data: join(home, 'data', desktopConfig.applicationId),
  };
};

const logIn = async (page: WebKitWindow, url: string, username: string): Promise<void> => {
  await page.fill('#address', url);
  await page.click('server-address button[type="submit"], form button[type="submit"]', 'Use this server');
  await page.fill('#username', username);
  await page.fill('#password', PASSWORD);
  await page.click('input[name="remember"]');
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
  const { start, data } = await stage(t);

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
     (() => { const socket = new WebSocket('ws://127.0.0.1:${String(desktopConfig.port)}?connectToken=' +
       sessionStorage.getItem('NL_TOKEN').split('.')[1]);
       socket.onmessage = ({ data }) => { const said = JSON.parse(data);
         if (said.id === 'x') window.refused = said.data.error?.code ?? 'allowed'; };
       socket.onopen = () => { socket.send(JSON.stringify({ id: 'x', method: 'os.execCommand',
         data: { command: 'true' }, accessToken: sessionStorage.getItem('NL_TOKEN') })); }; })()`,
  );
  await page.until('the refusal', `window.refused === 'NE_RT_NATPRME'`);
  const foreign = await (
    await fetch(`http://127.0.0.1:${String(desktopConfig.port)}/__neutralino_globals.js`)
  ).text();
  assert.match(foreign, /var NL_TOKEN='';/);

  assert.deepEqual(await first.quit(), { code: 0, signal: null });
  const stored = join(data, '.storage');
  assert.deepEqual(readdirSync(stored).sort(), ['server.neustorage', 'session.neustorage']);
  assert.equal(statSync(join(stored, 'session.neustorage')).mode & 0o777, 0o600);
  assert.equal(statSync(stored).mode & 0o077, 0);
  assert.ok(existsSync(join(data, '.tmp/window_state.config.json')), 'the window is remembered');

  const second = await start();
  await second.page.click('user-item a, a', 'written without a server');
  await second.page.shows('message-bubble .text, .text', 'And to you');
  const kept = readFileSync(join(stored, 'session.neustorage'), 'utf8');
  assert.ok(kept.includes(server.url));
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
  await eventually('the notification', () => started('zenity').includes(title));
  assert.ok(started('zenity').includes(`${title}&lt;b&gt;see&lt;/b&gt; ${link}`), started('zenity'));

  await page.click('user-item a, a', 'see');
  await page.click('.text a', 'https://example.org');
  const encoded = `https://example.org/%24(touch%24%7BIFS%7D${canary})`;
  await eventually('the link to be opened', () => started('xdg-open') !== '');
  assert.equal(started('xdg-open'), `${encoded}\n`);
  assert.ok(!existsSync(canary));
  assert.equal(await page.evaluate('location.origin'), DESKTOP_ORIGIN);
  await window.quit();
});

test('started without its launcher the app does not offer to stay logged in', { skip }, async (t) => {
  const server = await ServerProcess.start(t);
  const { start } = await stage(t);
  const window = await start('parley-linux_x64');
  const { page } = window;
  await page.fill('#address', server.url);
  await page.click('form button[type="submit"]', 'Use this server');
  await page.shows('#username');
  assert.equal(await page.has('input[name="remember"]'), false);
  await window.quit();
});
