import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';

const browser = await openBrowser({ after });

test('[G1] files that another app shares with a server that takes none are refused in words', async (t) => {
  const server = await ServerProcess.start(t, { PARLEY_ATTACHMENT_MAX_MB: '0' });
  const user = await ChatClient.register(t, server, freshName('ada'));
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const { socket } = await ben.online();
  await say(socket, user, 'hello');
  const ada = await PersonPage.login(t, browser, server, user.username, { serviceWorkers: 'allow' });
  ada.faults.provoke(LOST_CONNECTION, /status of 404/);
  const { page } = ada;
  const share = async (text: string): Promise<void> => {
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      const cache = await caches.open('parley-shared');
      await cache.put('./shared/0', new Response('bytes', { headers: { 'x-name': 'plan.pdf' } }));
    });
    await page.goto(`${server.url}/?text=${text}&shared=1`);
  };
  const dialog = page.locator('quick-switcher dialog');
  await share('Look');
  await dialog.getByText('This server takes no files and pictures, so they are left out.').waitFor();
  await dialog.getByRole('option', { name: ben.username }).click();
  await ada.talksTo(ben.username);
  assert.equal(await ada.composer.inputValue(), 'Look');
  await eventually('the files to be forgotten', () =>
    page.evaluate(async () => !(await caches.has('parley-shared'))),
  );
  await share('');
  await dialog.getByText('so there is nothing to share.').waitFor();
  assert.equal(await dialog.getByRole('option').count(), 0);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.locator('shared-text').waitFor({ state: 'detached' });
});
