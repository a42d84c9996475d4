import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

/** What a thread loads of the store, whichever it is. */
const MODULES = ['at-start', 'open-queries', 'open-writer', 'command-store'].map(
  (name) => new URL(`../../server/storage/stores/${name}.js`, import.meta.url).href,
);
const CONNECT = new URL('../../server/storage/postgres/connect.js', import.meta.url).href;
/** Nobody listens on port 1. */
const SCRIPT = `
import { createRequire } from 'node:module';
const [connect, ...modules] = process.argv.slice(1);
await Promise.all(modules.map((module) => import(module)));
const files = () => Object.keys(createRequire(import.meta.url).cache).join('\\n').replaceAll('\\\\', '/');
const before = files();
const { connectToPrimary } = await import(connect);
const options = { hosts: [{ host: '127.0.0.1', port: 1 }], tls: 'disable', password: null };
const clock = { now: () => 0, monotonic: () => 0, after: () => ({ cancel: () => undefined }) };
await connectToPrimary(options, 'read', clock).catch(() => undefined);
const isIn = (text, name) => text.includes('/node_modules/' + name + '/');
process.stdout.write(JSON.stringify({
  sqlite: isIn(before, 'better-sqlite3'),
  before: isIn(before, 'pg'),
  after: isIn(files(), 'pg'),
}));
process.exit(0);
`;

test('the library of PostgreSQL is loaded with the first connection, so that nobody else pays for it', () => {
  const args = ['--input-type=module', '--eval', SCRIPT, CONNECT, ...MODULES];
  const loaded: unknown = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  assert.deepEqual(loaded, { sqlite: true, before: false, after: true });
});
