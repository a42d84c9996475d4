import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { versions } from 'node:process';
import { test } from 'node:test';
import { uWS, uwsInUse } from '../../../server/edge/http/uws.ts';

test('what is said of uWebSockets.js is what this process has loaded', () => {
  const { package: name, file, version, lacks } = uwsInUse;
  const path = join(dirname(createRequire(import.meta.url).resolve(name)), file);
  assert.ok(existsSync(path), path);
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  assert.deepEqual(
    sharedObjects.filter((each) => /\/uws_[^/]+\.node$/.test(each)),
    [path],
  );
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.equal(typeof uWS.App, 'function');
  // test/hostile/packets.test.ts shows both sides of it.
  assert.equal(lacks !== null, name === 'uWebSockets.js' && versions.modules === '115');
});
