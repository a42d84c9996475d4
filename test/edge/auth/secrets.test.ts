import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSecrets, rotateSigningKey } from '../../../server/edge/auth/secrets.ts';
import { systemIds } from '../../../server/runtime/ids.ts';
import { tempDir } from '../../support/temp-dir.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;

test('keys are made once, differ, and only their owner can read them', (t) => {
  const dir = join(tempDir(t), 'data');
  const first = openSecrets(dir, {}, systemIds);
  assert.deepEqual(openSecrets(dir, {}, systemIds), first);
  assert.equal(first.jwt.length, 32);
  assert.notDeepEqual(first.jwt, first.refresh);
  assert.equal(mode(dir), 0o700);
  assert.deepEqual(readdirSync(dir).sort(), ['jwt.key', 'refresh.key']);
  for (const name of readdirSync(dir)) assert.equal(mode(join(dir, name)), 0o600);
});

test('the operator’s own keys are used and not stored', (t) => {
  const dir = join(tempDir(t), 'data');
  const text = 'an operator key of enough bytes!';
  const { jwt } = openSecrets(dir, { jwt: text }, systemIds);
  assert.equal(Buffer.from(jwt).toString(), text);
  assert.deepEqual(readdirSync(dir), ['refresh.key']);
  const both = openSecrets(join(dir, 'other'), { jwt: text, refresh: `${text} 2` }, systemIds);
  assert.equal(Buffer.from(both.refresh).toString(), `${text} 2`);
  assert.deepEqual(readdirSync(join(dir, 'other')), []);
});

test('a key file as servers before made it is taken as it is', (t) => {
  const dir = join(tempDir(t), 'data');
  openSecrets(dir, {}, systemIds);
  const key = Buffer.alloc(32, 0xfe);
  for (const end of ['', '\n', '\r\n']) {
    writeFileSync(join(dir, 'jwt.key'), `${key.toString('base64url')}${end}`);
    assert.deepEqual(Buffer.from(openSecrets(dir, {}, systemIds).jwt), key);
  }
});

test('a damaged key is refused, not replaced', (t) => {
  const dir = join(tempDir(t), 'data');
  openSecrets(dir, {}, systemIds);
  const good = readFileSync(join(dir, 'jwt.key'), 'utf8').trim();
  for (const bad of ['', `${good}\0`, `${good}\ufffd`, `${good} ${good}`, Buffer.alloc(64, 0xff)]) {
    writeFileSync(join(dir, 'jwt.key'), bad);
    assert.throws(() => openSecrets(dir, {}, systemIds), /jwt\.key .* is damaged/);
  }
  writeFileSync(join(dir, 'jwt.key'), 'short');
  assert.throws(() => openSecrets(dir, {}, systemIds), /jwt\.key .* is damaged/);
  assert.equal(readFileSync(join(dir, 'jwt.key'), 'utf8'), 'short');
});

test('a new signing key is there whole, and the one before is kept beside it until its time is over', (t) => {
  const dir = tempDir(t);
  const { jwt } = openSecrets(dir, {}, systemIds);
  const fresh = rotateSigningKey(dir, 1_700_000_000_000, systemIds);
  const secrets = openSecrets(dir, {}, systemIds);
  assert.deepEqual(Buffer.from(secrets.jwt), Buffer.from(fresh));
  assert.deepEqual(secrets.previousJwt, { secret: Buffer.from(jwt), until: 1_700_000_000_000 });
  assert.equal(openSecrets(dir, { jwt: 'x'.repeat(40) }, systemIds).previousJwt, null);
  assert.deepEqual(readdirSync(dir).sort(), ['jwt-previous.key', 'jwt.key', 'refresh.key']);
  for (const name of readdirSync(dir)) assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600);
  writeFileSync(join(dir, 'jwt-previous.key'), 'damaged');
  assert.equal(openSecrets(dir, {}, systemIds).previousJwt, null);
});
