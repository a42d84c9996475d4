import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERROR_CODES } from '../../../server/protocol/errors.ts';
import { isTemporary, knownCode } from '../../../ui/net/problem.ts';

test('a code of a newer server counts by its HTTP status', () => {
  assert.equal(knownCode('conflict', 409), 'conflict');
  assert.equal(knownCode('too_old', 426), 'bad_request');
  assert.equal(knownCode('too_busy', 529), 'unavailable');
  assert.equal(knownCode('toString', 400), 'bad_request');
});

test('what passes with time is tried again; what would fail again is told', () => {
  const temporary = ERROR_CODES.filter(isTemporary);
  assert.deepEqual(temporary, [
    'unauthorized',
    'too_many_requests',
    'internal',
    'unavailable',
    'insufficient_storage',
  ]);
  assert.ok(isTemporary('offline') && isTemporary('timeout'));
});
