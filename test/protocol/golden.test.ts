import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { test } from 'node:test';
import { PROTOCOL_VERSION } from '../../server/protocol/version.ts';
import { repositoryRoot } from '../support/paths.ts';
import { wire } from '../support/wire.ts';

/** The wire as it was when PROTOCOL_VERSION was last bumped: frames, bodies, answers, codes and limits. */
const FILE = join(repositoryRoot, 'test/protocol/golden.json');
const RENEW = 'GOLDEN=write node --test dist/test/protocol/golden.test.js';

const read = (): { version: number } => JSON.parse(readFileSync(FILE, 'utf8')) as { version: number };

test('the wire does not change without a new PROTOCOL_VERSION', () => {
  const known = existsSync(FILE) ? read() : { version: 0 };
  const bumped = known.version !== PROTOCOL_VERSION;
  if (env['GOLDEN'] === 'write' && bumped) {
    writeFileSync(FILE, `${JSON.stringify(wire, null, 2)}\n`);
    return;
  }
  assert.ok(!bumped, `PROTOCOL_VERSION is new: look at the change, then renew the golden file: ${RENEW}`);
  assert.deepEqual(
    wire,
    known,
    'The wire has changed: clients written elsewhere rely on it. If that is meant, bump PROTOCOL_VERSION in ' +
      `server/protocol/version.ts, say why beside it, and renew the golden file: ${RENEW}`,
  );
});

test('the golden file holds every part of the wire', () => {
  const parts = ['limits', 'errors', 'closes', 'envelope', 'up', 'down', 'http'];
  for (const part of parts) assert.ok(part in read(), part);
});
