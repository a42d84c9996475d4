import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { openBrowser, WAIT_MS } from '../support/browser.ts';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { REFUSED } from '../support/page-faults.ts';
import { operatorEntry } from '../support/paths.ts';
import { PersonPage } from '../support/person-page.ts';
import { testInExtended, testInFull } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const inviting = await ServerProcess.start({ after }, { PARLEY_REGISTRATION: 'invite' });
const browser = await openBrowser({ after });

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;

/** Name, state and description of the field that has the focus, as a screen reader has them. */
const focusedField = (page: Page): Promise<{ id: string; invalid: string | null; described: string }> =>
  page.locator('login-screen').evaluate((screen) => {
    const field = screen.shadowRoot?.activeElement;
    const ids = field?.getAttribute('aria-describedby')?.split(' ') ?? [];
    const described = ids.map((id) => screen.shadowRoot?.getElementById(id)?.textContent ?? '').join(' ');
    return { id: field?.id ?? '', invalid: field?.getAttribute('aria-invalid') ?? null, described };
  });

const submit = (page: Page): Promise<void> => page.locator('login-screen button[type="submit"]').click();

/** The field has the focus, is marked, and is described by that fault. */
const isRefused = async (page: Page, id: string, words: RegExp): Promise<void> => {
  await page.locator(`#${id}-fault`, { hasText: words }).waitFor();
  await eventually('the focus on the field', async () => (await focusedField(page)).id === id, WAIT_MS);
  const { invalid, described } = await focusedField(page);
  assert.equal(invalid, 'true');
  assert.match(described, words);
};

test('an open server asks for no code, and each fault stands at its field', async (t) => {
  const taken = await ChatClient.register(t, server, freshName('ada'));
  const person = await PersonPage.open(t, browser, server);
  const { page } = person;
  person.faults.provoke(/status of (400|401|409)/);
  await page.getByText('Forgot your password?').click();
  await page.getByText('Ask the operator of this server for help').waitFor();

  await page.locator('#username').fill(taken.username);
  await page.locator('#password').fill('not-this-1');
  await submit(page);
  await page.getByText('The username or the password is wrong.').waitFor();
  await eventually('the password', async () => (await focusedField(page)).id === 'password', WAIT_MS);

  await person.button('New here? Create an account').click();
  assert.equal(await page.locator('#invite').count(), 0);
  await page.locator('#username').fill('ada lovelace');
  await page.locator('#password').fill('short');
  await submit(page);
  await isRefused(page, 'username', /cannot contain a space/);
  assert.equal(await page.locator('#password').getAttribute('aria-invalid'), 'true');
  await page.locator('#username').fill(taken.username);
  assert.equal(await page.locator('#username').getAttribute('aria-invalid'), 'false');
  await submit(page);
  await isRefused(page, 'password', /does not meet all the rules/);
  await page.locator('#password').fill('Password1');
  await submit(page);
  await isRefused(page, 'password', /Many people use this password/);
  await page.locator('#password').fill(PASSWORD);
  await submit(page);
  await isRefused(page, 'username', /is taken/);
  assert.equal(await page.locator('#invite').count(), 0);
});

testInExtended(
  'a server that asks for invitations: the field comes with its answer, or with the address of an invitation',
  async (t) => {
    const env = {
      PATH: process.env['PATH'],
      PARLEY_DATA_DIR: inviting.dataDir,
      PARLEY_REGISTRATION: 'invite',
    };
    const { stdout } = await promisify(execFile)(process.execPath, [operatorEntry, 'invite'], { env });
    const code = stdout.trim();
    const person = await PersonPage.open(t, browser, inviting);
    const { page } = person;
    person.faults.provoke(/status of 403/);
    await person.button('New here? Create an account').click();
    assert.equal(await page.locator('#invite').count(), 0);
    await page.locator('#username').fill('zoe');
    await page.locator('#password').fill(PASSWORD);
    await submit(page);
    await isRefused(page, 'invite', /by invitation only/);
    await page.locator('#invite').fill('made-up');
    await submit(page);
    await isRefused(page, 'invite', /not valid or was already used/);

    await page.goto(`${inviting.url}/#/invite/${code}`);
    await page.getByRole('heading', { name: 'Create an account' }).waitFor();
    assert.equal(await page.locator('#invite').inputValue(), code);
    await page.locator('#username').fill('zoe');
    await page.locator('#password').fill(PASSWORD);
    await submit(page);
    await person.isIn();
    await eventually('the code gone from the address', () => !page.url().includes(code), WAIT_MS);
  },
);

