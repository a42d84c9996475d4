import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { fileNameOf, glibcFault, hasBinaries, noBinaryFor, type Runtime } from './binary-support.ts';
import { KNOWN_PACKAGES, type KnownPackage } from './known-binaries.ts';

/** A file of compiled code that this process may load, and why it may. */
export interface CheckedBinary {
  readonly package: string;
  readonly file: string;
  readonly sha256: string;
  /** Who compiled it, and from what. */
  readonly source: string;
}

const thisRuntime = (): Runtime => ({
  platform: process.platform,
  arch: process.arch,
  abi: process.versions.modules,
  node: process.versions.node,
  glibc: () => {
    const { header } = process.report.getReport() as unknown as {
      header: { readonly glibcVersionRuntime?: string };
    };
    return header.glibcVersionRuntime;
  },
});

/** The only package that is compiled where it is installed; `scripts/install.mjs` writes the sum beside the result. */
const COMPILED = {
  folder: 'better-sqlite3',
  file: 'build/Release/better_sqlite3.node',
  sum: 'build/Release/better_sqlite3.node.sha256',
  source: 'compiled on this machine from the sources in the package',
} as const;

/** Compares every file of compiled code that the server may load from `node_modules` with the sums that are committed, and
 *  the one that was compiled here with the sum of that day. A package that is not installed is left out: whoever needs it
 *  says so. It finds what was damaged, mixed up or published anew; it can't find an intruder who may also change this code.
 *  It also finds what would not load: a Node that a package has no file for, or a C library that is too old for the file.
 *
 *  `from` is a file URL: packages are looked up as that file would. `accepted` holds the SHA-256 sums that the operator
 *  vouches for, in lower-case hex. Reads about 10 MB.
 *  @throws Error that names the file, both sums and what to do about it, or the versions of Node and glibc that are needed */
export const checkBinaries = (
  from: string,
  accepted: readonly string[],
  runtime: Runtime = thisRuntime(),
  known: readonly KnownPackage[] = KNOWN_PACKAGES,
): readonly CheckedBinary[] => {
  const find = finder(from);
  const shipped = known.flatMap((each) => checkShipped(each, find, accepted, runtime));
  return [...shipped, ...checkCompiled(find, accepted, runtime)];
};

/** Where npm has put a package, or null. */
type Find = (folder: string) => string | null;

const finder = (from: string): Find => {
  const folders = createRequire(from).resolve.paths('a-package') ?? [];
  return (folder) => folders.map((each) => join(each, folder)).find((each) => existsSync(each)) ?? null;
};

const checkShipped = (
  each: KnownPackage,
  find: Find,
  accepted: readonly string[],
  runtime: Runtime,
): readonly CheckedBinary[] => {
  const home = find(each.folder);
  if (home === null) return [];
  const name = fileNameOf(each.loads, runtime);
  const file = join(home, name);
  const known = each.files[name];
  if (!existsSync(file)) {
    if (each.optional) return [];
    throw new Error(noBinaryFor(each, runtime));
  }
  // A package may hold files for a Node that Parley does not run on.
  if (known === undefined && !hasBinaries(runtime) && !accepted.includes(sumOf(file)))
    throw new Error(noBinaryFor(each, runtime));
  const found = checked(file, each.package, known?.sha256, each.source, accepted);
  // A file that the operator vouches for may have been compiled on this very system.
  const fault = each.optional || found.sha256 !== known?.sha256 ? undefined : glibcFault(each, file, runtime);
  if (fault !== undefined) throw new Error(fault);
  return [found];
};

const checkCompiled = (
  find: Find,
  accepted: readonly string[],
  runtime: Runtime,
): readonly CheckedBinary[] => {
  const { folder, file: name, sum, source } = COMPILED;
  const home = find(folder);
  const file = home === null ? null : join(home, name);
  if (file === null || !existsSync(file))
    throw new Error(`${folder} has no ${name}: compile it with "npm run build"`);
  const written = join(home ?? '', sum);
  // Behind the sum stands the ABI it was compiled for.
  const [expected, abi] = existsSync(written) ? readFileSync(written, 'utf8').trim().split(' ') : [];
  if (abi !== undefined && abi !== runtime.abi) {
    throw new Error(
      `${folder} was compiled for another Node (ABI ${abi}), and Node ${runtime.node} has ABI ${runtime.abi}: ` +
        'compile it anew with "npm run build", run by this Node',
    );
  }
  return [checked(file, folder, expected, source, accepted)];
};

const checked = (
  file: string,
  name: string,
  expected: string | undefined,
  source: string,
  accepted: readonly string[],
): CheckedBinary => {
  const sha256 = sumOf(file);
  if (sha256 === expected) return { package: name, file, sha256, source };
  if (accepted.includes(sha256)) return { package: name, file, sha256, source: 'accepted by the operator' };
  throw new Error(
    `${file} has the SHA-256 ${sha256}, ` +
      (expected === undefined
        ? 'and none is known for it. '
        : `expected ${expected} (${name}: ${source}). `) +
      'Remove node_modules and start again with "npm start", which installs and compiles it anew. ' +
      'If you put this file there yourself, compare the sum with its publisher’s, and set ' +
      'PARLEY_ACCEPT_BINARIES to it.',
  );
};

const sumOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
