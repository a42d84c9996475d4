import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../prepare.mjs';
import { Stop } from '../say.mjs';

/** Where a package comes from and goes to: `--in` the folder of its system made by `npm run desktop:build`, `--out` the folder
 *  of packages. Stops with what is missing; nothing else is read, and nothing is downloaded, here or at the installation. */
export const packageInputs = (system, needed) => {
  const { values } = parseArgs({ options: { in: { type: 'string' }, out: { type: 'string' } } });
  const from = resolve(values.in ?? join(root, 'dist/desktop', system));
  const missing = needed.filter((file) => !existsSync(join(from, file)));
  if (missing.length > 0) {
    throw new Stop(
      `${from} lacks ${missing.join(', ')}: run \`npm run desktop:build\` first, with the official binaries in bin/ (docs/desktop.md).`,
    );
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { from, out: resolve(values.out ?? join(root, 'dist/packages')), version };
};
