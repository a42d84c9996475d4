import { relative } from 'node:path';
import { root } from './root.mjs';

/**
 * @typedef {import('node:test').TestsStream} TestsStream
 * @typedef {object} Result
 * @property {string} name
 * @property {number} nesting 0: a file as a whole, 1: a test of it, and so on.
 * @property {string} [file] The compiled file that holds the test.
 * @property {string | boolean} [todo]
 * @property {{ readonly duration_ms: number }} details
 */

const SLOWEST = 10;

/** All of them with TEST_COSTS=1. */
const DEAREST = process.env.TEST_COSTS === '1' ? Infinity : 10;

const inSeconds = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(1).padStart(7)} s`;

/** What a run has brought to light: whether it is good, and which tests took longest. A file of which nothing was heard, because
 *  its process ended or because it holds no test, makes the run fail. */
export class TestResults {
  /** @type {{ readonly name: string, readonly file: string, readonly ms: number }[]} */
  #tests = [];
  /** @type {Set<string>} */
  #unheard;
  /** @type {{ readonly name: string, readonly seconds: number }[]} */
  #costs = [];
  #isGood = true;
  /** Of the file that is being told of: the tests of a file come in one go, the file itself last. */
  #testsOfFile = 0;

  /** @param {readonly { readonly name: string }[]} files */
  constructor(files) {
    this.#unheard = new Set(files.map(({ name }) => name));
    if (files.length === 0) this.#isGood = false;
  }

  /** @param {TestsStream} stream */
  follow(stream) {
    stream.on('test:pass', (result) => {
      this.#take(result);
    });
    stream.on('test:fail', (result) => {
      if (result.todo === undefined || result.todo === false) this.#isGood = false;
      this.#take(result);
    });
  }

  /** @param {readonly { readonly name: string, readonly seconds: number }[]} costs The processor time of files, children included. */
  cost(costs) {
    this.#costs.push(...costs.filter(({ seconds }) => seconds > 0));
  }

  /**
   * @param {(line: string) => void} log
   * @returns {boolean} whether every test passed and every file had one
   */
  print(log) {
    const slowest = this.#tests.sort((a, b) => b.ms - a.ms).slice(0, SLOWEST);
    if (slowest.length > 0) log(`The ${slowest.length} slowest tests:`);
    for (const { name, file, ms } of slowest) log(`${inSeconds(ms)}  ${file}: ${name}`);
    this.#printCosts(log);
    for (const file of this.#unheard) log(`No test was run in ${file}`);
    return this.#isGood && this.#unheard.size === 0;
  }

  /** @param {(line: string) => void} log */
  #printCosts(log) {
    if (this.#costs.length === 0) return;
    const sum = this.#costs.reduce((all, { seconds }) => all + seconds, 0);
    const dearest = this.#costs.sort((a, b) => b.seconds - a.seconds).slice(0, DEAREST);
    log(`${sum.toFixed(0)} s of processor time. The ${dearest.length} dearest test files:`);
    for (const { name, seconds } of dearest) log(`${inSeconds(seconds * 1000)}  ${name}`);
  }

  /** @param {Result} result */
  #take({ name, nesting, file, details }) {
    if (nesting === 0) {
      if (this.#testsOfFile > 0) this.#unheard.delete(name);
      this.#testsOfFile = 0;
      return;
    }
    this.#testsOfFile += 1;
    if (nesting > 1) return;
    const source =
      file === undefined ? '?' : relative(root, file).replace(/^dist\/(client\/)?(.*)\.js$/, '$2.ts');
    this.#tests.push({ name, file: source, ms: details.duration_ms });
  }
}
