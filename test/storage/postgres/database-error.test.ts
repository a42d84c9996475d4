import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAMAGED } from '../../../server/storage/outcome.ts';
import {
  databaseCode,
  DatabaseError,
  databaseErrorOf,
  faultOfSqlState,
  type DatabaseFault,
} from '../../../server/storage/postgres/database-error.ts';
import { failedOutcome } from '../../../server/storage/postgres/failed-outcome.ts';

test('an SQLSTATE is the fault of the database or of the statement', () => {
  const outside = ['08006', '25006', '25P03', '28P01', '3D000', '40001', '40P01', '53100', '53300', '55P03'];
  for (const code of [...outside, '57014', '57P01', '57P03', '58030', 'XX001', '26000'])
    assert.equal(faultOfSqlState(code), 'unavailable', code);
  for (const code of [
    '22021',
    '22P02',
    '23505',
    '23503',
    '25P02',
    '40002',
    '42601',
    '42P01',
    'P0001',
    'XX000',
    '',
  ])
    assert.equal(faultOfSqlState(code), 'statement', code);
});

test('an error of the network is unavailable, with its code', () => {
  const error = databaseErrorOf(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  assert.equal(error.kind, 'unavailable');
  assert.equal(databaseCode(error), 'ECONNREFUSED');
  assert.equal(databaseErrorOf(error), error);
  assert.equal(databaseCode(new Error('something else')), '');
});

test('what became of a write: a damaged page is told apart from a database that is away', () => {
  const faultOf = (kind: DatabaseFault, code: string) =>
    failedOutcome(new DatabaseError(kind, code, 'x')).fault;
  assert.equal(faultOf('unavailable', 'XX001'), DAMAGED);
  assert.equal(faultOf('unavailable', 'XX002'), DAMAGED);
  assert.equal(faultOf('unavailable', '57P01').code, 'unavailable');
  assert.equal(faultOf('statement', '22021').code, 'internal');
});
