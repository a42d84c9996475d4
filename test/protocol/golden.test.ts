import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { PROTOCOL_VERSION } from '../../server/protocol/version.ts';
import { repositoryRoot } from '../support/paths.ts';
import { wire } from '../support/wire.ts';

/** The wire as it was when this file was last renewed: frames, bodies, answers, codes and limits. */
const FILE = join(repositoryRoot, 'test/protocol/golden.json');
const RENEW = 'GOLDEN=write node --test dist/test/protocol/golden.test.js';

const read = (): { version: number } => JSON.parse(readFileSync(FILE, 'utf8')) as { version: number };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether `now` has all that `known` has, and what it has besides breaks no client: fields that the server sends, errors of a
 *  route, and fields, frames and routes that a client may leave out. */
const onlyAdds = (known: unknown, now: unknown, path: readonly string[] = []): boolean => {
  if (isObject(known) && isObject(now))
    return Object.entries(known).every(([key, value]) => onlyAdds(value, now[key], [...path, key]));
  const isSent = path[0] === 'down' || path.includes('answers');
  if (isSent && path.at(-1) === 'required' && Array.isArray(known) && Array.isArray(now))
    return known.every((name) => now.includes(name));
  // A client treats an error by its code, whichever route answers it.
  if (path.at(-1) === 'statuses' && Array.isArray(known) && Array.isArray(now))
    return (
      known.every((status) => now.includes(status)) &&
      now.every((status) => known.includes(status) || Number(status) >= 400)
    );
  return isDeepStrictEqual(known, now);
};

/** The frame types that `known` does not have and that do not say that this version brought them. */
const withWrongSince = (known: unknown, now: unknown): readonly string[] => {
  const part = (wire: unknown, path: readonly string[]): Readonly<Record<string, unknown>> =>
    path.reduce<Readonly<Record<string, unknown>>>(
      (at, key) => (isObject(at[key]) ? at[key] : {}),
      isObject(wire) ? wire : {},
    );
  return ['up', 'down'].flatMap((way) =>
    Object.entries(part(now, ['since', way]))
      .filter(([type, since]) => !(type in part(known, [way])) && since !== PROTOCOL_VERSION)
      .map(([type, since]) => `${way} ${type}: since ${String(since)}`),
  );
};

test('the wire does not change without a new PROTOCOL_VERSION, or the golden file renewed for what is only added', () => {
  const known = existsSync(FILE) ? read() : { version: 0 };
  const bumped = known.version !== PROTOCOL_VERSION;
  assert.deepEqual(
    withWrongSince(known, wire),
    [],
    `A frame type that the golden file does not have is new: its \`since\` is ${String(PROTOCOL_VERSION)}.`,
  );
  if (env['GOLDEN'] === 'write' && (bumped || onlyAdds(known, wire))) {
    writeFileSync(FILE, `${JSON.stringify(wire, null, 2)}\n`);
    return;
  }
  assert.ok(!bumped, `PROTOCOL_VERSION is new: look at the change, then renew the golden file: ${RENEW}`);
  assert.deepEqual(
    wire,
    known,
    'The wire has changed: clients written elsewhere rely on it. If something was only added, renew the golden file: ' +
      `${RENEW}. If it was changed or removed, and that is meant, bump PROTOCOL_VERSION in ` +
      'server/protocol/version.ts first, and say why beside it.',
  );
});

test('what is only added is told from what breaks clients', () => {
  const sent = (required: string[], fields: object) => ({
    down: { welcome: { required, properties: fields } },
  });
  const asked = (required: string[], fields: object) => ({ up: { ack: { required, properties: fields } } });
  const [a, b] = [{ a: { type: 'string' } }, { b: { type: 'string' } }];
  assert.ok(onlyAdds(sent(['a'], a), sent(['a', 'b'], { ...a, ...b })));
  assert.ok(onlyAdds(asked(['a'], a), asked(['a'], { ...a, ...b })));
  assert.ok(!onlyAdds(asked(['a'], a), asked(['a', 'b'], { ...a, ...b })));
  assert.ok(!onlyAdds(sent(['a', 'b'], { ...a, ...b }), sent(['a'], a)));
  assert.ok(!onlyAdds(sent(['a'], a), sent(['a'], { a: { type: 'integer' } })));
  const answered = (...statuses: number[]) => ({ http: { 'GET /': { statuses } } });
  assert.ok(onlyAdds(answered(200, 401), answered(200, 401, 403)));
  assert.ok(!onlyAdds(answered(200), answered(200, 202)));
  assert.ok(!onlyAdds(answered(200, 401), answered(200)));
});

test('a frame type that is new says that this version brought it', () => {
  const known = { up: { ack: {} }, down: { ack: {} } };
  const now = (since: number) => ({ since: { up: { ack: 1, added: since }, down: { ack: 1 } } });
  assert.deepEqual(withWrongSince(known, now(PROTOCOL_VERSION)), []);
  for (const wrong of [PROTOCOL_VERSION - 1, PROTOCOL_VERSION + 1])
    assert.deepEqual(withWrongSince(known, now(wrong)), [`up added: since ${String(wrong)}`]);
});

test('the golden file holds every part of the wire', () => {
  const parts = ['limits', 'errors', 'closes', 'envelope', 'up', 'down', 'since', 'http'];
  for (const part of parts) assert.ok(part in read(), part);
});
