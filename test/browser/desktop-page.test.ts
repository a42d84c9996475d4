import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { DESKTOP_ORIGIN } from '../../server/protocol/desktop-origin.ts';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { desktopStage, kept, logIn } from '../support/desktop-page.ts';
import { eventually } from '../support/eventually.ts';
import { NeutralinoStandIn } from '../support/neutralino-stand-in.ts';
import { REFUSED } from '../support/page-faults.ts';
import { plainServer } from '../support/plain-server.ts';
import { testInExtended, testInFull } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** The desktop's own build, on its own origin with the headers of its configuration, against a real server with its
 *  defaults: everything of the desktop app but the program around it. */
const server = await ServerProcess.start({ after });
const standIn = await NeutralinoStandIn.start({ after });
const browser = await openBrowser({ after });

const { openApp, signedIn } = desktopStage(server, standIn, browser);

test('first start: the server is asked for, remembered, and talked to from the app’s own origin', async (t) => {
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const { page } = await openApp(t);
  await page.getByRole('heading', { name: 'Which server?' }).waitFor();
  await page.getByLabel('Address of the server').fill('no address');
  await page.getByRole('button', { name: 'Use this server' }).click();
  await page.getByText('This is not a server address.').waitFor();
  await page.getByLabel('Address of the server').fill(server.url);
  await page.getByRole('button', { name: 'Use this server' }).click();
  await page.locator('#username').waitFor();
  assert.equal(await kept(page, 'server'), server.url);
  await page.getByText(`Server: ${server.url}`).waitFor();
  assert.equal(await page.evaluate('location.origin'), DESKTOP_ORIGIN);
  await logIn(page, ada.username);
});

test('messages go both ways, preflights and WebSocket from the other origin included', async (t) => {
  const { page, ben, socket, say } = await signedIn(t);
  await say('Good morning');
  await page.locator('user-item', { hasText: ben.username }).locator('a').click();
  await page.locator('message-list li.row', { hasText: 'Good morning' }).waitFor();
  await page.locator('message-input textarea').fill('And to you');
  await page.locator('message-input textarea').press('Enter');
  const { payload } = await socket.next('message');
  assert.equal(payload.content, 'And to you');
  await page.locator('message-list .tick[data-state="sent"]').first().waitFor();
  await eventually('the title to be told', () =>
    standIn.called('window.setTitle').some(({ title }) => title === `${ben.username} – Parley`),
  );
});

testInFull('a server that does not let the app in says so on the login screen', async (t) => {
  const strict = await ServerProcess.start(t, { PARLEY_ALLOWED_ORIGINS: 'https://chat.example.org' });
  const { page, faults } = await openApp(t, { server: strict.url });
  faults.provoke(/CORS policy|net::ERR_FAILED/);
  await page.locator('#username').fill('ada');
  await page.locator('#password').fill(PASSWORD);
  await page.locator('login-screen button[type="submit"]').click();
  await page.getByText('The server could not be reached.').waitFor();
});

test('every link asks for a window of its own, encoded, which the program hands to the system; this one stays', async (t) => {
  const { page, ben, say } = await signedIn(t, 'remembered');
  const opened: string[] = [];
  await page.context().route('**://example.org/**', async (route) => {
    opened.push(route.request().url());
    await route.fulfill({ body: '' });
  });
  const address = 'https://example.org/$(touch${IFS}x)';
  await say(`look: ${address} and http://example.org/b`);
  await page.locator('user-item', { hasText: ben.username }).locator('a').click();
  const links = page.locator('message-list li.row .text a');
  await links.first().click();
  await links.first().click({ button: 'middle' });
  await links.nth(1).focus();
  await page.keyboard.press('Enter');
  await eventually('the links to be opened', () => opened.length === 3);
  const encoded = 'https://example.org/%24(touch%24%7BIFS%7Dx)';
  assert.deepEqual(opened, [encoded, encoded, 'http://example.org/b']);
  assert.equal(new URL(page.url()).origin, DESKTOP_ORIGIN);
  await page.bringToFront();
  // The engine's menu would offer to open it right here; a file that is dropped would replace the client.
  const stays = await links.first().evaluate((link) => {
    const menu = new MouseEvent('contextmenu', { bubbles: true, composed: true, cancelable: true });
    const carried = new DataTransfer();
    carried.items.add(new File(['x'], 'x.html', { type: 'text/html' }));
    const drop = new DragEvent('drop', {
      bubbles: true,
      composed: true,
      cancelable: true,
      dataTransfer: carried,
    });
    return [link.dispatchEvent(menu), link.dispatchEvent(drop)];
  });
  assert.deepEqual(stays, [false, false]);
});

test('a notification shows markup as text, and a flood of messages is one notification', async (t) => {
  const { page, ben, say } = await signedIn(t, 'remembered');
  await page.keyboard.press('Control+,');
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await Promise.all(['first', 'second', '<img src=x> & more'].map((text) => say(text)));
  await page.locator('user-item', { hasText: ben.username }).locator('.count', { hasText: '3' }).waitFor();
  await eventually('a notification', () => standIn.called('os.showNotification').length > 0);
  const shown = standIn.called('os.showNotification');
  assert.equal(shown.length, 1);
  assert.equal(shown[0]?.['title'], ben.username);
  assert.equal(shown[0]['content'], '&lt;img src=x&gt; &amp; more');
});

