import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { tempDir } from '../support/temp-dir.ts';

const MODULE = pathToFileURL(join(repositoryRoot, 'scripts/run-step.mjs')).href;
/** A step that takes 2.5 s and fails or not, with a line of progress every half second. */
const program = (exit: number): string => `
  import { runStep } from ${JSON.stringify(MODULE)};
  const step = ['-e', 'setTimeout(() => { console.log("its own words"); process.exit(${String(exit)}); }, 2500)'];
  await runStep('Compiling', process.execPath, step, '.', undefined, 500);
`;

test('a step that takes long says so again and again, and how long it took', () => {
  const { stderr, status } = spawnSync(execPath, ['--input-type=module', '-e', program(0)], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const lines = stderr.trim().split('\n');
  assert.equal(lines[0], 'Compiling …');
  assert.ok(lines.filter((line) => /^Compiling … \d s so far$/.test(line)).length >= 3, stderr);
  assert.match(lines.at(-1) ?? '', /^Compiling: done in \d+\.\d s$/);
  assert.ok(!stderr.includes('its own words'));
});

test('on a terminal one line counts the seconds', (t) => {
  const file = join(tempDir(t), 'step.mjs');
  writeFileSync(file, program(0));
  const { stdout, error } = spawnSync('script', ['-qec', `${execPath} ${file}`, '/dev/null'], {
    encoding: 'utf8',
  });
  if (error !== undefined) {
    t.skip('util-linux’s `script`, which holds a terminal, is not installed');
    return;
  }
  assert.match(stdout, /\r\u001b\[K {2}1 s so far\r\u001b\[K {2}2 s so far/);
  assert.match(stdout, /Compiling: done in /);
});

test('a step that fails shows its own words', () => {
  const { stderr, status } = spawnSync(execPath, ['--input-type=module', '-e', program(3)], {
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(stderr, /its own words/);
});
