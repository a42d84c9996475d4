import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statement } from '../../../server/storage/postgres/sql.ts';

test('the name of a statement stands for one text', () => {
  statement('named_once', 'SELECT 1');
  assert.deepEqual(statement('named_once', 'SELECT 1').name, 'named_once');
  assert.throws(
    () => statement('named_once', 'SELECT 2'),
    /two different statements have the name "named_once"/,
  );
  statement('', 'SELECT 1');
  assert.equal(statement('', 'SELECT 2').text, 'SELECT 2');
});
