import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, shippedConfig } from './desktop/bundle.ts';
import { writeFolders } from './desktop/folders.ts';
import { findBinary, howToGet, PLATFORMS } from './desktop/platforms.ts';
import { withLock } from './lock.mjs';
import { root } from './root.mjs';
import { ExpectedError, main } from './command.mjs';
import { log } from './log.mjs';

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

/** `npm run desktop:build [-- --complete] [--out FOLDER]`: the app for Linux, macOS and Windows in `dist/desktop/`. A platform
 *  binary that is missing is named, and the rest is built all the same; with `--complete`, for a release, it is an error. */
await main(async () => {
  const { values } = parseArgs({
    options: { complete: { type: 'boolean', default: false }, out: { type: 'string' } },
  });
  const out = resolve(values.out ?? join(root, 'dist/desktop'));
  const stage = `${out}.stage`;
  await withLock(join(root, 'dist/.lock-desktop'), async () => {
    const built = await bundle(root, stage);
    writeFolders(root, built, out, shippedConfig(root).version);
    rmSync(stage, { recursive: true });
  });
  const missing: string[] = [];
  for (const { system, binaries } of PLATFORMS) {
    const [needed] = binaries;
    const has = findBinary(root, needed) !== null;
    if (!has) missing.push(needed);
    const folder = join(out, system);
    const state = has ? 'complete' : `NOT COMPLETE, without ${needed} it does not run`;
    log(`${relative(process.cwd(), folder)}: ${(sizeOf(folder) / 1024).toFixed(0)} KB, ${state}`);
  }
  // To be held against the release's.
  for (const name of PLATFORMS.flatMap(({ binaries }) => binaries)) {
    const binary = findBinary(root, name);
    if (binary === null) continue;
    log(`${createHash('sha256').update(readFileSync(binary)).digest('hex')}  ${name}`);
  }
  for (const name of missing) log(howToGet(name));
  if (missing.length > 0 && values.complete) throw new ExpectedError('Not a complete release.');
});
