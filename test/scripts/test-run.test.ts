import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { pathToFileURL } from 'node:url';
import { describe, test, type TestContext } from 'node:test';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../support/paths.ts';
import { testInFull } from '../support/scale.ts';
import { tempDir } from '../support/temp-dir.ts';

const MODULE = pathToFileURL(join(repositoryRoot, 'scripts/test-run.mjs')).href;
/** Of a process that computes for ever. All others end by themselves, however busy the machine is. */
const LANE_MS = 10_000;
const LONG_MS = 120_000;

/** What stands in a test file, by its name. */
const FILES = {
  good: `
    after(() => console.log('the end of good'));
    test('outer', (t) => t.test('inner', () => {}));
    test('second', () => {});`,
  'also-good': `test('third', () => {});`,
  'to-do': `test('fourth', { todo: true }, () => { throw new Error('not yet'); }); test('fifth', { skip: true });`,
  failing: `test('fails', () => { throw new Error('no'); });`,
  broken: `throw new Error('does not load');`,
  empty: '',
  'failing-hook': `after(() => { throw new Error('no'); }); test('sixth', () => {});`,
  exiting: `test('exits', () => process.exit(0));`,
  hung: `test('hangs', () => new Promise(() => setInterval(() => {}, 1_000)));`,
  idle: `test('waits for nothing', () => new Promise(() => {}));`,
  spinning: `test('spins', () => { for (;;); });`,
} as const;
type Name = keyof typeof FILES;

/** How a run of these files by two processes ends. */
const run = async (t: TestContext, names: readonly Name[], fileMs = LONG_MS) => {
  const folder = tempDir(t);
  const files = names.map((name) => {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(path, `import { after, test } from 'node:test';\n${FILES[name]}\n`);
    return { name, path };
  });
  const program = `
    import { runTests } from ${JSON.stringify(MODULE)};
    const phases = [{ lanes: 2, stages: [{ name: 'some', files: ${JSON.stringify(files)} }] }];
    const bounds = { fileMs: ${String(fileMs)}, laneMs: ${String(names.includes('spinning') ? LANE_MS : LONG_MS)} };
    const isGood = await runTests(phases, bounds, (line) => console.error(line));
    process.exitCode = isGood ? 0 : 1;`;
  // Else the inner run takes itself for a part of this one.
  const { NODE_TEST_CONTEXT: _, ...environment } = env;
  const path = join(folder, 'run.mjs');
  writeFileSync(path, program);
  const child = spawn(execPath, [path], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { stdout, stderr, status };
};

test('good files: every test is run, hooks are of the file, and the slowest are told', async (t) => {
  const { status, stdout, stderr } = await run(t, ['good', 'also-good', 'to-do']);
  assert.equal(status, 0, stdout + stderr);
  for (const name of ['outer', 'inner', 'second', 'third']) assert.ok(stdout.includes(`- ${name}\n`), stdout);
  assert.match(stdout, /the end of good/);
  assert.match(stderr, /^The 5 slowest tests:$/m);
  assert.match(stderr, /^ +\d+\.\d s {2}\S+good\.mjs: outer$/m);
  assert.doesNotMatch(stderr, /inner|No test was run/);
});

const BAD: readonly (readonly [name: Name, said: RegExp])[] = [
  ['failing', /not ok \d+ - fails/],
  ['broken', /does not load/],
  ['empty', /No test was run in empty/],
  ['failing-hook', /not ok \d+ - failing-hook/],
  ['exiting', /No test was run in exiting/],
  ['hung', /not ok \d+ - hangs/],
  ['idle', /not ok \d+ - waits for nothing/],
  ['spinning', /No test was run in spinning/],
];
// Two of them wait for a bound.
describe('what fails a run', { concurrency: 3 }, () => {
  for (const [name, said] of BAD) {
    // The processor would be busy with nothing else.
    (name === 'spinning' ? testInFull : test)(
      `a file that is ${name} fails it, and the others are run`,
      async (t) => {
        const fileMs = name === 'hung' ? 2_000 : LONG_MS;
        const { status, stdout, stderr } = await run(t, [name, 'good', 'also-good'], fileMs);
        assert.equal(status, 1, stdout + stderr);
        assert.match(stdout + stderr, said);
        if (name === 'hung') assert.match(stdout + stderr, /Something that a test started still runs/);
        if (name !== 'idle') assert.match(stdout, /- third\n/);
      },
    );
  }

  test('so does that there is none', async (t) => {
    assert.equal((await run(t, [])).status, 1);
  });
});