testInExtended(
  'not remembered: nothing of the session is on any disk, and a new start asks again',
  async (t) => {
    const { page } = await signedIn(t);
    const inBrowser = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    assert.doesNotMatch(inBrowser, /refreshToken|accessToken/);
    standIn.again();
    await page.reload();
    await page.locator('#username').waitFor();
  },
);

test('remembered: a new start is signed in with a token that was renewed, and logging out forgets it', async (t) => {
  const { page, faults } = await signedIn(t, 'typed and remembered');
  faults.provoke(REFUSED);
  interface Kept {
    readonly server: string;
    readonly session: string;
  }
  const session = async (): Promise<Kept> => JSON.parse((await kept(page, 'session')) ?? '{}') as Kept;
  const token = async (): Promise<string> =>
    (JSON.parse((await session()).session) as { refreshToken: string }).refreshToken;
  const first = await token();
  // As if the access token had run out meanwhile.
  const { server: at, session: fresh } = await session();
  const stale = JSON.stringify({ ...(JSON.parse(fresh) as object), expiresAt: 0 });
  await page.evaluate(
    (text) => {
      localStorage.setItem('parley.session', text);
    },
    JSON.stringify({ server: at, session: stale }),
  );
  standIn.again();
  await page.reload();
  await page.locator('user-list nav').waitFor();
  await eventually('the token to be renewed', async () => (await token()) !== first);
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.locator('#username').waitFor();
  assert.equal(await kept(page, 'session'), null);
});

testInExtended(
  'quitting logs out who is not remembered: no session on the server, no message on the disk',
  async (t) => {
    const { page, ada, ben, say } = await signedIn(t);
    await say('Good morning');
    await page.locator('user-item', { hasText: ben.username }).locator('a').click();
    await page.locator('message-list li.row', { hasText: 'Good morning' }).waitFor();
    const databases = () => page.evaluate(() => indexedDB.databases().then(({ length }) => length));
    await eventually('the messages to be on the disk', async () => (await databases()) > 0);
    standIn.tell('windowClose');
    await eventually('the program to end', () => standIn.called('app.exit').length === 1);
    assert.equal(await databases(), 0);
    const { sessions } = await ada.get<{ sessions: readonly unknown[] }>('/users/me/sessions');
    assert.equal(sessions.length, 1, 'that of the test itself');
  },
);

testInFull('quitting keeps what was begun for the next login', async (t) => {
  const { page, ada, ben, say } = await signedIn(t);
  await say('Good morning');
  await page.locator('user-item', { hasText: ben.username }).locator('a').click();
  await page.locator('message-input textarea').fill('half a thought');
  standIn.tell('windowClose');
  await eventually('the program to end', () => standIn.called('app.exit').length === 1);
  standIn.again();
  await page.goto(standIn.url);
  await logIn(page, ada.username);
  await page.locator('user-item', { hasText: 'half a thought' }).waitFor();
});

test('closing the window ends the program; with the tray chosen it hides, and the tray brings it back', async (t) => {
  const { page } = await signedIn(t, 'remembered');
  await page.keyboard.press('Control+,');
  const box = page.getByLabel('Keep running in the system tray when the window is closed');
  await box.check();
  await eventually('the tray', () => standIn.called('os.setTray').length === 1);
  standIn.tell('windowClose');
  await eventually('the window to hide', () => standIn.called('window.hide').length === 1);
  standIn.tell('trayMenuItemClicked', { id: 'show' });
  await eventually('the window to show', () => standIn.called('window.show').length === 1);
  assert.equal(standIn.called('app.exit').length, 0);
  await box.uncheck();
  standIn.tell('windowClose');
  await eventually('the program to end', () => standIn.called('app.exit').length === 1);
});

testInExtended(
  'a box shows what was chosen while the system is slow, the last choice holds, and a refusal takes it back',
  async (t) => {
    const { page } = await signedIn(t, 'remembered');
    await page.keyboard.press('Control+,');
    const box = page.getByLabel('Keep running in the system tray when the window is closed');
    const grant = standIn.delay('os.setTray');
    await box.check();
    await eventually('the tray to be asked for', () => standIn.called('os.setTray').length === 1);
    // Whatever else is rendered meanwhile: another setting, and the whole screen.
    await page.getByLabel('Dark', { exact: true }).check();
    await page.locator('html[data-theme="dark"]').waitFor();
    assert.equal(await box.isChecked(), true);
    await box.uncheck();
    await box.check();
    await box.uncheck();
    assert.equal((await kept(page, 'preferences'))?.includes('"tray":true') ?? false, false);
    grant(true);
    await eventually('both requests', () => standIn.called('os.setTray').length === 2);
    await eventually('the last choice to be remembered', async () =>
      Boolean((await kept(page, 'preferences'))?.includes('"tray":false')),
    );
    assert.equal(await box.isChecked(), false);
    const refuse = standIn.delay('os.setTray');
    await box.check();
    await eventually('one more request', () => standIn.called('os.setTray').length === 3);
    assert.equal(await box.isChecked(), true);
    refuse(false);
    await page.getByText('no system tray').waitFor();
    await eventually('the box to go back', async () => !(await box.isChecked()));
  },
);

