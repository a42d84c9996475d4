import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { KNOWN_PACKAGES, type KnownPackage } from './known-binaries.ts';

/** A file of compiled code that this process may load, and why it may. */
export interface CheckedBinary {
  readonly package: string;
  readonly file: string;
  readonly sha256: string;
  /** Who compiled it, and from what. */
  readonly source: string;
}

/** What decides which file a package loads. */
export interface Runtime {
  readonly platform: string;
  readonly arch: string;
  /** `process.versions.modules`. */
  readonly abi: string;
}
const thisRuntime = (): Runtime => ({
  platform: process.platform,
  arch: process.arch,
  abi: process.versions.modules,
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
 *
 *  `from` is a file URL: packages are looked up as that file would. `accepted` holds the SHA-256 sums that the operator
 *  vouches for, in lower-case hex. Reads about 10 MB.
 *  @throws Error that names the file, both sums and what to do about it */
export const checkBinaries = (
  from: string,
  accepted: readonly string[],
  runtime: Runtime = thisRuntime(),
  known: readonly KnownPackage[] = KNOWN_PACKAGES,
): readonly CheckedBinary[] => {
  const find = finder(from);
  const shipped = known.flatMap((each): readonly CheckedBinary[] => {
    const name = fileOf(each, runtime);
    const file = find(each.folder, name);
    if (file === null) return [];
    return [checked(file, each.package, each.files[name], each.source, accepted)];
  });
  return [...shipped, ...checkCompiled(find, accepted)];
};

type Find = (folder: string, name: string) => string | null;

const finder = (from: string): Find => {
  const folders = createRequire(from).resolve.paths('a-package') ?? [];
  return (folder, name) => {
    const home = folders.map((each) => join(each, folder)).find((each) => existsSync(each));
    const file = home === undefined ? null : join(home, name);
    return file !== null && existsSync(file) ? file : null;
  };
};

const fileOf = ({ loads }: KnownPackage, { platform, arch, abi }: Runtime): string =>
  loads.replace('{platform}', platform).replace('{arch}', arch).replace('{abi}', abi);

const checkCompiled = (find: Find, accepted: readonly string[]): readonly CheckedBinary[] => {
  const { folder, file: name, sum, source } = COMPILED;
  const file = find(folder, name);
  if (file === null) throw new Error(`${folder} has no ${name}: compile it with "npm run build"`);
  const written = find(folder, sum);
  // Behind the sum stands the ABI it was compiled for.
  const expected = written === null ? undefined : readFileSync(written, 'utf8').trim().split(' ', 1)[0];
  return [checked(file, folder, expected, source, accepted)];
};

const checked = (
  file: string,
  name: string,
  expected: string | undefined,
  source: string,
  accepted: readonly string[],
): CheckedBinary => {
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
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