test('on a phone the list shows who one is, words on what one needs, and no keyboard', async (t) => {
  const person = await PersonPage.register(t, browser, server, freshName('ada'), PHONE);
  const top = person.page.locator('.top');
  await top.getByText(person.username, { exact: true }).waitFor();
  await top.getByText('New', { exact: true }).waitFor();
  await top.getByText('Search', { exact: true }).waitFor();
  assert.equal(await top.getByRole('button', { name: 'Keyboard shortcuts' }).count(), 0);
  for (const button of await top.getByRole('button').all()) {
    const { height = 0, width = 0 } = (await button.boundingBox()) ?? {};
    assert.ok(height >= 44 && width >= 44, `${String(width)} × ${String(height)}`);
  }
  await top.getByRole('button', { name: `Settings, logged in as ${person.username}` }).tap();
  await person.page.getByRole('heading', { name: 'Settings' }).waitFor();
});

testInFull('the longest name leaves room for what stands beside it', async (t) => {
  for (const viewport of [PHONE.viewport, { width: 900, height: 700 }, { width: 1440, height: 900 }]) {
    const name = `${freshName('ada')}_${'w'.repeat(32)}`.slice(0, 32);
    const person = await PersonPage.register(t, browser, server, name, { viewport });
    const start = (await person.page.locator('.top .new').boundingBox())!;
    const pane = (await person.page.locator('aside').boundingBox())!;
    assert.ok(start.x + start.width <= pane.x + pane.width, JSON.stringify([viewport, start, pane]));
    await person.page.context().close();
  }
});

test('a new conversation: people one talks to, anybody by a part of the name, and how to invite', async (t) => {
  const name = freshName('maria.huber');
  const maria = await ChatClient.register(t, server, name);
  const other = await ChatClient.register(t, server, freshName('sepp.huber'));
  const ada = await PersonPage.register(t, browser, server, freshName('ada'), {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { page } = ada;
  const panel = page.locator('new-conversation');
  await page.keyboard.press('Control+Shift+K');
  await panel.getByText('Type a name or part of one.').waitFor();
  await panel.getByText(server.url, { exact: true }).waitFor();
  await ada.button('Copy address').click();
  await eventually('the address', async () => {
    return (await page.evaluate(() => navigator.clipboard.readText())) === server.url;
  });
  await panel.locator('input').fill('HUBER');
  await panel.locator('button.result', { hasText: other.username }).waitFor();
  await panel.locator('button.result', { hasText: maria.username }).click();
  await ada.talksTo(name);

  await page.keyboard.press('Control+Shift+K');
  await panel.getByText('People you talk to').waitFor();
  assert.deepEqual(await panel.locator('button.result .name').allTextContents(), [name]);
  // Enter means what is typed, though its answer is not there yet.
  await panel.locator('input').fill('huber');
  await panel.locator('button.result', { hasText: other.username }).waitFor();
  await panel.locator('input').fill(other.username);
  await panel.locator('input').press('Enter');
  await ada.talksTo(other.username);

  await page.keyboard.press('Control+Shift+K');
  await panel.locator('input').fill(ada.username);
  await panel.getByText(`Nobody else here has “${ada.username}” in their name.`).waitFor();
  await panel.getByRole('heading', { name: 'Invite somebody' }).waitFor();
});

testInExtended('blank lines around a message are not sent, those within it are', async (t) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.register(t, browser, server, freshName('ada'));
  await ada.meet(ben.username);
  await ada.write('\n \n  first\n\nlast\n\n');
  await ada.shows(['  first\n\nlast']);
  await ada.showsState('last', 'sent');
  const { conversations } = await ben.get<{ conversations: { last_message: { content: string } }[] }>(
    '/conversations',
  );
  assert.equal(conversations[0]?.last_message.content, '  first\n\nlast');
});

testInExtended(
  '[G1] where no files are taken, one that is dropped or pasted is not opened, and the client says that it can not be sent',
  async (t) => {
    const place = await ServerProcess.start(t, { PARLEY_ATTACHMENT_MAX_MB: '0' });
    const ben = await ChatClient.register(t, place, freshName('ben'));
    const ada = await PersonPage.register(t, browser, place, freshName('ada'));
    const { page } = ada;
    // What the server says of files that it does not take.
    ada.faults.provoke(/status of 404 .*\/attachments/);
    await ada.meet(ben.username);
    /** Whether the page kept the event from the browser, which would open the file in its place. */
    const give = (
      type: 'dragover' | 'drop' | 'paste',
      on: string,
      kinds: readonly ('file' | 'text')[],
    ): Promise<boolean> =>
      page
        .locator(on)
        .first()
        .evaluate(
          (target, { type, kinds }) => {
            const data = new DataTransfer();
            for (const kind of kinds) {
              if (kind === 'file') data.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
              else data.setData('text/plain', 'words');
            }
            const options = { bubbles: true, composed: true, cancelable: true };
            const event =
              type === 'paste'
                ? new ClipboardEvent(type, { ...options, clipboardData: data })
                : new DragEvent(type, { ...options, dataTransfer: data });
            return !target.dispatchEvent(event);
          },
          { type, kinds },
        );
    const told = page.locator('toast-bar').getByText('Files and pictures can’t be sent yet.');
    // A table copied from a spreadsheet is a picture and text: the text is taken.
    assert.equal(await give('paste', 'message-input textarea', ['file', 'text']), false);
    assert.equal(await told.count(), 0);
    await give('paste', 'message-input textarea', ['file']);
    await told.waitFor();
    await page.reload();
    await ada.talksTo(ben.username);
    for (const on of ['message-input textarea', 'message-list .scroller', 'user-list nav']) {
      assert.ok(await give('dragover', on, ['file']), `${on}: dragged over`);
      assert.ok(await give('drop', on, ['file']), `${on}: dropped`);
      await told.waitFor();
      assert.equal(await give('drop', on, ['text']), !on.includes('textarea'), `${on}: text`);
    }
  },
);

testInFull('at 360 px the count of what is too long stands on one line', async (t) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.register(t, browser, server, freshName('ada'), PHONE);
  await ada.meet(ben.username);
  await ada.composer.fill('x'.repeat(5010));
  const count = ada.page.getByText('10 too many', { exact: true });
  await count.waitFor();
  const lines = await count.evaluate((at) => {
    const range = document.createRange();
    range.selectNodeContents(at);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
  });
  assert.equal(lines, 1);
});

