import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ExpectedError } from '../command.mjs';
import { readJson } from '../json.ts';
import { root } from '../root.mjs';
import type { System } from './platforms.ts';

interface PackageInputs {
  /** The folder of the app. */
  readonly from: string;
  /** The folder of the packages. */
  readonly out: string;
  readonly version: string;
}

/** What a package command was told: `--in` the folder of its system made by `npm run desktop:build`, `--out` the folder of
 *  packages. Throws an `ExpectedError` that names the files that are missing; nothing else is read, and nothing is downloaded, here
 *  or at the installation. */
export const packageInputs = (system: System, needed: readonly string[]): PackageInputs => {
  const { values } = parseArgs({ options: { in: { type: 'string' }, out: { type: 'string' } } });
  const from = resolve(values.in ?? join(root, 'dist/desktop', system));
  const missing = needed.filter((file) => !existsSync(join(from, file)));
  if (missing.length > 0) {
    throw new ExpectedError(
      `${from} lacks ${missing.join(', ')}: run \`npm run desktop:build\` first, with the official binaries in bin/ (docs/desktop.md).`,
    );
  }
  const { version } = readJson<{ readonly version: string }>(join(root, 'package.json'));
  return { from, out: resolve(values.out ?? join(root, 'dist/packages')), version };
};
