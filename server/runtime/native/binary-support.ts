import { basename } from 'node:path';
import type { KnownPackage } from './known-binaries.ts';

/** What decides which file a package loads, and whether it runs. */
export interface Runtime {
  readonly platform: string;
  readonly arch: string;
  /** `process.versions.modules`. */
  readonly abi: string;
  /** `process.versions.node`. */
  readonly node: string;
  /** The version of glibc, or undefined where the C library is another one. Takes about 10 ms, so it is asked for only where it
   *  matters. */
  readonly glibc: () => string | undefined;
}

/** The major version of Node that has an ABI: those that Parley runs on. */
const NODE_OF_ABI: Readonly<Record<string, string>> = { 115: '20', 127: '22', 137: '24' };
/** The releases that brought a glibc, for whoever does not know the number of theirs. */
const SYSTEMS_WITH: Readonly<Record<string, string>> = { '2.38': 'Debian 13, Ubuntu 24.04' };

/** Whether Parley runs on this Node where all files are there. */
export const hasBinaries = ({ abi }: Runtime): boolean => abi in NODE_OF_ABI;

/** Why this Node finds no file of this package: one sentence that names the versions of Node for which there is one. */
export const noBinaryFor = (
  { folder, files, loads }: KnownPackage,
  { platform, arch, node }: Runtime,
): string => {
  const having = nodesOf(loads, platform, arch, (file) => file in files);
  const said = `${folder} has no known binary for Node ${node} on ${platform} ${arch}`;
  return having === '' ? said : `${said}: Parley needs Node ${having}`;
};

/** Why this file does not run with the C library of this system: one sentence that names the glibc it needs, and the versions of
 *  Node that run with the one there is. Undefined where it runs. */
export const glibcFault = (
  { folder, files, loads }: KnownPackage,
  file: string,
  { platform, arch, node, glibc }: Runtime,
): string | undefined => {
  const needed = files[basename(file)]?.glibc;
  if (needed === undefined) return undefined;
  const present = glibc();
  if (present !== undefined && isAtLeast(present, needed)) return undefined;
  const systems = SYSTEMS_WITH[needed];
  const working = nodesOf(loads, platform, arch, (name) => {
    const known = files[name];
    return known !== undefined && isAtLeast(present ?? '0', known.glibc ?? '0');
  });
  return (
    `Node ${node} needs glibc ${needed} or later${systems === undefined ? '' : ` (${systems})`} for ${folder}, ` +
    `and this system has ${present ?? 'none'}` +
    (working === '' ? '' : `: use such a system, or Node ${working}`)
  );
};

/** The name of the file that a package loads, with the values of the running Node in place. */
export const fileNameOf = (
  loads: string,
  { platform, arch, abi }: Pick<Runtime, 'platform' | 'arch' | 'abi'>,
): string => loads.replace('{platform}', platform).replace('{arch}', arch).replace('{abi}', abi);

/** "20, 22 or 24": the versions of Node whose file passes `test`. */
const nodesOf = (loads: string, platform: string, arch: string, test: (file: string) => boolean): string => {
  const majors = Object.entries(NODE_OF_ABI)
    .filter(([abi]) => test(fileNameOf(loads, { platform, arch, abi })))
    .map(([, major]) => major);
  return majors.join(', ').replace(/, (?=[^,]*$)/, ' or ');
};

const isAtLeast = (version: string, wanted: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
};
