import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { readJson } from '../json.ts';
import { root } from '../root.mjs';
import { copyTo } from './copy-to.ts';
import { UNBUNDLED } from './unbundled.ts';

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
/** By path: `node_modules/pg`. */
type LockedPackages = Readonly<Record<string, LockedPackage>>;

/** Downloads a compiled file at an installation, which none of ours does. */
const NOT_SHIPPED = ['prebuild-install'];

/** The path in the lockfile of what `from` gets when it asks for `name`. */
const resolve = (packages: LockedPackages, from: string, name: string): string | undefined => {
  for (let at = from; ; at = dirname(at)) {
    const path = join(at, 'node_modules', name);
    if (path in packages) return path;
    if (at === '.' || at === '') return undefined;
  }
};

/** The packages that the built server loads, as paths from the repository: `node_modules/pg`. Those for other systems are not
 *  installed, and left out. */
export const packagesOfServer = (): readonly string[] => {
  const { packages } = readJson<{ packages: LockedPackages }>(join(root, 'package-lock.json'));
  const found = new Set<string>();
  const add = (from: string, names: readonly string[]): void => {
    for (const name of names) {
      const path = NOT_SHIPPED.includes(name) ? undefined : resolve(packages, from, name);
      if (path === undefined || found.has(path) || !existsSync(join(root, path))) continue;
      found.add(path);
      const { dependencies, optionalDependencies } = packages[path] ?? {};
      add(path, Object.keys({ ...dependencies, ...optionalDependencies }));
    }
  };
  add('', UNBUNDLED);
  return [...found].sort();
};

const { platform, arch, versions } = process;
/** Of these packages, what is shipped; the rest is sources, or compiled code for other systems. */
const SHIPPED: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3': [
    ...['package.json', 'LICENSE', 'lib/'],
    ...['better_sqlite3.node', 'better_sqlite3.node.sha256'].map((file) => `build/Release/${file}`),
  ],
  'uWebSockets.js': ['package.json', 'LICENSE', 'uws.js', `uws_${platform}_${arch}_${versions.modules}.node`],
};
/** What only a compiler or a person reads. */
const UNUSED =
  /(?:^|\/)\.|\.(?:map|[cm]?ts|md|flow)$|^Makefile$|^(?:tests?|test-\w+|docs|examples?|bench|benchmark|scripts)(?:\/|\.js$)/;
const LICENCE = /(?:licen[cs]e|copying|notice)/i;

const isShipped = (name: string, file: string): boolean => {
  const chosen = SHIPPED[name];
  if (chosen !== undefined)
    return chosen.some((each) => (each.endsWith('/') ? file.startsWith(each) : file === each));
  return LICENCE.test(file) || !UNUSED.test(file);
};

/** Copies the packages, without what the server does not load, into the folder `node_modules` of `target`. */
export const copyPackages = (paths: readonly string[], target: string): void => {
  for (const path of paths) {
    const name = path.replace(/.*node_modules\//, '');
    for (const entry of readdirSync(join(root, path), { recursive: true, withFileTypes: true })) {
      const source = join(entry.parentPath, entry.name);
      const file = relative(join(root, path), source);
      // Packages within packages are paths of their own.
      if (!entry.isFile() || file.startsWith('node_modules/') || !isShipped(name, file)) continue;
      copyTo(source, join(target, path, file));
    }
  }
};