test('axe finds nothing on the screens that only the desktop has', async (t) => {
  const look = async (page: Page, screen: string): Promise<void> => {
    const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    assert.ok(passes.length > 5, screen);
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes.map(({ target }) => target))}`),
      [],
      screen,
    );
  };
  const { page: first } = await openApp(t);
  await first.getByRole('heading', { name: 'Which server?' }).waitFor();
  await look(first, 'server');
  const { page: door } = await openApp(t, { server: server.url });
  await door.getByLabel('Stay logged in on this computer').waitFor();
  await look(door, 'login');
  const { page } = await signedIn(t, 'remembered');
  await page.keyboard.press('Control+,');
  await page.getByRole('heading', { name: 'Window' }).waitFor();
  await look(page, 'settings');
});

test('the page talks to its server and to no other, whoever asks', async (t) => {
  const { page, faults } = await signedIn(t, 'remembered');
  faults.provoke(/CSP connect-src|Content Security Policy/);
  const elsewhere = await page.evaluate(async () => {
    const blocked = new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        resolve([effectiveDirective, blockedURI]);
      });
    });
    const answer = await fetch('http://127.0.0.1:9/steal').catch(() => null);
    return answer === null ? await blocked : answer.status;
  });
  assert.deepEqual(elsewhere, ['connect-src', 'http://127.0.0.1:9/steal']);
});

testInExtended('a second reader gets no token, and a page without one has no rights', async (t) => {
  await openApp(t);
  const again = await (await fetch(`${standIn.url}__neutralino_globals.js`)).text();
  assert.match(again, /var NL_TOKEN='';/);
  const other = await browser.newContext({ locale: 'en-GB' });
  t.after(() => other.close());
  const page = await other.newPage();
  await page.goto(standIn.url);
  await page.getByText('another program on this computer took its key first').waitFor();
  await page.getByText('This page belongs to the Parley desktop app.').waitFor();
});

testInFull('the address is asked who it is before anything is typed for it', async (t) => {
  const other = await plainServer(t);
  const { page, faults } = await openApp(t);
  faults.provoke(/net::ERR_|CORS policy/);
  const field = page.getByLabel('Address of the server');
  const use = page.getByRole('button', { name: 'Use this server' });
  const { host } = new URL(server.url);
  for (const [typed, said] of [
    ['http://127.0.0.1:9', 'Nothing answers at http://127.0.0.1:9.'],
    ['https://127.0.0.1:9', 'There is no secure connection to https://127.0.0.1:9: nothing answers there'],
    [other, `What answers at ${other} is not a Parley server`],
    [`https://${host}`, `This server answers without encryption only`],
  ] as const) {
    await field.fill(typed);
    await use.click();
    await page.getByRole('alert').filter({ hasText: said }).waitFor();
  }
  await field.fill(host);
  await use.click();
  await page.locator('#username').waitFor();
});

testInFull('another server can be chosen after logging out, without starting anew', async (t) => {
  const { page, faults } = await signedIn(t, 'typed and remembered');
  faults.provoke(REFUSED);
  const second = await ServerProcess.start(t);
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('button', { name: 'Change server' }).click();
  await page.getByLabel('Address of the server').fill(second.url);
  await page.getByRole('button', { name: 'Use this server' }).click();
  await page.getByText(`Server: ${second.url}`).waitFor();
  const cyd = await ChatClient.register(t, second, freshName('cyd'));
  await logIn(page, cyd.username);
});

testInFull('the menu of a link copies it; no menu and no key loads the page anew', async (t) => {
  const { page, ben, say } = await signedIn(t, 'remembered');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await say('see https://example.org/a?b=c');
  await page.locator('user-item', { hasText: ben.username }).locator('a').click();
  await page.locator('message-list li.row .text a').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Copy link address' }).click();
  await eventually(
    'the address to be copied',
    async () => (await page.evaluate(() => navigator.clipboard.readText())) === 'https://example.org/a?b=c',
  );
  const refused = await page.evaluate(() => {
    const init = { bubbles: true, composed: true, cancelable: true };
    return [
      document.body.dispatchEvent(new MouseEvent('contextmenu', init)),
      document.body.dispatchEvent(new KeyboardEvent('keydown', { ...init, key: 'F5' })),
      document.body.dispatchEvent(new KeyboardEvent('keydown', { ...init, key: 'r', ctrlKey: true })),
    ];
  });
  assert.deepEqual(refused, [false, false, false]);
  await page.keyboard.press('Control+=');
  assert.equal(await page.evaluate(() => document.documentElement.dataset['text']), 'large');
  await page.keyboard.press('Control+0');
  await page.keyboard.press('Control+q');
  await eventually('the program to end', () => standIn.called('app.exit').length === 1);
});
