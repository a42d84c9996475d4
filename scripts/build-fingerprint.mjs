import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * What a part was built from.
 * @typedef {object} Fingerprint
 * @property {string} stats hash of the names, sizes and times of the input files
 * @property {string} contents hash of their names and contents
 */

/**
 * @param {string} root
 * @param {string} path
 */
const filesUnder = (root, path) => {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [full];
  return readdirSync(full, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
};

/** @param {readonly (string | Buffer)[]} pieces */
const hashOf = (pieces) => {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece).update('\0');
  return hash.digest('hex');
};

/**
 * @param {string} root
 * @param {readonly string[]} files
 */
const statsOf = (root, files) =>
  hashOf(
    files.map((file) => {
      const { size, mtimeMs } = statSync(file);
      return `${relative(root, file)}:${size}:${mtimeMs}`;
    }),
  );

/**
 * @param {string} root
 * @param {readonly string[]} files
 */
const contentsOf = (root, files) =>
  hashOf(files.flatMap((file) => [relative(root, file), readFileSync(file)]));

/**
 * @param {string} path
 * @returns {Fingerprint | null}
 */
const read = (path) => {
  try {
    return /** @type {Fingerprint} */ (JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null; // None, or half a one: the part counts as stale, which is always safe.
  }
};

/**
 * The fingerprint of a part in `dist/`, which says whether the part has to be built.
 * @param {string} root
 * @param {{ name: string, inputs: readonly string[], outputs: readonly string[] }} part
 */
export const buildFingerprint = (root, part) => {
  const path = join(root, 'dist', `.fingerprint-${part.name}.json`);
  const inputFiles = () => part.inputs.flatMap((input) => filesUnder(root, input));
  return {
    /** Looks at names, sizes and times first (milliseconds), and reads contents only when these differ: a checkout that touches
     *  files without changing them builds nothing. */
    isFresh() {
      const fingerprint = read(path);
      if (fingerprint === null || !part.outputs.every((output) => existsSync(join(root, output))))
        return false;
      const files = inputFiles();
      const stats = statsOf(root, files);
      if (stats === fingerprint.stats) return true;
      if (contentsOf(root, files) !== fingerprint.contents) return false;
      writeFileSync(path, JSON.stringify({ ...fingerprint, stats }));
      return true;
    },
    /** To be called before a build; returns what to call when it succeeded. A build that breaks off leaves no fingerprint. What is
     *  written is the state before the build, so an edit during the build is built next time. */
    begin() {
      rmSync(path, { force: true });
      const files = inputFiles();
      const fingerprint = { stats: statsOf(root, files), contents: contentsOf(root, files) };
      return () => {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, JSON.stringify(fingerprint));
      };
    },
  };
};
