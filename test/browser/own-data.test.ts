import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { axeFaults } from '../support/axe.ts';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, expectStatus, freshName, twoPeople } from '../support/chat-client.ts';
import { exportedData } from '../support/export-download.ts';
import { PageFaults } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { png } from '../support/sample-images.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';
import { tempDir } from '../support/temp-dir.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

test('one’s own data: the browser saves the file, and a refusal is said in words', async (t) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  const { socket } = await ben.online();
  const { id } = (await ben.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`)).users[0] ?? {
    id: '',
  };
  for (const content of ['Hello', 'from me']) await say(socket, { id }, content);
  await ada.page.keyboard.press('Control+,');
  const section = ada.page.locator('export-data');
  const button = section.getByRole('button', { name: 'Download my data' });
  const [download] = await Promise.all([ada.page.waitForEvent('download'), button.click()]);
  assert.match(
    download.suggestedFilename(),
    new RegExp(`^parley-export-${ada.username}-\\d{4}-\\d\\d-\\d\\d\\.zip$`),
  );
  const path = join(tempDir(t), 'saved.zip');
  await download.saveAs(path);
  const { messages, conversations } = await exportedData(readFileSync(path));
  assert.deepEqual(
    messages.map(({ content }) => content),
    ['Hello', 'from me'],
  );
  assert.equal(conversations.length, 1);
  await section.getByText('Your browser is saving the file.').waitFor();
  assert.deepEqual(await axeFaults(ada.page), []);

  const problem = (status: number, code: string) => ({
    status,
    contentType: 'application/problem+json',
    headers: { 'Retry-After': '10' },
    body: JSON.stringify({ type: 'about:blank', title: '', status, code, detail: '' }),
  });
  ada.faults.provoke(/status of (429|503)/);
  for (const [status, code, words] of [
    [429, 'too_many_requests', 'Your data are being downloaded already.'],
    [503, 'unavailable', 'The server is busy with the downloads of others.'],
  ] as const) {
    await ada.page.route('**/users/me/export/link', (route) => route.fulfill(problem(status, code)), {
      times: 1,
    });
    await button.click();
    await section.getByText(words).waitFor();
  }
});

testInExtended(
  'the pages of an export run nothing and ask for nothing, whatever names and messages hold',
  async (t) => {
    const [ada, ben] = await twoPeople(t, server);
    const hostile =
      '</title></style></p><script>document.title = "ran"</script><img src="http://192.0.2.1/x" onerror="document.title = \'ran\'">';
    for (const client of [ada, ben]) {
      const profile = { display_name: `${hostile.slice(0, 60)}ب`, about: hostile.slice(0, 190) };
      expectStatus(await client.http('PATCH', '/users/me', { body: profile }), 200);
    }
    expectStatus(
      await ada.http('PUT', '/users/me/avatar', {
        body: png(8, 8),
        headers: { 'content-type': 'image/png' },
      }),
      204,
    );
    const { socket } = await ben.online();
    for (const content of [hostile, '\u202edesrever \u2066', 'plain at the end'])
      await say(socket, ada, content);
    const answer = expectStatus(await ada.http('GET', '/users/me/export'), 200);
    const folder = tempDir(t);
    const { files } = await exportedData(answer.bytes);
    for (const [name, content] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }

    const context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 400, height: 700 } });
    const faults = await PageFaults.watch(context);
    t.after(async () => {
      await context.close();
      faults.check();
    });
    const page = await context.newPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    const first = pathToFileURL(join(folder, 'index.html')).href;
    await page.goto(first);
    await page.getByText('1 conversation', { exact: true }).waitFor();
    const picture = page.locator('img');
    assert.equal(await picture.evaluate((img) => (img as HTMLImageElement).naturalWidth), 8);
    assert.match(await page.title(), /^Parley: data of <\/title>/);
    assert.deepEqual(await axeFaults(page), []);
    await page.locator('.list a').click();
    await page.getByText('plain at the end').waitFor();
    assert.equal(await page.locator('article .text').first().textContent(), hostile);
    assert.match(await page.title(), /^Parley: <\/title>/);
    assert.equal(await page.locator('script, article img, article style').count(), 0);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    assert.deepEqual(await axeFaults(page), []);
    assert.deepEqual(
      requests.filter((url) => !url.startsWith('data:')),
      [first, page.url()],
    );
    await page.getByRole('link', { name: 'All conversations' }).first().click();
    await page.getByText('1 conversation', { exact: true }).waitFor();
  },
);
