import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { HOPS } from '../../server/protocol/resources/inspector.ts';
import { axeFaults } from '../support/axe.ts';
import { openBrowser, WAIT_MS } from '../support/browser.ts';
import { ChatClient, expectStatus, freshName, PASSWORD } from '../support/chat-client.ts';
import { LOST_CONNECTION, PageFaults, REFUSED } from '../support/page-faults.ts';
import { keepSession, PersonPage } from '../support/person-page.ts';
import { say } from '../support/say.ts';
import { promote } from '../support/promote.ts';
import { isExtended, testInExtended, testInFull } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });
const browser = await openBrowser({ after });
const SECTIONS = [
  'Overview',
  'Inspector',
  'Users',
  'Invitations',
  'Backups',
  'Settings',
  'Audit log',
] as const;

const register = (name: string): Promise<ChatClient> =>
  ChatClient.register({ after }, server, freshName(name));

interface Opened {
  readonly page: Page;
  readonly faults: PageFaults;
}

interface Look {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  readonly path?: string;
}

/** The admin page, in front of whoever `client` is; null: nobody. */
const open = async (
  t: TestContext,
  client: ChatClient | null,
  { width = 1440, scheme = 'light', path = '/admin' }: Look = {},
): Promise<Opened> => {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    serviceWorkers: 'block',
  });
  context.setDefaultTimeout(WAIT_MS);
  const faults = await PageFaults.watch(context);
  t.after(async () => {
    await context.close();
    faults.check();
  });
  if (client !== null) {
    const { id: userId, username, accessToken, refreshToken } = client;
    const session = { userId, username, accessToken, refreshToken, expiresAt: Number.MAX_SAFE_INTEGER };
    await context.addInitScript(keepSession, JSON.stringify(session));
  }
  const page = await context.newPage();
  await page.goto(`${server.url}${path}`);
  return { page, faults };
};

const admin = await register('admin');
await promote(server, admin.username);
const section = (page: Page, name: string) =>
  page.getByRole('navigation').getByRole('link', { name, exact: true });

for (const { width, scheme } of [
  { width: 360, scheme: 'dark' },
  { width: 1440, scheme: 'light' },
] as const) {
  (width === 360 ? test : testInFull)(
    `every section fits in ${String(width)} px, is accessible, and asks nobody else; back returns`,
    async (t) => {
      const { page } = await open(t, admin, { width, scheme });
      const asked = new Set<string>();
      page.on('request', (request) => asked.add(new URL(request.url()).origin));
      for (const name of SECTIONS) {
        await section(page, name).click();
        await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
        await page.locator('main .card').first().waitFor();
        await page.locator('main .spin').waitFor({ state: 'detached' });
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, name);
        if (isExtended || name === 'Users' || name === 'Invitations')
          assert.deepEqual(await axeFaults(page), [], name);
      }
      await page.goBack();
      await page.getByRole('heading', { level: 1, name: 'Settings', exact: true }).waitFor();
      assert.deepEqual([...asked], [server.url]);
    },
  );
}

testInExtended(
  'a user is found by keyboard, disabled after a question, and enabled; a refused question changes nothing',
  async (t) => {
    const ada = await register('zada');
    const { page } = await open(t, admin, { path: '/admin#/users' });
    await page.getByLabel('Find by the beginning of the name').fill('zada');
    await page.getByRole('link', { name: ada.username }).focus();
    await page.keyboard.press('Enter');
    const disable = page.getByRole('button', { name: 'Disable', exact: true });
    await disable.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    if (isExtended) assert.deepEqual(await axeFaults(page), []);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expectStatus(await ada.http('GET', '/users/me'), 200);
    await disable.click();
    await dialog.getByRole('button', { name: 'Disable', exact: true }).click();
    await page.getByText(`${ada.username} is logged out everywhere`).waitFor();
    expectStatus(await ada.http('GET', '/users/me'), 401);
    await page.getByRole('button', { name: 'Enable', exact: true }).click();
    await page.getByText(`${ada.username} can log in again.`).waitFor();
    await ChatClient.login(t, server, ada.username);
    await disable.click();
    await page.goBack();
    await dialog.waitFor({ state: 'detached' });
    await page.getByLabel('Find by the beginning of the name').waitFor();
  },
);

