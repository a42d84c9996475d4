import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec, tap } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';
import { root } from './root.mjs';
import { TestResults } from './test-results.mjs';

/**
 * @typedef {object} TestFile
 * @property {string} name Its source, as people know it.
 * @property {string} path What was compiled.
 *
 * @typedef {object} Phase What runs together.
 * @property {number} lanes In how many processes.
 * @property {readonly Stage[]} stages
 *
 * @typedef {object} Stage Has processes of its own, which share its files out among themselves.
 * @property {string} name
 * @property {readonly TestFile[]} files
 * @property {Readonly<Record<string, string>>} [env] Set in its processes.
 *
 * @typedef {object} Bounds
 * @property {number} fileMs A file that takes longer has failed, and the next one begins.
 * @property {number} laneMs A process that takes longer is ended: its program computes for ever, so nothing in it can end it.
 */

const LANE = pathToFileURL(join(root, 'scripts/test-lane.mjs')).href;
const SHARED = join(root, 'dist/test/support/process-scope.js');

/**
 * Writes the programs of a stage's lanes.
 * @param {string} folder
 * @param {Stage} stage
 * @param {number} lanes
 * @param {number} timeoutMs
 * @returns {readonly string[]}
 */
const writeLanes = (folder, { name, files, env = {} }, lanes, timeoutMs) => {
  const claims = join(folder, name);
  mkdirSync(claims);
  const lane = JSON.stringify({ files, claims, shared: SHARED, timeoutMs });
  const program = `import { runLane } from ${JSON.stringify(LANE)};\nObject.assign(process.env, ${JSON.stringify(env)});\nawait runLane(${lane});\n`;
  return Array.from({ length: Math.min(lanes, files.length) }, (_, at) => {
    const path = join(folder, `${name}-${at + 1}.mjs`);
    writeFileSync(path, program);
    return path;
  });
};

/**
 * What the files of a stage have cost, as far as their lanes could tell.
 * @param {string} folder
 * @param {Stage} stage
 */
const costsOf = (folder, { name, files }) =>
  files.map((file, at) => {
    try {
      return { name: file.name, seconds: Number(readFileSync(join(folder, name, String(at)), 'utf8')) };
    } catch {
      return { name: file.name, seconds: 0 }; // No lane has taken it.
    }
  });

/**
 * Runs the phases one after the other; what the tests say goes to stdout, the summary to `log`.
 * @param {readonly Phase[]} phases
 * @param {Bounds} bounds
 * @param {(line: string) => void} log
 * @returns {Promise<boolean>} whether every test passed and every file had one
 */
export const runTests = async (phases, { fileMs, laneMs }, log) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-lanes-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const results = new TestResults(phases.flatMap(({ stages }) => stages.flatMap(({ files }) => files)));
  for (const { stages, lanes } of phases) {
    const programs = stages.flatMap((stage) => writeLanes(folder, stage, lanes, fileMs));
    if (programs.length === 0) continue;
    const stream = run({ files: programs, concurrency: lanes, timeout: laneMs });
    results.follow(stream);
    const shown = /** @type {NodeJS.ReadableStream} */ (
      stream.compose(process.stdout.isTTY ? new spec() : tap)
    );
    shown.pipe(process.stdout, { end: false });
    await finished(shown);
    results.cost(stages.flatMap((stage) => costsOf(folder, stage)));
  }
  return results.print(log);
};
