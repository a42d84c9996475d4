import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EXIT } from '../../server/commands/exit-codes.ts';
import { repositoryRoot } from '../support/paths.ts';

test('docs/operate.md lists every exit code of a command, and no other', () => {
  const text = readFileSync(join(repositoryRoot, 'docs/operate.md'), 'utf8');
  const [, table = ''] = /## Exit codes\n([^#]*)/.exec(text) ?? [];
  const listed = [...table.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
  assert.deepEqual(
    listed,
    Object.values(EXIT).sort((a, b) => a - b),
  );
});
