import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { desktopStage } from '../support/desktop-page.ts';
import { eventually } from '../support/eventually.ts';
import { exportedData } from '../support/export-download.ts';
import { http } from '../support/http-client.ts';
import { NeutralinoStandIn } from '../support/neutralino-stand-in.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });
const standIn = await NeutralinoStandIn.start({ after });
const browser = await openBrowser({ after });
const { signedIn } = desktopStage(server, standIn, browser);

test('the desktop window hands the link to the user’s browser, where it works without a login', async (t) => {
  const { page, say } = await signedIn(t, 'remembered');
  await say('Good morning');
  const opened: string[] = [];
  await page.context().route('**/exports/*', async (route) => {
    opened.push(route.request().url());
    await route.fulfill({ body: '' });
  });
  await page.keyboard.press('Control+,');
  const section = page.locator('export-data');
  await section.getByRole('button', { name: 'Download my data' }).click();
  await section.getByText('Your web browser opens and saves the file.').waitFor();
  await eventually('the link to be opened', () => Promise.resolve(opened.length === 1));
  const link = opened[0] ?? '';
  assert.ok(link.startsWith(`${server.url}/exports/`), link);
  const { messages } = await exportedData((await http('GET', link)).bytes);
  assert.deepEqual(
    messages.map(({ content }) => content),
    ['Good morning'],
  );
});
