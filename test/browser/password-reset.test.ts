import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { hashTypedCode } from '../../server/edge/auth/refresh-tokens.ts';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { operatorWrites } from '../support/operator-writes.ts';
import { REFUSED } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });
const browser = await openBrowser({ after });

const CODES = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'] as const;
const NEXT = 'Another-Horse-8';
const audit = { actor: 'root', origin: 'console' };
const [ada, cleo, gone] = [freshName('ada'), freshName('cleo'), freshName('gone')];
for (const name of [ada, cleo, gone]) await ChatClient.register({ after }, server, name);
const makeReset = (username: string, code: string) =>
  ({
    type: 'createPasswordReset',
    input: { username, codeHash: hashTypedCode(code), ttlMs: 86_400_000, audit },
  }) as const;
await operatorWrites(server, [
  makeReset(ada, CODES[0]),
  makeReset(cleo, CODES[1]),
  { type: 'setUserDisabled', input: { username: gone, disabled: true, audit } },
]);

const follow = async ({ page }: PersonPage, code: string): Promise<void> => {
  await page.goto(`${server.url}/#/reset/${code}`);
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor();
};
const choose = async ({ page }: PersonPage, password: string): Promise<void> => {
  await page.locator('reset-screen #password').fill(password);
  await page.locator('reset-screen button[type="submit"]').click();
};

test('[A10] a link from the operator leads to a new password and into the chat, once', async (t) => {
  const person = await PersonPage.open(t, browser, server);
  const { page } = person;
  await follow(person, CODES[0]);
  const field = page.locator('reset-screen #password');
  await field.waitFor();
  assert.equal(await person.focused(), 'INPUT');
  assert.equal(await field.getAttribute('autocomplete'), 'new-password');
  await choose(person, 'short');
  await page.getByText('This password does not meet all the rules.').waitFor();
  person.faults.provoke(/status of 400/);
  await choose(person, 'Password123');
  await page.getByText('The server does not accept this password.').waitFor();
  await choose(person, NEXT);
  await person.isIn();
  assert.ok(!page.url().includes(CODES[0]), 'a reload does not ask again');
  await page.reload();
  await person.isIn();
  const other = await PersonPage.open(t, browser, server);
  other.faults.provoke(REFUSED);
  await follow(other, CODES[0]);
  await choose(other, NEXT);
  await other.page.getByText('This link is not valid, or no longer valid.').waitFor();
  await other.button('Go to the login instead').click();
  await other.page.locator('#username').fill(ada);
  await other.page.locator('#password').fill(NEXT);
  await other.page.locator('login-screen button[type="submit"]').click();
  await other.isIn();
});

test('[A10] whoever is logged in in this browser logs out first, or stays', async (t) => {
  const ben = await PersonPage.register(t, browser, server, freshName('ben'));
  await follow(ben, CODES[1]);
  await ben.page.getByText(`${ben.username} is logged in here.`).waitFor();
  await ben.button('Stay logged in').click();
  await ben.isIn();
  await follow(ben, CODES[1]);
  await ben.button('Log out').click();
  await ben.page.locator('reset-screen #password').waitFor();
  await choose(ben, NEXT);
  await ben.isIn();
  await ben.page.keyboard.press('Control+,');
  await ben.page.getByText(`Logged in as ${cleo}`).waitFor();
});

test('[A9] a disabled user reads why they cannot log in', async (t) => {
  const person = await PersonPage.open(t, browser, server);
  person.faults.provoke(REFUSED);
  await person.page.locator('#username').fill(gone);
  await person.page.locator('#password').fill(PASSWORD);
  await person.page.locator('login-screen button[type="submit"]').click();
  await person.page.getByText('This account has been disabled. Ask the operator of this server.').waitFor();
});
