import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cidrOf } from '../../../server/config/fields.ts';
import { AddressBlocks, clientAddress, isPrivate } from '../../../server/edge/auth/address.ts';
import { originAllowed } from '../../../server/edge/auth/origins.ts';

const trust = (...texts: string[]) => new AddressBlocks(texts.map(cidrOf).filter((block) => block !== null));

const CASES: readonly [
  what: string,
  remote: string,
  forwarded: string,
  trusted: string[],
  address: string,
  key: string,
][] = [
  ['IPv4 as it is', '192.0.2.7', '', [], '192.0.2.7', '192.0.2.7'],
  ['IPv4 inside IPv6', '::ffff:192.0.2.7', '', [], '192.0.2.7', '192.0.2.7'],
  ['… as uWS writes it', '0000:0000:0000:0000:0000:ffff:c000:0207', '', [], '192.0.2.7', '192.0.2.7'],
  ['IPv6 counts by its /64', '2001:db8:1:2:3:4:5:6', '', [], '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['its neighbour too', '2001:0db8:0001:0002:ffff::1', '', [], '2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
  ['loopback', '0000:0000:0000:0000:0000:0000:0000:0001', '', [], '::1', '0:0:0:0::/64'],
  ['nobody is trusted', '192.0.2.7', '198.51.100.1', [], '192.0.2.7', '192.0.2.7'],
  ['a trusted proxy is believed', '10.0.0.1', '198.51.100.1', ['10.0.0.0/8'], '198.51.100.1', '198.51.100.1'],
  ['only its own entry', '10.0.0.1', '1.1.1.1, 198.51.100.1', ['10.0.0.0/8'], '198.51.100.1', '198.51.100.1'],
  [
    'through two proxies',
    '10.0.0.1',
    '198.51.100.1, 10.0.0.2',
    ['10.0.0.0/8'],
    '198.51.100.1',
    '198.51.100.1',
  ],
  ['all of them proxies', '10.0.0.1', '10.0.0.3, 10.0.0.2', ['10.0.0.0/8'], '10.0.0.3', '10.0.0.3'],
  ['rubbish ends the walk', '10.0.0.1', '198.51.100.1, rubbish', ['10.0.0.0/8'], '10.0.0.1', '10.0.0.1'],
  ['an empty entry too', '10.0.0.1', ',', ['10.0.0.0/8'], '10.0.0.1', '10.0.0.1'],
  ['with a port', '10.0.0.1', '198.51.100.1:4711', ['10.0.0.0/8'], '198.51.100.1', '198.51.100.1'],
  ['IPv6 with a port', '10.0.0.1', '[2001:db8::9]:4711', ['10.0.0.0/8'], '2001:db8::9', '2001:db8:0:0::/64'],
  [
    'a mapped proxy is the same',
    '::ffff:10.0.0.1',
    '198.51.100.1',
    ['10.0.0.1'],
    '198.51.100.1',
    '198.51.100.1',
  ],
  ['an IPv6 proxy', '::1', '198.51.100.1', ['::1'], '198.51.100.1', '198.51.100.1'],
  ['a zone is no address', '10.0.0.1', 'fe80::1%eth0', ['10.0.0.1'], '10.0.0.1', '10.0.0.1'],
  ['no address at all', '', '', [], 'unknown', 'unknown'],
];

for (const [what, remote, forwarded, trusted, address, key] of CASES) {
  test(`client address: ${what}`, () => {
    assert.deepEqual(clientAddress(remote, forwarded, trust(...trusted)), { address, key });
  });
}

test('an origin is allowed when it is our own host or listed', () => {
  const listed = ['https://chat.example'];
  assert.ok(originAllowed('http://127.0.0.1:8080', '127.0.0.1:8080', []));
  assert.ok(originAllowed('https://PARLEY.example', 'parley.example', []));
  // A browser leaves the default port out; a proxy may name it.
  assert.ok(originAllowed('https://parley.example', 'parley.example:443', []));
  assert.ok(originAllowed('http://parley.example', 'parley.example:80', []));
  assert.ok(!originAllowed('http://parley.example', 'parley.example:443', []));
  assert.ok(originAllowed('https://chat.example', '127.0.0.1:8080', listed));
  for (const origin of [
    'http://chat.example',
    'https://chat.example.evil',
    'https://evil',
    'null',
    '',
    'http://',
  ]) {
    assert.ok(!originAllowed(origin, '127.0.0.1:8080', listed), origin);
  }
  assert.ok(!originAllowed('http://', '', []));
});

test('private addresses are those of this machine and of networks of one’s own', () => {
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
  ])
    assert.ok(isPrivate(address), address);
  for (const address of ['192.0.2.1', '172.32.0.1', '100.128.0.1', '2001:db8::1', 'unknown'])
    assert.ok(!isPrivate(address), address);
});
