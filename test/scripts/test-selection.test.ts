import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../support/paths.ts';

interface Selection {
  readonly selectTests: (
    files: readonly string[],
    wanted: readonly string[],
    stages: readonly string[],
  ) => readonly string[];
}
const { selectTests } = (await import(
  pathToFileURL(join(repositoryRoot, 'scripts/test-selection.mjs')).href
)) as Selection;

const STAGES = ['unit', 'system', 'browser'];
const FILES = [
  'actors/a.test.ts',
  'browser/b.test.ts',
  'faults/c.test.ts',
  'system/d.test.ts',
  'ui/net/e.test.ts',
];
const selected = (...wanted: readonly string[]): readonly string[] => selectTests(FILES, wanted, STAGES);

test('without arguments every test file runs', () => {
  assert.deepEqual(selected(), FILES);
});

test('an argument is a stage or a part of a path, with or without the folder `test/`', () => {
  assert.deepEqual(selected('unit'), ['actors/a.test.ts', 'ui/net/e.test.ts']);
  assert.deepEqual(selected('system'), ['faults/c.test.ts', 'system/d.test.ts']);
  for (const argument of ['ui/net/e', 'test/ui/net/e.test.ts', './test/ui/net'])
    assert.deepEqual(selected(argument), ['ui/net/e.test.ts']);
  assert.deepEqual(selected('test/ui', 'actors', 'unit'), ['actors/a.test.ts', 'ui/net/e.test.ts']);
});

test('an argument that matches no test file is named, whatever the others match', () => {
  assert.throws(() => selected('actors', 'test/no-such'), /^Error: No test file matches "test\/no-such"\. /);
});

test('npm test says so before it builds anything, and fails', () => {
  const { stderr, status } = spawnSync(execPath, ['scripts/test.mjs', 'no-such-test'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^No test file matches "no-such-test"\. An argument is a part of a path below test\/, or one of: unit, /,
  );
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
});
