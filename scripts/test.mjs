import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec, tap } from 'node:test/reporters';
import { prepare, root } from './prepare.mjs';
import { main, say } from './say.mjs';

/** One file may take this long before it counts as hung. */
const FILE_TIMEOUT_MS = 20 * 60_000;
/** Two at a time: system tests start servers with threads of their own. The long programmes have the machine to themselves. */
const CONCURRENCY = process.env.TEST_SCALE === 'full' ? 1 : 2;
/** Cheap first, so that a broken part is told before the whole system is tried. */
const STAGES = ['unit', 'system', 'edges', 'security', 'e2e'];

/** Compiled tests: of the server, and of the client's pure parts, which know the DOM's types. */
const FOLDERS = ['dist/test', 'dist/client/test'];

const stageOf = (file) =>
  STAGES.find((stage) => file.startsWith(`${stage}/`)) ?? (file.startsWith('faults/') ? 'system' : 'unit');

const testFiles = (wanted) => {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((file) => ({ folder, file })),
  )
    .filter(
      ({ file }) => file.endsWith('.test.js') && existsSync(join(root, 'test', file.replace(/\.js$/, '.ts'))),
    )
    .filter(
      ({ file }) =>
        wanted.length === 0 || wanted.some((part) => file.includes(part) || stageOf(file) === part),
    )
    .sort(
      (a, b) =>
        STAGES.indexOf(stageOf(a.file)) - STAGES.indexOf(stageOf(b.file)) || (a.file < b.file ? -1 : 1),
    )
    .map(({ folder, file }) => join(root, folder, file));
};

/** `npm test [-- unit|system|e2e|<part of a path> …]`: builds what is stale and runs the tests in one go. */
await main(async () => {
  await prepare('tests', 'client', 'ui', 'desktop');
  const files = testFiles(process.argv.slice(2));
  say(`Running ${files.length} test files from ${relative(process.cwd(), join(root, 'dist/test'))}`);
  const stream = run({ files, concurrency: CONCURRENCY, timeout: FILE_TIMEOUT_MS });
  stream.on('test:fail', ({ todo }) => {
    if (todo === undefined || todo === false) process.exitCode = 1;
  });
  if (files.length === 0) process.exitCode = 1;
  stream.compose(process.stdout.isTTY ? new spec() : tap).pipe(process.stdout);
});
