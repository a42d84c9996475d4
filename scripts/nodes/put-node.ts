import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { log } from '../log.mjs';
import { unpackPackage } from '../npm-package.ts';
import { NotRun, reasonOf } from '../debian/not-run.ts';
import type { Release } from './releases.ts';

/** Puts a package's content at `home`. */
const place = (wanted: string, integrity: string, home: string): void => {
  const into = `${home}.unpacked`;
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  try {
    unpackPackage(wanted, integrity, into);
  } catch (error) {
    throw new NotRun(`${wanted} could not be had from the npm registry (${reasonOf(error)})`);
  }
  mkdirSync(dirname(home), { recursive: true });
  renameSync(join(into, 'package'), home);
  rmSync(into, { recursive: true });
};

/** Node and its npm in the folder `/opt/node-VERSION` of a root, laid out as an installation of Node is. What is there is kept. Returns
 *  the path inside of the root. */
export const putNode = (root: string, release: Release): string => {
  const integrity = release.integrity[process.arch];
  if (integrity === undefined) throw new NotRun(`there is no package of Node for ${process.arch} here`);
  const inside = `/opt/node-${release.node}-npm-${release.npm}`;
  const home = join(root, inside);
  if (existsSync(join(home, 'bin/npx'))) return inside;
  log(`Downloading Node ${release.node} and npm ${release.npm} …`);
  rmSync(home, { recursive: true, force: true });
  place(`node-linux-${process.arch}@${release.node}`, integrity, home);
  place(`npm@${release.npm}`, release.npmIntegrity, join(home, 'lib/node_modules/npm'));
  for (const name of ['npm', 'npx']) {
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(home, 'bin', name));
  }
  return inside;
};
