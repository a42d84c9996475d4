import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretOf } from '../../server/config/secrets.ts';
import {
  brokerName,
  brokerPrefixFault,
  faultInBroker,
  hostLabelFault,
  noticeChannel,
  parseBroker,
} from '../../server/notifier/broker-options.ts';
import { brokerOf, USER_AND_PASSWORD } from './test-brokers.ts';

const NOBODY = { user: null, password: null, isEncrypted: false };

test('a broker is named by a word or a URL', () => {
  assert.deepEqual(brokerOf('none'), { kind: 'none' });
  assert.deepEqual(brokerOf('postgres'), { kind: 'postgres' });
  assert.deepEqual(brokerOf('nats://n1'), { kind: 'nats', servers: ['n1:4222'], ...NOBODY });
  assert.deepEqual(brokerOf('tls://u:p%40%2F%3A%C3%BC@n1:1,[::1]:2,n3/'), {
    kind: 'nats',
    servers: ['n1:1', '[::1]:2', 'n3:4222'],
    user: 'u',
    password: 'p@/:ü',
    isEncrypted: true,
  });
  assert.deepEqual(brokerOf('nats://token@n'), { ...brokerOf('nats://n'), user: 'token' });
  assert.deepEqual(brokerOf('redis://r'), { kind: 'redis', host: 'r', port: 6379, ...NOBODY });
  assert.deepEqual(brokerOf('redis://:secret@10.0.0.1:7000/3'), {
    ...{ kind: 'redis', host: '10.0.0.1', port: 7000 },
    ...{ user: null, password: 'secret', isEncrypted: false },
  });
  assert.deepEqual(brokerOf('rediss://u:p@[::1]'), {
    ...{ kind: 'redis', host: '::1', port: 6379 },
    ...{ user: 'u', password: 'p', isEncrypted: true },
  });
});

const WRONG: readonly [text: string, reason: RegExp][] = [
  ['', /must be none or postgres, or begin with nats:/],
  ['kafka://hunter2@h', /must be none or postgres/],
  ['postgres://u:hunter2@h/db', /must be none or postgres/],
  ['NONE', /must be none or postgres/],
  ['constructor://hunter2', /must be none or postgres/],
  ['nats://', /neither a name nor an address/],
  ['nats://u:hun@ter/2@h', /@ or a \/ in its login/],
  ['nats://u:hunter2@x@h', /@ or a \/ in its login/],
  ['nats://u:hunter2#@h', /must not hold \?, #/],
  ['nats://u:hunter2@h?tls=1', /must not hold \?, #/],
  ['nats://u:hunter2@h one', /white space/],
  ['nats://u:hunter2@h/subject', /end after the port/],
  ['nats://u:hunter2%@h', /percent-encoded UTF-8/],
  ['nats://h:0', /port/],
  ['nats://h:65536', /port/],
  ['nats://h:port', /neither a name/],
  ['nats://h,,i', /neither a name/],
  ['nats://@h', /nothing before the @/],
  ['redis://h,i', /one host/],
  ['redis://hunter2@h', /redis:\/\/:password@host/],
  ['redis://h/db', /end after the port/],
];

test('what is wrong with a broker is said in one line, without its password', () => {
  for (const [text, expected] of WRONG) {
    const reason = faultInBroker(text) ?? '';
    assert.match(reason, expected, text);
    assert.ok(!reason.includes('hunter2') && !reason.includes('\n'), reason);
  }
  assert.equal(faultInBroker('nats://h'), null);
});

test('the name for the log holds no login', () => {
  const names = ['none', 'postgres', 'nats://u:p@a,b:1', 'rediss://u:p@[::1]'].map((text) =>
    brokerName(brokerOf(text)),
  );
  assert.deepEqual(names, ['none', 'postgres', 'nats a:4222,b:1', 'redis [::1]:6379']);
});

test('a URL with its password may stand in a file', () => {
  const url = `nats://${USER_AND_PASSWORD}@broker`;
  const machine = { readFile: () => Buffer.from(`${url}\n`) };
  const read = secretOf('PARLEY_BROKER_URL', { PARLEY_BROKER_URL_FILE: '/run/url' }, machine, faultInBroker);
  assert.ok('secret' in read && read.secret !== null);
  assert.deepEqual(parseBroker(read.secret), { broker: brokerOf(url) });
  const wrong = { readFile: () => Buffer.from('kafka://x') };
  const refused = secretOf('PARLEY_BROKER_URL', { PARLEY_BROKER_URL_FILE: '/run/url' }, wrong, faultInBroker);
  assert.ok('fault' in refused);
  assert.equal(refused.fault.name, 'PARLEY_BROKER_URL_FILE');
  assert.match(refused.fault.reason, /must be none or postgres/);
  const noText = secretOf('PARLEY_BROKER_URL', { PARLEY_BROKER_URL: '\ufffd' }, machine, faultInBroker);
  assert.ok('fault' in noText);
  assert.equal(noText.fault.reason, 'must hold text in UTF-8');
});

test('prefixes and host labels are what every broker and every metric can hold', () => {
  for (const good of ['parley', 'chat-2', 'A_b', 'x'.repeat(40)])
    assert.equal(brokerPrefixFault(good), null, good);
  for (const bad of ['', 'a.b', 'a b', 'a>', 'ü', 'x'.repeat(41), 'a\n'])
    assert.match(brokerPrefixFault(bad) ?? '', /1 to 40 letters/, bad);
  assert.ok(Buffer.byteLength(noticeChannel('x'.repeat(40))) < 64, 'PostgreSQL cuts names at 63 bytes');
  for (const good of ['web-1', 'web-1.example.org', '10.0.0.1'])
    assert.equal(hostLabelFault(good), null, good);
  for (const bad of ['', 'a b', 'a"b', 'x'.repeat(65), 'a\n'])
    assert.match(hostLabelFault(bad) ?? '', /1 to 64/, bad);
});
