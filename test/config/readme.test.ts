import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { VARIABLE_NAMES } from '../../server/config/variables.ts';
import { repositoryRoot } from '../support/paths.ts';

const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');

test('the README has one row for each variable, and no other', () => {
  const rows = [...readme.matchAll(/^\| `(PARLEY_[A-Z_]+)` +\|/gm)].map(([, name = '']) => name);
  assert.deepEqual(
    rows.toSorted(),
    VARIABLE_NAMES.filter((name) => name !== 'PARLEY_TEST_FAULTS').toSorted(),
  );
});

test('the README has the headings that a newcomer looks for', () => {
  const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  assert.deepEqual(headings, [
    'Quick start',
    'Features',
    'Configuration',
    'Deployment',
    'Desktop app',
    'How fast and how safe',
    'What it does not do',
    'Development',
  ]);
});
