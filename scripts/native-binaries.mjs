import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { main, say, Stop } from './say.mjs';

/** `node scripts/native-binaries.mjs`: downloads the packages of the lockfile that ship compiled code, for every platform
 *  Parley names, and writes the SHA-256 of their binaries to `server/runtime/known-binaries.ts`. Run it after such a package
 *  gets another version, and look at the difference before you commit it: the server refuses to start with any other file. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = join(ROOT, 'server/runtime/known-binaries.ts');

const SYSTEMS = ['linux_x64', 'linux_arm64', 'darwin_x64', 'darwin_arm64', 'win32_x64'];
/** `process.versions.modules` of Node 20, 22 and 24. */
const ABIS = ['115', '127', '137'];
const uwsFiles = SYSTEMS.flatMap((system) => ABIS.map((abi) => `uws_${system}_${abi}.node`));

/** The name that the package's own code asks for, filled in at run time. */
const UWS_FILE = 'uws_{platform}_{arch}_{abi}.node';

const argon2 = (system) => ({
  folder: `@node-rs/argon2-${system}`,
  files: [`argon2.${system}.node`],
  loads: `argon2.${system}.node`,
  source: 'compiled from Rust by the publisher of @node-rs/argon2',
});

/** `folder`: where npm puts the package; `spec`: what it is without a lockfile entry. */
const PACKAGES = [
  {
    folder: 'uWebSockets.js',
    files: uwsFiles,
    loads: UWS_FILE,
    source: 'uNetworking/uWebSockets.js at commit b8704be92ff2b16c6dd44cc2b334158ab73eef2a, repackaged',
  },
  {
    folder: '@btc-vision/uwebsockets.js',
    spec: '@btc-vision/uwebsockets.js@20.57.0',
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

const locked = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;

/** Unpacks the exact version; stops when what came is not what the lockfile holds. */
const unpack = (folder, spec, into) => {
  const entry = locked[`node_modules/${folder}`];
  const wanted = entry === undefined ? spec : `${entry.name ?? folder}@${entry.version}`;
  if (wanted === undefined) throw new Stop(`${folder} is not in package-lock.json`);
  const said = execFileSync(
    'npm',
    ['pack', wanted, '--json', '--ignore-scripts', '--pack-destination', into],
    {
      cwd: into,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  // npm 10 and 11 print a list, npm 12 an object by name.
  const [{ filename, integrity }] = Object.values(JSON.parse(said));
  const bytes = readFileSync(join(into, filename));
  const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (found !== (entry?.integrity ?? integrity)) {
    throw new Stop(`${wanted} is ${found}, and not what package-lock.json holds`);
  }
  execFileSync('tar', ['xzf', join(into, filename), '-C', into]);
  return wanted;
};

const described = ({ folder, spec, files, loads, source }) => {
  const into = mkdtempSync(join(tmpdir(), 'parley-binaries-'));
  try {
    const name = unpack(folder, spec, into);
    say(name);
    const sums = files
      .filter((file) => existsSync(join(into, 'package', file)))
      .map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(into, 'package', file)))
          .digest('hex'),
      ]);
    if (sums.length === 0) throw new Stop(`${name} holds none of ${files.join(', ')}`);
    return { folder, package: name, loads, source, files: Object.fromEntries(sums) };
  } finally {
    rmSync(into, { recursive: true });
  }
};

await main(async () => {
  const text = `/** Written by scripts/native-binaries.mjs. */
export interface KnownPackage {
  /** Where npm puts it in \`node_modules\`. */
  readonly folder: string;
  /** Name and exact version in the registry; \`package-lock.json\` holds its integrity. */
  readonly package: string;
  /** The file that it loads; \`{platform}\`, \`{arch}\` and \`{abi}\` are those of the running Node. */
  readonly loads: string;
  /** Who compiled it, and from what, as far as the package says. */
  readonly source: string;
  /** SHA-256 by file name. */
  readonly files: Readonly<Record<string, string>>;
}

export const KNOWN_PACKAGES: readonly KnownPackage[] = ${JSON.stringify(PACKAGES.map(described))};
`;
  const options = await prettier.resolveConfig(OUTPUT);
  writeFileSync(OUTPUT, await prettier.format(text, { ...options, parser: 'typescript' }));
});
