import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { ExpectedError, main } from './command.mjs';
import { log } from './log.mjs';
import { root } from './root.mjs';
import { EXTENDED, FULL, LONGEST, ON_BOTH, ON_BOTH_EXTENDED, SQLITE_ONLY } from './test-lists.mjs';
import { runTests } from './test-run.mjs';
import { selectTests, stageOf } from './test-selection.mjs';

const STAGES = ['unit', 'system', 'hostile', 'security', 'browser'];
const wanted = process.argv.slice(2);
const isNamed = !wanted.every((argument) => STAGES.includes(argument));
/** Who names a file wants all of its tests. The lanes inherit it. */
process.env.TEST_SCALE ??= isNamed ? 'extended' : 'sample';
const isSample = process.env.TEST_SCALE === 'sample';
/** The long runs have the machine to themselves. */
const isLong = process.env.TEST_SCALE === 'long';
const CORES = isLong ? 1 : Math.max(2, availableParallelism());

/** What runs together, and in how many processes. Cheap first, so that a broken part is told before the whole system is tried.
 *  Browsers wait more than they compute, and no test of them measures time; no test of the sample does either. Stages that
 *  try the same server share processes, and with them what the tests of a process share. */
const PHASES = [
  { groups: [['unit'], ['system', 'hostile', 'security']], lanes: isSample ? CORES + 1 : CORES },
  { groups: [['browser']], lanes: isLong ? 1 : CORES + 1 },
];

/** Compiled tests: of the server, and of the client's pure parts, which know the DOM's types. */
const FOLDERS = ['dist/test', 'dist/client/test'];

/** One file may take this long before it counts as hung. */
const FILE_MS = 20 * 60_000;

const ON_POSTGRES = { TEST_STORE: 'postgres' };
const isOnPostgres = process.env.TEST_STORE === 'postgres';

/** Whether the tests' servers can have a PostgreSQL; else says loudly why not, which is an error where one is required. */
const hasPostgres = async () => {
  const { withoutPostgres } = /** @type {typeof import('../test/support/postgres-missing.ts')} */ (
    await import(pathToFileURL(join(root, 'dist/test/support/postgres-missing.js')).href)
  );
  return withoutPostgres === false;
};

/** @param {string} source */
const placeOf = (source) => (LONGEST.includes(source) ? LONGEST.indexOf(source) : LONGEST.length);

/**
 * @param {string} a
 * @param {string} b
 */
const longestFirst = (a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1);

/** The test files as they are written, relative to `test/`. */
const sources = () =>
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.test.ts'));

/**
 * The compiled files of a stage that were selected.
 * @param {string} stage
 * @param {ReadonlySet<string>} selected
 * @returns {readonly import('./test-run.mjs').TestFile[]}
 */
const testFiles = (stage, selected) =>
  FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => ({
      path: join(root, folder, file),
      source: file.replaceAll('\\', '/').replace(/\.js$/, '.ts'),
    })),
  )
    .filter(({ source }) => selected.has(source) && stageOf(source, STAGES) === stage)
    .sort((a, b) => longestFirst(a.source, b.source))
    .map(({ path, source }) => ({ name: join('test', source), path }));

/**
 * What is run of the tests that were selected, and where.
 * @param {ReadonlySet<string>} selected
 * @returns {Promise<readonly import('./test-run.mjs').Phase[]>}
 */
const phasesOf = async (selected) => {
  const onPostgres = (/** @type {(source: string) => boolean} */ isChosen) => {
    const chosen = new Set([...selected].filter((source) => isChosen(source)));
    const files = testFiles('system', chosen).map(({ name, path }) => ({
      name: `${name} (PostgreSQL)`,
      path,
    }));
    return { name: 'postgres', files, env: ON_POSTGRES };
  };
  if (isOnPostgres) {
    if (!(await hasPostgres())) throw new ExpectedError('There is no PostgreSQL.');
    const isSystem = (/** @type {string} */ source) => source.startsWith('system/');
    return [
      { lanes: CORES, stages: [onPostgres((source) => isSystem(source) && !SQLITE_ONLY.includes(source))] },
    ];
  }
  const onBoth = isSample ? ON_BOTH : [...ON_BOTH, ...ON_BOTH_EXTENDED];
  const further = onPostgres((source) => onBoth.includes(source));
  const isWanted = further.files.length > 0 && (await hasPostgres());
  return PHASES.map(({ groups, lanes }, at) => {
    const stages = groups.map((group) => ({
      name: group.join('-'),
      files: group.flatMap((stage) => testFiles(stage, selected)),
    }));
    // With the other servers, so that no processor waits for the last of them.
    return { lanes, stages: at === 0 && isWanted ? [...stages, further] : stages };
  });
};

/** The files that this scale has no time for. */
const leftOut = () => {
  if (isSample) return [...EXTENDED, ...FULL];
  return process.env.TEST_SCALE === 'extended' && !isNamed ? FULL : [];
};

/** `npm test [-- unit|system|browser|<part of a path> …]`: builds what is stale and runs the tests in one go. */
await main(async () => {
  const chosen = selectTests(sources(), wanted, STAGES);
  const left = leftOut();
  const selected = new Set(chosen.filter((source) => !left.includes(source)));
  await build('tests', 'client', 'ui', 'desktop', 'scripts');
  const phases = await phasesOf(selected);
  const count = phases.flatMap(({ stages }) => stages.flatMap(({ files }) => files)).length;
  log(`Running ${count} test files`);
  const isGood = await runTests(phases, { fileMs: FILE_MS, laneMs: isLong ? FILE_MS * count : FILE_MS }, log);
  if (!isGood) process.exitCode = 1;
});
