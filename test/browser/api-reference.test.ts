import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { axeFaults } from '../support/axe.ts';
import { openBrowser } from '../support/browser.ts';
import { isExtended, isSample } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });
const browser = await openBrowser({ after });

for (const { width, colorScheme } of [
  { width: 360, colorScheme: 'dark' },
  { width: 1440, colorScheme: 'light' },
] as const) {
  test(`the API reference at ${width} px, ${colorScheme}: nothing is asked of others, fits and is accessible`, async () => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    const page = await context.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (line) => complaints.push(line.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${server.url}/docs`);
    assert.deepEqual(
      asked.filter((url) => !url.endsWith('/favicon.ico')),
      [`${server.url}/docs`, `${server.url}/docs.css`],
    );
    assert.deepEqual(complaints, [], 'the content security policy refused something');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    // It takes fifteen seconds for a page of this length.
    if (width === 360 ? isExtended : !isSample) assert.deepEqual(await axeFaults(page), []);

    await page.getByRole('navigation').getByRole('link', { name: 'Frames from the client' }).click();
    await page.getByRole('link', { name: 'welcome', exact: true }).last().click();
    assert.ok(page.url().endsWith('/docs#frame-down-welcome'));
    const heading = page.getByRole('heading', { name: 'welcome', exact: true });
    await heading.waitFor();
    const top = (await heading.boundingBox())?.y ?? -1;
    assert.ok(top >= 0 && top < 200, String(top));
  });
}
