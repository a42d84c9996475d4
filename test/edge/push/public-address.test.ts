import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointOf } from '../../../server/edge/push/endpoint.ts';
import { isPublicAddress } from '../../../server/edge/push/public-address.ts';

const PUBLIC = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
  ...['128.0.0.1', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255'],
  ...['192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255'],
  ...['2606:4700:4700::1111', '2a00:1450:4001:81b::200a', '2001:4860:4860::8888', '3ffe::1'],
  ...['::ffff:8.8.8.8', '::ffff:808:808', '64:ff9b::808:808'],
];
const NOT_PUBLIC = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255'],
  ...['127.0.0.1', '127.255.255.254', '169.254.169.254', '169.254.0.1', '172.16.0.1', '172.31.255.255'],
  ...['192.0.0.1', '192.0.0.192', '192.0.2.1', '192.88.99.1', '192.168.0.1', '192.168.255.255'],
  ...['198.18.0.1', '198.19.255.255', '198.51.100.7', '203.0.113.9', '224.0.0.1', '239.255.255.255'],
  ...['240.0.0.1', '255.255.255.255', '100.100.100.200', '168.63.129.16.1', '::', '::1', '::2', '::7f00:1'],
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::ffff:0:7f00:1'],
  ...['64:ff9b::7f00:1', '64:ff9b::a00:1', '64:ff9b::a9fe:a9fe', '64:ff9b::', '64:ff9b:1::1', '100::1'],
  ...['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001:db8::1', '2002:7f00:1::', '2002:a00:1::1'],
  ...['3fff::1', '5f00::1', 'fc00::1', 'fd00:ec2::254', 'fdff::1', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
  ...['fec0::1', 'ff02::1', 'ff0e::1', '', 'localhost', '1.2.3', '1.2.3.4.5', '0x7f.1', '2130706433'],
];

test('[N7] an address is public only if the internet leads to it', () => {
  for (const address of PUBLIC) assert.equal(isPublicAddress(address), true, address);
  for (const address of NOT_PUBLIC) assert.equal(isPublicAddress(address), false, address);
});

const none = new Set<string>();

test('[N7] an endpoint is an https URL of a public name or address on the usual port', () => {
  const good = [
    'https://fcm.googleapis.com/fcm/send/abc:APA91b',
    'https://updates.push.services.mozilla.com/wpush/v2/gAAA',
    'https://web.push.apple.com/QGu',
    'https://wns2-am3p.notify.windows.com/w/?token=BQYAAAD%2b',
    'https://push.example:443/x',
    'https://1.1.1.1/x',
    'https://[2606:4700:4700::1111]/x',
    'HTTPS://PUSH.EXAMPLE/x',
    'https://push.example./x',
  ];
  for (const text of good) assert.ok('url' in endpointOf(text, none), text);
});

test('[N7] every other endpoint is refused, however it is spelt', () => {
  const bad = [
    ...['', 'push.example', '/x', 'http://push.example/x', 'ftp://push.example/x', 'file:///etc/passwd'],
    ...['https://', 'https:///x', 'https://push.example:80/x', 'https://push.example:8443/x'],
    ...['https://push.example:22/', 'https://user@push.example/x', 'https://user:pw@push.example/x'],
    ...[
      'https://:pw@push.example/',
      'https://push.example/a b',
      'https://push.example/\n',
      ' https://push.example',
    ],
    ...['https://püsh.example/x', 'https://push.example/\u0000', 'https://push\t.example/'],
    // This machine and its network, in every spelling that a URL parser takes.
    ...['https://localhost/x', 'https://LOCALHOST/x', 'https://localhost./x', 'https://a.localhost/x'],
    ...[
      'https://intranet/x',
      'https://printer.local/x',
      'https://metadata.google.internal/x',
      'https://db./x',
    ],
    ...[
      'https://127.0.0.1/x',
      'https://127.1/x',
      'https://127.0.1/x',
      'https://2130706433/x',
      'https://0x7f.1/x',
    ],
    ...[
      'https://0x7f000001/x',
      'https://017700000001/x',
      'https://0177.0.0.1/x',
      'https://0/x',
      'https://0.0.0.0/',
    ],
    ...['https://①②⑦.0.0.1/x', 'https://127。0。0。1/x', 'https://%31%32%37.0.0.1/x', 'https://127.0.0.1./x'],
    ...[
      'https://10.0.0.1/x',
      'https://0xa000001/',
      'https://192.168.1.1/x',
      'https://169.254.169.254/latest/',
    ],
    ...['https://[::1]/x', 'https://[::]/x', 'https://[0:0:0:0:0:0:0:1]/x', 'https://[::ffff:127.0.0.1]/x'],
    ...['https://[::ffff:7f00:1]/x', 'https://[::127.0.0.1]/', 'https://[fe80::1]/x', 'https://[fd00::1]/x'],
    ...['https://[64:ff9b::10.0.0.1]/x', 'https://[2002:7f00:1::]/x', 'https://[fe80::1%25eth0]/x'],
    ...['https://1.2.3.256/x', 'https://1.2.3.4.5/x', 'https://[::1/x', 'https://push.example:99999/'],
  ];
  for (const text of bad) {
    const found = endpointOf(text, none);
    assert.ok('fault' in found, `${text} became ${'url' in found ? found.url.href : ''}`);
  }
});

test('[N7] a service that the operator allows may have any port and address, and nothing beside it may', () => {
  const allowed = new Set(['localhost:8443', '10.0.0.7:443', '[::1]:9443', 'push.intern:443']);
  for (const text of [
    'https://localhost:8443/x',
    'https://10.0.0.7/x',
    'https://0xa000007/x',
    'https://[0:0::1]:9443/x',
    'https://push.intern/x',
  ]) {
    const found = endpointOf(text, allowed);
    assert.ok('url' in found && found.isAllowed, text);
  }
  for (const text of [
    'http://localhost:8443/x',
    'https://u@localhost:8443/x',
    'https://localhost/x',
    'https://localhost:8444/x',
    'https://10.0.0.8/x',
    'https://10.0.0.7:8443/x',
  ])
    assert.ok('fault' in endpointOf(text, allowed), text);
  const other = endpointOf('https://push.example/x', allowed);
  assert.ok('url' in other && !other.isAllowed);
});