testInExtended('an invitation and a link for a new password are shown once, and work', async (t) => {
  const ada = await register('ada');
  const { page } = await open(t, admin, { path: '/admin#/invites' });
  await page.getByLabel('For how many people').fill('0');
  await page.getByRole('button', { name: 'Make a link' }).click();
  await page.getByText('Enter a whole number').waitFor();
  await page.getByLabel('For how many people').fill('2');
  await page.getByRole('button', { name: 'Make a link' }).click();
  assert.match(
    (await page.locator('secret-link .code').textContent()) ?? '',
    new RegExp(`^${server.url}/#/invite/[0-9a-f]{32}$`),
  );
  await page.goto(`${server.url}/admin#/users/${ada.username}`);
  await page.getByRole('button', { name: 'New password' }).click();
  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = (await page.locator('secret-link .code').textContent()) ?? '';
  assert.match(link, /\/#\/reset\/[0-9a-f]{32}$/);
  await page.reload();
  await page.getByRole('heading', { name: 'Sessions' }).waitFor();
  assert.equal(await page.locator('secret-link').count(), 0);
});

test('whoever is signed out logs in and is there; who is no admin is told so; a demotion shows at the next step', async (t) => {
  const ada = await register('ada');
  const { page, faults } = await open(t, null, { path: '/admin#/audit' });
  await page.locator('login-screen #username').fill(ada.username);
  await page.locator('login-screen #password').fill(PASSWORD);
  await page.locator('login-screen button[type="submit"]').click();
  await page.getByRole('heading', { name: 'Only for admins' }).waitFor();
  if (isExtended) assert.deepEqual(await axeFaults(page), []);
  await promote(server, ada.username);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();
  faults.provoke(REFUSED);
  expectStatus(await admin.http('POST', `/admin/api/users/${ada.username}/demote`), 200);
  await section(page, 'Users').click();
  await page.getByRole('heading', { name: 'Only for admins' }).waitFor();
  await page.getByRole('button', { name: 'Log in as somebody else' }).click();
  await page.locator('login-screen').waitFor();
});

testInExtended('a session that ends shows the login, and the page continues where it was', async (t) => {
  const other = await ChatClient.login(t, server, admin.username);
  const { page, faults } = await open(t, other, { path: '/admin#/settings' });
  await page.getByText('PARLEY_REGISTRATION', { exact: true }).waitFor();
  faults.provoke(REFUSED);
  expectStatus(await other.http('POST', '/auth/logout'), 204);
  await section(page, 'Users').click();
  await page.getByText('Your session has ended').first().waitFor();
  await page.locator('login-screen #password').fill(PASSWORD);
  await page.locator('login-screen button[type="submit"]').click();
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
});

test('[A13] the path of a message is recorded by keyboard, drawn, and readable as a table; its text is nowhere', async (t) => {
  const [ada, ben] = [await register('ada'), await register('ben')];
  const [{ socket: adas }, { socket: bens }] = [await ada.online(), await ben.online()];
  const { page, faults } = await open(t, admin, { path: '/admin#/inspector', width: 360, scheme: 'dark' });
  faults.provoke(/404 .*\/admin\/api\/traces/);
  const panel = page.locator('trace-panel');
  await panel.getByLabel('Only from this user (optional)').fill('nobody.here');
  await page.keyboard.press('Enter');
  await page.getByText('There is no user with that name.').waitFor();
  await panel.getByLabel('Only from this user (optional)').fill(ada.username);
  const arm = panel.getByRole('button', { name: 'Trace the next message' });
  await arm.focus();
  await page.keyboard.press('Enter');
  await panel.getByText(`Waiting for the next message of ${ada.username}…`).waitFor();
  const cancel = panel.getByRole('button', { name: 'Cancel' });
  assert.ok(await cancel.evaluate((button) => button.matches(':focus')), 'the focus stays');
  const { payload } = await say(adas, ben, 'nobody reads this here');
  bens.send('ack', { message_id: payload.message_id, status: 'delivered' });
  await panel.getByText('The path was recorded.').waitFor();
  await panel.getByText(/^A receipt of the recipient arrived after /).waitFor();
  const rows = panel.getByRole('table', { name: /^Stations of message/ }).getByRole('row');
  assert.equal(await rows.count(), HOPS.length + 1);
  await panel.getByRole('row', { name: /^Committed writer [\d.]+\s(µs|ms)/ }).waitFor();
  assert.ok(!(await page.locator('body').innerText()).includes('nobody reads this here'));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  if (isExtended) assert.deepEqual(await axeFaults(page), []);
});

testInExtended('the threads go on by themselves after a server that did not answer', async (t) => {
  const { page, faults } = await open(t, admin, { path: '/admin#/inspector' });
  await page.getByRole('heading', { name: 'writer' }).waitFor();
  faults.provoke(LOST_CONNECTION);
  const route = '**/admin/api/threads';
  await page.route(route, (asked) => asked.abort('connectionrefused'));
  await page.getByRole('alert').waitFor();
  await page.unroute(route);
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'writer' }).waitFor();
});

testInExtended('the chat’s settings lead admins there, and nobody else', async (t) => {
  const person = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  const link = person.page.getByRole('link', { name: 'Administration' });
  await person.page.keyboard.press('Control+,');
  await person.page.locator('session-list li').first().waitFor();
  assert.equal(await link.count(), 0);
  await promote(server, person.username);
  await person.page.reload();
  await link.click();
  await person.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await person.page.getByRole('link', { name: 'To the chat' }).click();
  await person.isIn();
});

testInFull('in German', async (t) => {
  const { page } = await open(t, admin);
  await page.evaluate(() => {
    localStorage.setItem('parley.preferences', '{"language":"de"}');
  });
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
});
