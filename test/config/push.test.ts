import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../server/config/config.ts';

const machine = { cores: 4, home: '/home/ada', readFile: () => new Uint8Array() };
const pushOf = (env: Readonly<Record<string, string>>) => {
  const parsed = parseConfig(env, machine);
  return 'config' in parsed ? parsed.config.push : parsed.faults.map(({ name }) => name);
};

test('pushes: off without a contact; allowed services are spelt as URLs spell them', () => {
  assert.equal(pushOf({}), null);
  assert.equal(pushOf({ PARLEY_PUSH_ALLOW: 'push.example:443' }), null);
  const subject = 'mailto:admin@chat.example';
  assert.deepEqual(pushOf({ PARLEY_PUSH_SUBJECT: subject }), { subject, allowed: [] });
  assert.deepEqual(
    pushOf({
      PARLEY_PUSH_SUBJECT: 'https://chat.example/contact',
      PARLEY_PUSH_ALLOW: 'Push.Example:0443, 127.1:8443, [::0001]:443',
    }),
    {
      subject: 'https://chat.example/contact',
      allowed: ['push.example:443', '127.0.0.1:8443', '[::1]:443'],
    },
  );
});

test('what is no contact and no service is refused', () => {
  const subjects = [
    'admin@chat.example',
    'mailto:admin',
    'mailto:a b@c.d',
    'http://chat.example',
    'https://localhost',
  ];
  for (const subject of [...subjects, 'mailto:a@b.c,d@e.f', 'mailto:<a@b.c>', 'tel:110'])
    assert.deepEqual(pushOf({ PARLEY_PUSH_SUBJECT: subject }), ['PARLEY_PUSH_SUBJECT'], subject);
  const services = ['push.example', 'push.example:0', 'https://push.example:443', 'a:1,push.example:65536'];
  for (const allowed of [
    ...services,
    '[::1:443',
    'a b:443',
    ':443',
    'u@push.example:443',
    'push.example:443/x',
  ])
    assert.deepEqual(pushOf({ PARLEY_PUSH_ALLOW: allowed }), ['PARLEY_PUSH_ALLOW'], allowed);
});
