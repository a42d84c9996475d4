import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSecrets } from '../../server/edge/secrets.ts';
import { systemIds } from '../../server/runtime/ids.ts';
import { tempDir } from '../support/temp-dir.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;

test('keys are made once, differ, and only their owner can read them', (t) => {
  const dir = join(tempDir(t), 'data');
  const first = openSecrets(dir, null, systemIds);
  assert.deepEqual(openSecrets(dir, null, systemIds), first);
  assert.equal(first.jwt.length, 32);
  assert.notDeepEqual(first.jwt, first.refresh);
  assert.equal(mode(dir), 0o700);
  assert.deepEqual(readdirSync(dir).sort(), ['jwt.key', 'refresh.key']);
  for (const name of readdirSync(dir)) assert.equal(mode(join(dir, name)), 0o600);
});

test('the operator’s own key is used and not stored', (t) => {
  const dir = join(tempDir(t), 'data');
  const { jwt } = openSecrets(dir, 'an operator key of enough bytes!', systemIds);
  assert.equal(Buffer.from(jwt).toString(), 'an operator key of enough bytes!');
  assert.deepEqual(readdirSync(dir), ['refresh.key']);
});

test('a damaged key is refused, not replaced', (t) => {
  const dir = join(tempDir(t), 'data');
  openSecrets(dir, null, systemIds);
  writeFileSync(join(dir, 'jwt.key'), 'short');
  assert.throws(() => openSecrets(dir, null, systemIds), /jwt\.key .* is damaged/);
  assert.equal(readFileSync(join(dir, 'jwt.key'), 'utf8'), 'short');
});
