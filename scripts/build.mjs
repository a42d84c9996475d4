import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFingerprint } from './build-fingerprint.mjs';
import { ExpectedError, main } from './command.mjs';
import { checkNode, install, isInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { PARTS } from './parts.mjs';
import { root } from './root.mjs';
import { runStep } from './run-step.mjs';

/** @import { Part, PartName } from './parts.mjs' */

/** @param {string} output */
const isThere = (output) => existsSync(join(root, output));

/**
 * Removes compiled files whose source is gone: a deleted test must not go on running.
 * @param {string} folder
 */
const prune = (folder) => {
  const out = join(root, 'dist', folder);
  if (!existsSync(out)) return;
  for (const entry of readdirSync(out, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.js(\.map)?$/.test(entry.name)) continue;
    const compiled = join(entry.parentPath, entry.name);
    const source = relative(join(root, 'dist'), compiled).replace(/\.js(\.map)?$/, '.ts');
    if (!existsSync(join(root, source))) rmSync(compiled);
  }
};

/** @param {Part} part */
const buildPart = async (part) => {
  const finish = buildFingerprint(root, part).begin();
  // An incremental build trusts its notes, not the folder: without the outputs the notes are wrong.
  if (part.notes !== undefined && !part.outputs.every(isThere))
    rmSync(join(root, part.notes), { force: true });
  await runStep(part.title, process.execPath, part.command, root);
  part.mirrored?.forEach(prune);
  finish();
};

/**
 * Installs what is missing and builds those of the named parts that are stale, once for all who ask at the same time. Takes a few
 * milliseconds when there is nothing to do.
 * @param {readonly PartName[]} names
 */
export const build = async (...names) => {
  checkNode(root);
  const parts = [...new Set(names.flatMap((name) => [name, ...(PARTS[name].also ?? [])]))].map(
    (name) => PARTS[name],
  );
  const isReady = () => isInstalled(root) && parts.every((part) => buildFingerprint(root, part).isFresh());
  if (isReady()) return;
  await withLock(join(root, 'dist/.lock'), async () => {
    if (!isInstalled(root)) await install(root);
    for (const part of parts) {
      if (!buildFingerprint(root, part).isFresh()) await buildPart(part);
    }
  });
};

/**
 * @param {string} name
 * @returns {PartName}
 */
const partName = (name) => {
  if (!Object.hasOwn(PARTS, name)) {
    throw new ExpectedError(`There is no part ${name}: choose of ${Object.keys(PARTS).join(', ')}.`);
  }
  return /** @type {PartName} */ (name);
};

// `node scripts/build.mjs PART …`
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => build(...process.argv.slice(2).map(partName)));
}
