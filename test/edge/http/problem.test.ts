import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as z from 'zod/mini';
import { check, parseQuery } from '../../../server/edge/http/checks.ts';
import { problemAnswer } from '../../../server/edge/http/problem.ts';
import { ERRORS, ERROR_CODES, ParleyError, type FieldError } from '../../../server/protocol/errors.ts';
import { messagesQuery } from '../../../server/protocol/resources/message.ts';
import { openConversationBody } from '../../../server/protocol/resources/conversation.ts';
import { problem } from '../../../server/protocol/resources/problem.ts';
import { registerBody } from '../../../server/protocol/resources/account.ts';

const bodyOf = (error: unknown): z.infer<typeof problem> =>
  problem.parse(JSON.parse(String(problemAnswer(error).body)));
const header = (error: unknown, name: string): string | undefined =>
  problemAnswer(error).headers.find(([each]) => each === name)?.[1];

test('each code of the table has its status, and only what was said on purpose is told', () => {
  for (const code of ERROR_CODES) {
    const body = bodyOf(new ParleyError(code, 'Said on purpose.'));
    assert.equal(body.status, ERRORS[code].status);
    assert.equal(body.code, code);
    assert.equal(body.detail, 'Said on purpose.');
  }
});

test('what was not thrown on purpose shows nothing of itself', () => {
  const error = Object.assign(new Error('SQLITE_CORRUPT: SELECT * FROM /var/lib/parley.db'), { code: 'X' });
  for (const thrown of [error, 'text', undefined, null, { detail: 'secret' }]) {
    const text = String(problemAnswer(thrown).body);
    assert.equal(bodyOf(thrown).code, 'internal');
    assert.ok(!/SQL|parley\.db|text|secret|at /.test(text.replace('problem', '')), text);
  }
});

test('429 and 503 say when to come back, 401 how to sign in', () => {
  assert.equal(header(new ParleyError('too_many_requests', 'x', { retryAfterS: 77 }), 'Retry-After'), '77');
  assert.equal(header(new ParleyError('unavailable', 'x'), 'Retry-After'), '1');
  assert.equal(header(new ParleyError('not_found', 'x'), 'Retry-After'), undefined);
  assert.equal(header(new ParleyError('unauthorized', 'x'), 'WWW-Authenticate'), 'Bearer');
});

const faults = (schema: z.ZodMiniType, value: unknown): readonly FieldError[] => {
  try {
    check(schema, value, 'body');
  } catch (error) {
    assert.ok(error instanceof ParleyError && error.code === 'bad_request');
    return error.errors ?? [];
  }
  return [];
};

test('faults are named by path, one entry each, and never repeat a value', () => {
  const value = { username: 'x!', password: 'hunter2secret', extra: 1, more: 2 };
  const found = faults(registerBody, value);
  assert.deepEqual(found.map(({ path }) => path).sort(), ['extra', 'more', 'password', 'username']);
  assert.ok(!JSON.stringify(found).includes('hunter2'));
});

test('of a body with two forms the nearer one is explained', () => {
  assert.deepEqual(
    faults(openConversationBody, { recipient_id: 'x' }).map(({ path }) => path),
    ['recipient_id'],
  );
  assert.deepEqual(
    faults(openConversationBody, { username: 5 }).map(({ path }) => path),
    ['username'],
  );
  assert.equal(faults(openConversationBody, {}).length > 0, true);
  assert.equal(faults(openConversationBody, { username: 'a', recipient_id: 'b' }).length > 0, true);
});

test('bodies that are no object are refused, and so is __proto__', () => {
  for (const value of [null, [], 'x', 1, true]) assert.equal(faults(registerBody, value).length, 1);
  const hostile: unknown = JSON.parse(
    '{"username":"alice","password":"Right-Horse-1","__proto__":{"invite":"x"}}',
  );
  assert.deepEqual(
    faults(registerBody, hostile).map(({ path }) => path),
    ['__proto__'],
  );
});

test('a query is decoded once; broken escapes and repeated names are refused', () => {
  assert.deepEqual(parseQuery(''), {});
  assert.deepEqual(parseQuery('q=a%20b+c&limit=5&x'), { q: 'a b c', limit: '5', x: '' });
  assert.deepEqual(parseQuery('q=%2525'), { q: '%25' });
  for (const bad of ['q=%', 'q=%ff', 'q=%ed%a0%80', 'a=1&a=2']) {
    assert.throws(
      () => parseQuery(bad),
      (error) => error instanceof ParleyError && error.code === 'bad_request',
      bad,
    );
  }
});

test('numbers in a query are whole and within their bounds', () => {
  assert.deepEqual(check(messagesQuery, { limit: '200', before: '0' }, 'query'), { limit: 200, before: 0 });
  for (const limit of ['0', '201', '-1', '1.5', '1e2', '', 'x', '0x10', ' 1', '9'.repeat(16)]) {
    assert.equal(faults(messagesQuery, { limit }).length > 0, true, limit);
  }
});