testInFull('the title tells of no messages once nobody is logged in', async (t) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.register(t, browser, server, freshName('ada'));
  const { users } = await ben.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
  const { socket } = await ben.online();
  await socket.answerTo(socket.send('message', { recipient_id: users[0]!.id, content: 'hello' }));
  await eventually('the title', async () => (await ada.page.title()) === '(1) Parley', WAIT_MS);
  ada.faults.provoke(REFUSED);
  await ada.page.keyboard.press('Control+,');
  await ada.button('Log out').click();
  await ada.page.getByText('You are logged out.').waitFor();
  await eventually('the title', async () => (await ada.page.title()) === 'Parley', WAIT_MS);
});

testInExtended(
  'where the system chooses the colours, what is chosen, focused or unread has a line around it',
  async (t) => {
    const ada = await PersonPage.register(t, browser, server, freshName('ada'), { forcedColors: 'active' });
    const { page } = ada;
    const [ben, cleo] = [
      await ChatClient.register(t, server, freshName('ben')),
      await ChatClient.register(t, server, freshName('cleo')),
    ];
    await ada.meet(ben.username);
    await ada.meet(cleo.username);
    const { users } = await ben.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
    for (const person of [ben, cleo]) {
      const { socket } = await person.online();
      await socket.answerTo(socket.send('message', { recipient_id: users[0]!.id, content: 'hello' }));
    }
    /** Whether something of a line is drawn around an element, in a colour that can be seen. */
    const hasLine = (selector: string): Promise<boolean> =>
      page
        .locator(selector)
        .first()
        .evaluate((at) => {
          const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(at);
          return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && !outlineColor.endsWith(', 0)');
        });
    const isTold = async (chosen: string, other?: string): Promise<void> => {
      await page.locator(chosen).first().waitFor();
      assert.ok(await hasLine(chosen), chosen);
      if (other !== undefined) assert.ok(!(await hasLine(other)), other);
    };
    // What comes in the open conversation is counted for a moment only.
    await isTold(`user-item:has-text("${ben.username}") .count`);
    await isTold('user-item a[aria-current]', 'user-item a:not([aria-current])');
    await ada.composer.focus();
    await isTold('message-input form');
    await page.keyboard.press('Control+k');
    await page.locator('quick-switcher [role=option]').nth(1).waitFor();
    await isTold('quick-switcher [aria-selected="true"]', 'quick-switcher [aria-selected="false"]');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Shift+F');
    await page.locator('search-panel input').fill('hello');
    const mark = page.locator('search-panel mark').first();
    await mark.waitFor();
    const [marked, around] = await mark.evaluate((at) => [
      getComputedStyle(at).backgroundColor,
      getComputedStyle(document.body).backgroundColor,
    ]);
    assert.notEqual(marked, around, 'a hit is marked');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+,');
    await isTold('settings-panel .option:has(:checked)', 'settings-panel .option:not(:has(:checked))');
  },
);
