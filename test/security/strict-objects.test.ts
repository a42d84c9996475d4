import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { decodeClientFrame } from '../../server/protocol/decode.ts';
import { CLIENT_FRAMES } from '../../server/protocol/client-frames.ts';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { ROUTE_ROWS } from '../support/matrix-rows.ts';
import { promote } from '../support/promote.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { ENVELOPES } from '../hostile/frames-of-every-kind.ts';

/** S-19: no field that nobody knows, and none that reaches a prototype. */
const OBJECTS = scaled({ sample: 1_000, long: 20_000 });
const server = await ServerProcess.start({ after });
const ada = await ChatClient.register({ after }, server, freshName('ada'));
await promote(server, ada.username);

const HOSTILE = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'is_admin',
  'id',
  'user_id',
  'role',
  'deleted_at',
  'password_hash',
  '$ne',
  'toJSON',
  'then',
  'length',
];

const assertClean = (): void => {
  assert.deepEqual(Object.keys(Object.prototype), []);
  for (const key of ['polluted', 'is_admin', 'role']) assert.ok(!(key in {}));
};

for (const [at, envelope] of ENVELOPES.entries()) {
  const { type } = JSON.parse(envelope) as { type: keyof typeof CLIENT_FRAMES };
  for (const key of HOSTILE) {
    test(`[W3] ${type} ${String(at)}: a field ${key} is refused, in the envelope and in the payload`, () => {
      const field = `"${key}":{"polluted":1,"is_admin":true},`;
      assert.ok(decodeClientFrame(envelope).ok);
      // `id` stands in an envelope anyway.
      const inEnvelope =
        key === 'id' ? envelope.replace('"type"', `"${key}2":1,"type"`) : envelope.replace('{', `{${field}`);
      assert.equal(decodeClientFrame(inEnvelope).ok, false, 'in the envelope');
      const inPayload = envelope.replace('"payload":{', `"payload":{${field}`).replace(',}', '}');
      assert.equal(decodeClientFrame(inPayload).ok, false, 'in the payload');
      assertClean();
    });
  }
}

test('[W3] any object at all as a payload: taken only when it is one', (t) => {
  let taken = 0;
  const key = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.constantFrom('recipient_id', 'content', 'cursor', 'status', 'token'),
    fc.string(),
  );
  const value = fc.oneof(fc.jsonValue(), fc.uuid(), fc.constantFrom('read', 'online', true, 0));
  const { seed } = chance(t);
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(CLIENT_FRAMES)),
      fc.array(fc.tuple(key, value), { maxLength: 4 }),
      (type, fields) => {
        const payload = `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`).join(',')}}`;
        const decoded = decodeClientFrame(
          `{"id":"${crypto.randomUUID()}","type":"${type}","payload":${payload}}`,
        );
        if (decoded.ok) {
          taken += 1;
          const named = new Set(fields.map(([name]) => name));
          assert.deepEqual(new Set(Object.keys(decoded.up.payload)), named);
        }
        assertClean();
      },
    ),
    { numRuns: OBJECTS, seed: seed | 0 },
  );
  count(t, 'S-19', { objects: OBJECTS, taken, seed });
});

const bodies = Object.entries(ROUTE_ROWS).flatMap(([route, row]) => {
  const named = {
    user: crypto.randomUUID(),
    username: 'nobody.here',
    conversation: crypto.randomUUID(),
    message: crypto.randomUUID(),
    session: crypto.randomUUID(),
    attachment: crypto.randomUUID(),
    upload: crypto.randomUUID(),
  };
  const { path, body } = 'open' in row ? { path: route.split(' ')[1] ?? '', body: row.body } : row.ask(named);
  // A file is no object.
  return body === undefined || body instanceof Uint8Array
    ? []
    : [{ route, path, body: body as Record<string, unknown> }];
});
for (const { route, path, body } of bodies) {
  test(`${route}: a body with a field that is not its own is refused`, async () => {
    for (const key of HOSTILE) {
      const text = JSON.stringify(body).replace('{', `{"${key}":{"polluted":1},`);
      const answer = await http(route.split(' ')[0] ?? '', `${server.url}${path}`, {
        token: ada.accessToken,
        body: text,
      });
      assert.equal(answer.status, 400, `${key}: ${answer.text}`);
    }
  });
}

test('a query with a name that is not its own, or twice, is refused', async () => {
  for (const name of [...HOSTILE, 'limit=1&limit']) {
    for (const path of [
      '/users',
      '/conversations',
      '/search',
      '/admin/api/users',
      '/admin/api/audit',
      `/conversations/${crypto.randomUUID()}/messages`,
    ]) {
      assert.equal((await ada.http('GET', `${path}?${name}=1`)).status, 400, `${path}?${name}`);
    }
  }
});

test('nobody makes themselves more than they are: what a registration answers is what was asked for', async () => {
  const body = { username: freshName('eve'), password: PASSWORD };
  const answer = await http('POST', `${server.url}/auth/register`, { body });
  const { user } = answer.json<{ user: Record<string, unknown> }>();
  assert.deepEqual(Object.keys(user).sort(), [
    ...['about', 'avatar', 'created_at', 'display_name', 'id', 'last_seen', 'status', 'username'],
  ]);
});
