import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { contentSecurityPolicy, loadStaticFiles } from '../../../server/edge/http/static-files.ts';
import { tempDir } from '../../support/temp-dir.ts';

const client = (t: TestContext) => {
  const root = tempDir(t);
  const folder = join(root, 'ui');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets', 'main-a1B2c3D4.js'), 'x'.repeat(5000));
  writeFileSync(join(folder, '.env'), 'secret');
  writeFileSync(join(folder, 'assets', 'main-a1B2c3D4.js.map'), '{}');
  symlinkSync(join(root, 'secret.txt'), join(folder, 'link.txt'));
  return loadStaticFiles(folder);
};
const headersOf = (answer: { headers: readonly (readonly [string, string])[] }): Record<string, string> =>
  Object.fromEntries(answer.headers);

test('nothing outside the client can be named, however it is written', (t) => {
  const files = client(t);
  const paths = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '/./index.html',
    '/assets/..%2findex.html',
    '/%252e%252e/secret.txt',
    '/index.html%00.txt',
    '/index.html\0',
    '/.env',
    '/link.txt',
    '/assets',
    '/assets/',
    '/assets/main-a1B2c3D4.js.map',
    '/INDEX.HTML',
    '/__proto__',
    '/constructor',
    '',
    'index.html',
    '/etc/passwd',
  ];
  for (const path of paths) assert.deepEqual(files.methods(path), [], path);
});

test('the page is checked again each time, a hashed file is kept for ever', (t) => {
  const files = client(t);
  const page = files.answer('/', new Map([['host', 'chat.example']]));
  assert.equal(page.status, 200);
  assert.equal(headersOf(page)['Content-Type'], 'text/html; charset=utf-8');
  assert.equal(headersOf(page)['Cache-Control'], 'no-cache');
  assert.match(
    headersOf(page)['Content-Security-Policy'] ?? '',
    /connect-src 'self' ws:\/\/chat\.example wss:/,
  );
  assert.match(headersOf(page)['Content-Security-Policy'] ?? '', /img-src 'self' blob:;/);
  const script = files.answer('/assets/main-a1B2c3D4.js', new Map());
  assert.equal(headersOf(script)['Cache-Control'], 'public, max-age=31536000, immutable');
  assert.equal(headersOf(script)['Content-Type'], 'text/javascript; charset=utf-8');
});

test('a client that has the file gets 304, one that takes gzip gets it', (t) => {
  const files = client(t);
  const path = '/assets/main-a1B2c3D4.js';
  const etag = headersOf(files.answer(path, new Map()))['ETag'] ?? '';
  assert.equal(files.answer(path, new Map([['if-none-match', `"x", ${etag}`]])).status, 304);
  assert.equal(files.answer(path, new Map([['if-none-match', '"x"']])).status, 200);
  for (const accepted of ['gzip', 'br, gzip', 'gzip;q=0.5, br', 'deflate, gzip;q=1.0']) {
    const zipped = files.answer(path, new Map([['accept-encoding', accepted]]));
    assert.equal(headersOf(zipped)['Content-Encoding'], 'gzip', accepted);
    assert.equal(gunzipSync(zipped.body as Uint8Array).length, 5000);
  }
  for (const accepted of ['', 'br', 'gzip;q=0', 'gzip;q=0.0, br']) {
    const plain = files.answer(path, new Map([['accept-encoding', accepted]]));
    assert.equal(headersOf(plain)['Content-Encoding'], undefined, accepted);
  }
});

test('who takes Brotli gets what the build compressed, if the name has a hash; nobody gets it by its own name', (t) => {
  const folder = tempDir(t);
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'index.html.br'), 'outdated');
  const script = 'x'.repeat(5000);
  const path = '/assets/main-a1B2c3D4.js';
  writeFileSync(join(folder, path), script);
  writeFileSync(join(folder, `${path}.br`), brotliCompressSync(script));
  const files = loadStaticFiles(folder);
  const encodingOf = (of: string, accepted: string): string | undefined =>
    headersOf(files.answer(of, new Map([['accept-encoding', accepted]])))['Content-Encoding'];
  for (const accepted of ['br', 'gzip, br', 'gzip, deflate, br;q=0.1, zstd'])
    assert.equal(encodingOf(path, accepted), 'br', accepted);
  for (const accepted of ['gzip, br;q=0', 'gzip', 'gzip, brx'])
    assert.equal(encodingOf(path, accepted), 'gzip');
  assert.equal(encodingOf('/', 'br'), undefined);
  assert.deepEqual(files.methods(`${path}.br`), []);
  const { body } = files.answer(path, new Map([['accept-encoding', 'br']]));
  assert.equal(brotliDecompressSync(body as Uint8Array).toString(), script);
});

test('a host that is none does not get into the policy', () => {
  for (const host of ['', "x; script-src 'unsafe-inline'", 'a b', 'a,b', "a'"]) {
    assert.match(contentSecurityPolicy(host), /connect-src 'self';/);
  }
  assert.match(contentSecurityPolicy('[::1]:8080'), /ws:\/\/\[::1\]:8080 wss:/);
});

test('without a built client the page says so', (t) => {
  const files = loadStaticFiles(join(tempDir(t), 'none'));
  const answer = files.answer('/', new Map());
  assert.equal(answer.status, 503);
  assert.match(Buffer.from(answer.body as Uint8Array).toString(), /client is not built/);
});

test('a page that is no file is made when it is first asked for, and then kept', (t) => {
  let made = 0;
  const files = loadStaticFiles(join(tempDir(t), 'none'), {
    '/docs': () => `<!doctype html>${String((made += 1))}${' '.repeat(2000)}`,
  });
  assert.deepEqual(files.methods('/docs'), ['GET', 'HEAD', 'OPTIONS']);
  assert.deepEqual(files.methods('/docs/'), []);
  assert.deepEqual(files.methods('/__proto__'), []);
  assert.equal(made, 0);
  const first = files.answer('/docs', new Map([['accept-encoding', 'gzip']]));
  const etag = headersOf(first)['ETag'] ?? '';
  assert.match(gunzipSync(first.body as Uint8Array).toString(), /^<!doctype html>1/);
  assert.equal(headersOf(first)['Content-Type'], 'text/html; charset=utf-8');
  assert.equal(files.answer('/docs', new Map([['if-none-match', etag]])).status, 304);
  assert.equal(made, 1);
});
