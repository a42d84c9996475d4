import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import prettier from 'prettier';
import { ExpectedError, main } from './command.mjs';
import { compareGlibc, glibcOf } from './elf.ts';
import { readJson } from './json.ts';
import { log } from './log.mjs';
import { unpackPackage } from './npm-package.ts';
import { root } from './root.mjs';

/** `npm run native-binaries`: downloads the packages of the lockfile that ship compiled code, for every platform
 *  Parley names, and writes the SHA-256 of their binaries to `server/runtime/native/known-binaries.ts`. Run it after such a package
 *  gets another version, and look at the difference before you commit it: the server refuses to start with any other file. */
const OUTPUT = join(root, 'server/runtime/native/known-binaries.ts');

const SYSTEMS = ['linux_x64', 'linux_arm64', 'darwin_x64', 'darwin_arm64', 'win32_x64'];
/** `process.versions.modules` of Node 20, 22 and 24. */
const ABIS = ['115', '127', '137'];
const uwsFiles = SYSTEMS.flatMap((system) => ABIS.map((abi) => `uws_${system}_${abi}.node`));

/** What Node 20 itself needs: a binary that asks for no more runs wherever Node does. */
const GLIBC_OF_NODE = [2, 28] as const;

/** The name that the package's own code asks for, filled in at run time. */
const UWS_FILE = 'uws_{platform}_{arch}_{abi}.node';

const argon2 = (system: string): ShippingPackage => ({
  folder: `@node-rs/argon2-${system}`,
  files: [`argon2.${system}.node`],
  loads: `argon2.${system}.node`,
  source: 'compiled from Rust by the publisher of @node-rs/argon2',
});

interface ShippingPackage {
  /** Where npm puts it. */
  readonly folder: string;
  /** What it is where the lockfile has no entry. */
  readonly spec?: string;
  /** Whether the server does without it. */
  readonly optional?: boolean;
  readonly files: readonly string[];
  readonly loads: string;
  readonly source: string;
}

const PACKAGES: readonly ShippingPackage[] = [
  {
    folder: 'uWebSockets.js',
    files: uwsFiles,
    loads: UWS_FILE,
    source: 'uNetworking/uWebSockets.js at commit b8704be92ff2b16c6dd44cc2b334158ab73eef2a, repackaged',
  },
  {
    folder: '@btc-vision/uwebsockets.js',
    spec: '@btc-vision/uwebsockets.js@20.57.0',
    optional: true,
    files: uwsFiles,
    loads: UWS_FILE,
    source: 'compiled by its publisher from uNetworking/uWebSockets.js v20.57.0',
  },
  ...[
    'linux-x64-gnu',
    'linux-x64-musl',
    'linux-arm64-gnu',
    'linux-arm64-musl',
    'darwin-x64',
    'darwin-arm64',
    'win32-x64-msvc',
  ].map(argon2),
];

interface LockedPackage {
  readonly name?: string;
  readonly version: string;
  readonly integrity: string;
}
const { packages: locked } = readJson<{ packages: Readonly<Record<string, LockedPackage>> }>(
  join(root, 'package-lock.json'),
);

/** Unpacks the exact version; stops when what came is not what the lockfile holds. */
const unpack = (folder: string, spec: string | undefined, into: string): string => {
  const entry = locked[`node_modules/${folder}`];
  const wanted = entry === undefined ? spec : `${entry.name ?? folder}@${entry.version}`;
  if (wanted === undefined) throw new ExpectedError(`${folder} is not in package-lock.json`);
  unpackPackage(wanted, entry?.integrity, into);
  return wanted;
};

/** The glibc that an ELF file asks for, or undefined where any Linux of ours has it. */
const glibcNeeded = (bytes: Buffer): string | undefined => {
  const highest = glibcOf(bytes);
  return highest !== undefined && compareGlibc(highest, GLIBC_OF_NODE) > 0 ? highest.join('.') : undefined;
};

const described = ({ folder, spec, optional = false, files, loads, source }: ShippingPackage) => {
  const into = mkdtempSync(join(tmpdir(), 'parley-binaries-'));
  try {
    const name = unpack(folder, spec, into);
    log(name);
    const found = files
      .filter((file) => existsSync(join(into, 'package', file)))
      .map((file) => {
        const bytes = readFileSync(join(into, 'package', file));
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        return [file, { sha256, glibc: glibcNeeded(bytes) }] as const;
      });
    if (found.length === 0) throw new ExpectedError(`${name} holds none of ${files.join(', ')}`);
    return { folder, package: name, optional, loads, source, files: Object.fromEntries(found) };
  } finally {
    rmSync(into, { recursive: true });
  }
};

await main(async () => {
  const text = `/** Written by scripts/native-binaries.ts. */
interface KnownFile {
  readonly sha256: string;
  /** The oldest glibc it runs on; absent where it asks for no more than Node 20 does. */
  readonly glibc?: string;
}

export interface KnownPackage {
  /** Where npm puts it in \`node_modules\`. */
  readonly folder: string;
  /** Name and exact version in the registry; \`package-lock.json\` holds its integrity. */
  readonly package: string;
  /** Used where it is installed and loads, and passed over elsewhere. */
  readonly optional: boolean;
  /** The file that it loads; \`{platform}\`, \`{arch}\` and \`{abi}\` are those of the running Node. */
  readonly loads: string;
  /** Who compiled it, and from what, as far as the package says. */
  readonly source: string;
  /** By file name. */
  readonly files: Readonly<Record<string, KnownFile>>;
}

export const KNOWN_PACKAGES: readonly KnownPackage[] = ${JSON.stringify(PACKAGES.map(described))};
`;
  const options = await prettier.resolveConfig(OUTPUT);
  writeFileSync(OUTPUT, await prettier.format(text, { ...options, parser: 'typescript' }));
});
