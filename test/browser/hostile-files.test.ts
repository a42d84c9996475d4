import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { tryUpload } from '../support/attach.ts';
import { openBrowser } from '../support/browser.ts';
import { expectStatus } from '../support/chat-client.ts';
import { receiving, type SentFile } from '../support/receiving-page.ts';
import { png } from '../support/sample-images.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

/** Hears of every script that runs: each of them asks for something there. */
const heard: string[] = [];
const listener = createServer((request, response) => {
  heard.push(request.url ?? '');
  response.end();
});
listener.listen(0, '127.0.0.1');
await once(listener, 'listening');
after(() => {
  listener.closeAllConnections();
  listener.close();
});
const ELSEWHERE = `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}`;

const script = (of: string): string =>
  `globalThis.ran='${of}';try{top.ran='${of}'}catch{};new Image().src='${ELSEWHERE}/${of}';fetch('${ELSEWHERE}/${of}');alert('${of}')`;
const svg = (of: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="${script(of)}"><script>${script(of)}</script>` +
  `<image href="${ELSEWHERE}/${of}" width="9" height="9"/></svg>`;
const huge = png(4, 4);
huge.writeUInt32BE(60_000, 16);
huge.writeUInt32BE(60_000, 20);
const pdf = `%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\('pdf'\\);this.submitForm\\('${ELSEWHERE}/pdf'\\))>>>>endobj\ntrailer<</Root 1 0 R>>\n`;
const page = (of: string): string =>
  `<!doctype html><meta http-equiv="refresh" content="0;url=${ELSEWHERE}/${of}"><script>${script(of)}</script><img src="${ELSEWHERE}/${of}" onerror="${script(of)}">`;

const of = (name: string, type: string, content: string | Uint8Array): SentFile => ({
  name,
  type,
  bytes: typeof content === 'string' ? Buffer.from(content) : content,
});
const FILES: readonly SentFile[] = [
  of('page.html', 'text/html', page('html')),
  of(
    'page.xhtml',
    'application/xhtml+xml',
    `<html xmlns="http://www.w3.org/1999/xhtml"><script>${script('xhtml')}</script></html>`,
  ),
  of(
    'page.xml',
    'text/xml',
    `<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">${script('xml')}</x:script>`,
  ),
  of('drawing.svg', 'image/svg+xml', svg('svg')),
  of('drawing.png', 'image/png', svg('svg-as-png')),
  of('page.gif', 'image/gif', page('html-as-gif')),
  of('both.gif', 'image/gif', `GIF89a/*\x01\x00*/=0;${script('polyglot')}`),
  of('both.js', 'text/javascript', `GIF89a=0;${script('gif-script')}`),
  of('module.mjs', 'application/javascript', script('module')),
  of('bomb.zip', 'application/zip', gzipSync(Buffer.alloc(20_000_000))),
  of('form.pdf', 'application/pdf', pdf),
  of('page.jpg', 'image/jpeg', page('html-as-jpeg')),
  of('huge.png', 'image/png', huge),
  of('no-type', 'text/html; charset=utf-7', page('utf7')),
  of('multipart.mht', 'message/rfc822', `Content-Type: text/html\r\n\r\n${page('mht')}`),
  of('<img src=x onerror=alert`1`>.txt', 'text/plain', 'a name that is markup'),
  of('"><script>alert`2`<', 'text/plain', 'a name that is markup'),
];

test('[G2] names that deceive are refused before anything is stored', async (t) => {
  const { ben } = await receiving(t, browser, server);
  const names = [
    'n'.repeat(5_000),
    'photo\u202egpj.exe',
    '../../etc/passwd',
    '..\\evil',
    'a\u0000b',
    'a\nb',
    ' \u2060 ',
  ];
  for (const name of names) {
    const answer = await tryUpload(ben, Buffer.from('x'), { name });
    assert.equal(answer.status, 400, JSON.stringify(name));
  }
});

test('[G5] hostile files run nothing and ask nobody for anything, in the client and at their own address', async (t) => {
  const { ada, ben, send } = await receiving(t, browser, server);
  const { page: window, context } = ada;
  const foreign: string[] = [];
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== new URL(server.url).origin && protocol !== 'data:') foreign.push(request.url());
  });
  const dialogs: string[] = [];
  context.on('dialog', (dialog) => dialogs.push(dialog.message()));
  const sent = [];
  for (const file of FILES) sent.push(...(await send([file])));
  assert.equal(sent.length, FILES.length);

  // In the client: each is shown, as what it is allowed to be.
  const list = window.locator('message-list');
  for (const { name } of FILES) {
    const shown = list
      .locator('file-row, picture-tile')
      .locator(`button[title="${name.replaceAll('"', '\\"')}"]`);
    await shown.waitFor({ state: 'attached' });
    await shown.scrollIntoViewIfNeeded();
  }
  const unshowable = list.locator('picture-tile', { hasText: 'Cannot be shown here.' });
  for (const name of ['drawing.png', 'page.gif', 'page.jpg', 'huge.png'])
    await unshowable.locator(`button[title="${name}"]`).waitFor({ state: 'attached' });
  const types = await window.evaluate(() => {
    const found: string[] = [];
    const walk = (root: ParentNode): void => {
      for (const each of root.querySelectorAll('*')) {
        if (
          /^(iframe|object|embed|script|link|portal|fencedframe)$/i.test(each.localName) &&
          root instanceof ShadowRoot
        )
          found.push(each.localName);
        if (each.shadowRoot !== null) walk(each.shadowRoot);
      }
    };
    walk(document);
    return found;
  });
  assert.deepEqual(types, []);

  // Saved, it is the same bytes under a type that nothing opens.
  const [download] = await Promise.all([
    window.waitForEvent('download'),
    list.locator('button[title="page.html"]').click(),
  ]);
  assert.equal(download.suggestedFilename(), 'page.html');

  // At its own address, with a token that is good.
  const visitor = await context.newPage();
  const session = await window.evaluate(() => localStorage.getItem('parley.session') ?? '{}');
  const { accessToken } = JSON.parse(session) as { accessToken: string };
  await visitor.setExtraHTTPHeaders({ authorization: `Bearer ${accessToken}` });
  for (const { id, name } of sent) {
    const [saved] = await Promise.all([
      visitor.waitForEvent('download'),
      visitor.goto(`${server.url}/attachments/${id}`).catch(() => null),
    ]);
    assert.equal(saved.url(), `${server.url}/attachments/${id}`, name);
    await saved.cancel();
    // Whatever a page of this server makes of it: the answer itself says that it may do nothing.
    const { headers } = expectStatus(await ben.http('GET', `/attachments/${id}`), 200);
    assert.match(String(headers['content-disposition']), /^attachment/);
    assert.match(String(headers['content-security-policy']), /sandbox; default-src 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  }
  await visitor.close();

  for (const frame of context.pages().flatMap((each) => each.frames()))
    assert.equal(await frame.evaluate(() => (globalThis as { ran?: string }).ran), undefined);
  assert.deepEqual([heard, foreign, dialogs], [[], [], []]);
  // The page is as usable as before.
  await ada.write('Still here');
  await ada.showsState('Still here', 'sent');
});
