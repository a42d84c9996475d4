import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFlags } from '../../perf/servers/targets.ts';
import { root } from '../../perf/machine/root.ts';

test('the service starts Node with the flags of npm start, and what is measured does too', () => {
  const flags = startFlags();
  assert.deepEqual(flags, ['--max-semi-space-size=2']);
  const service = readFileSync(join(root, 'deploy/parley.service'), 'utf8');
  assert.match(service, new RegExp(`^ExecStart=/usr/bin/node ${flags.join(' ')} /opt/`, 'm'));
});
