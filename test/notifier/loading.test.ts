import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const OPEN_NOTIFIER = new URL('../../server/notifier/open-notifier.js', import.meta.url).href;
/** Nobody listens on port 1. */
const SCRIPT = `
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers';
const { openNotifier } = await import(process.argv[1]);
const never = { cancel: () => undefined };
const clock = { now: () => 0, monotonic: () => 0, after: () => never };
const connectToDatabase = () => Promise.reject(new Error('no database'));
const told = new Promise((resolve) => {
  const broker = JSON.parse(process.argv[2]);
  openNotifier({ broker, prefix: 'parley', clock, connectToDatabase }, { onNotice: () => undefined, onState: resolve });
  if (broker.kind === 'none') setTimeout(resolve, 50);
});
await told;
const files = Object.keys(createRequire(import.meta.url).cache).join('\\n').replaceAll('\\\\', '/');
const wanted = ['@nats-io/transport-node', '@redis/client', 'pg'];
process.stdout.write(wanted.filter((name) => files.includes('/node_modules/' + name + '/')).join(' '));
process.exit(0);
`;

const loadedFor = (broker: object): string =>
  execFileSync(
    process.execPath,
    ['--input-type=module', '--eval', SCRIPT, OPEN_NOTIFIER, JSON.stringify(broker)],
    {
      encoding: 'utf8',
    },
  );

test('only the library of the broker that is configured is loaded, and none without one', () => {
  const nobody = { user: null, password: null, isEncrypted: false };
  assert.equal(loadedFor({ kind: 'none' }), '');
  assert.equal(loadedFor({ kind: 'postgres' }), '', 'the store brings its own');
  assert.equal(loadedFor({ kind: 'nats', servers: ['127.0.0.1:1'], ...nobody }), '@nats-io/transport-node');
  assert.equal(loadedFor({ kind: 'redis', host: '127.0.0.1', port: 1, ...nobody }), '@redis/client');
});
