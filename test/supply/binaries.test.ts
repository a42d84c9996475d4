import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Runtime } from '../../server/runtime/native/binary-support.ts';
import { KNOWN_PACKAGES, type KnownPackage } from '../../server/runtime/native/known-binaries.ts';
import { checkBinaries } from '../../server/runtime/native/native-binaries.ts';
import { repositoryRoot } from '../support/paths.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';

const sum = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const modules = join(repositoryRoot, 'node_modules');

interface Locked {
  readonly packages: Readonly<Record<string, { version?: string; name?: string; dev?: boolean }>>;
}
const { packages: locked } = JSON.parse(
  readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8'),
) as Locked;

/** Linux, macOS and Windows, and the ABIs of Node 20, 22 and 24. */
const SYSTEMS = ['linux_x64', 'linux_arm64', 'darwin_x64', 'darwin_arm64', 'win32_x64'];
const ABIS = ['115', '127', '137'];

test('a sum is known for every platform that Parley names, on every Node', () => {
  const uws = KNOWN_PACKAGES.find(({ folder }) => folder === 'uWebSockets.js');
  for (const system of SYSTEMS) {
    for (const abi of ABIS) {
      assert.match(uws?.files[`uws_${system}_${abi}.node`]?.sha256 ?? '', /^[0-9a-f]{64}$/);
    }
    const near = `@node-rs/argon2-${system.replace('_', '-')}`;
    assert.ok(
      KNOWN_PACKAGES.some(({ folder }) => folder.startsWith(near)),
      near,
    );
  }
});

test('the sums are those of the versions that the lockfile names', () => {
  const inLock = KNOWN_PACKAGES.filter(({ folder }) => `node_modules/${folder}` in locked);
  assert.ok(inLock.length >= 8);
  for (const known of inLock) {
    const entry = locked[`node_modules/${known.folder}`];
    assert.equal(known.package, `${entry?.name ?? known.folder}@${entry?.version ?? ''}`);
  }
});

test('the files that are installed here have these sums, those of other platforms too', () => {
  let compared = 0;
  for (const { folder, files } of KNOWN_PACKAGES) {
    if (!existsSync(join(modules, folder))) continue;
    for (const [file, { sha256 }] of Object.entries(files)) {
      assert.equal(sum(readFileSync(join(modules, folder, file))), sha256, file);
      compared += 1;
    }
  }
  assert.ok(compared >= SYSTEMS.length * ABIS.length + 1);
});

/** Native code that a production install brings and that nothing of ours loads. */
const NEVER_LOADED = [/^@napi-rs\/nice-/];

test('no package of a production install brings compiled code that nobody compares', () => {
  const known = new Set(KNOWN_PACKAGES.map(({ folder }) => folder));
  const unknown = Object.entries(locked)
    .filter(([path, { dev }]) => path !== '' && dev !== true && existsSync(join(repositoryRoot, path)))
    .map(([path]) => path.slice('node_modules/'.length))
    .filter((folder) => folder !== 'better-sqlite3' && !known.has(folder))
    .filter((folder) => !NEVER_LOADED.some((pattern) => pattern.test(folder)))
    .filter((folder) =>
      readdirSync(join(modules, folder), { recursive: true, encoding: 'utf8' }).some((file) =>
        /\.(node|so|dll|dylib|wasm)$/.test(file),
      ),
    );
  assert.deepEqual(unknown, []);
});

const RUNTIME: Runtime = {
  platform: 'linux',
  arch: 'x64',
  abi: '115',
  node: '20.20.2',
  glibc: () => assert.fail('nothing asks for it where no binary needs a certain glibc'),
};
const GOOD: KnownPackage = {
  folder: '@scope/good',
  package: '@scope/good@1.0.0',
  optional: false,
  loads: 'good_{platform}_{arch}_{abi}.node',
  source: 'a test',
  files: {
    'good_linux_x64_115.node': { sha256: sum('good') },
    'good_linux_x64_127.node': { sha256: sum('good'), glibc: '2.38' },
    'good_linux_x64_137.node': { sha256: sum('good'), glibc: '2.38' },
    'good_win32_x64_115.node': { sha256: sum('good') },
    'good_win32_x64_127.node': { sha256: sum('good') },
  },
};

/** A `node_modules` with one package that ships its binary and one that is compiled on the spot. */
const installed = (scope: Scope) => {
  const root = tempDir(scope);
  const put = (path: string, text: string): string => {
    const file = join(root, 'node_modules', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const ship = (file: string, text: string): string => put(`@scope/good/${file}`, text);
  const shipped = ship('good_linux_x64_115.node', 'good');
  const compiled = put('better-sqlite3/build/Release/better_sqlite3.node', 'compiled');
  const compileFor = (abi: string): string =>
    put('better-sqlite3/build/Release/better_sqlite3.node.sha256', `${sum('compiled')} ${abi}\n`);
  const record = compileFor('115');
  const check = (accepted: readonly string[] = [], runtime = RUNTIME, known = GOOD) =>
    checkBinaries(pathToFileURL(join(root, 'dist/bundle/main.js')).href, accepted, runtime, [known]);
  return { ship, shipped, compiled, compileFor, record, check };
};

test('binaries with the right sums are listed with where they come from', (t) => {
  const { shipped, compiled, check } = installed(t);
  assert.deepEqual(check(), [
    { package: '@scope/good@1.0.0', file: shipped, sha256: sum('good'), source: 'a test' },
    {
      package: 'better-sqlite3',
      file: compiled,
      sha256: sum('compiled'),
      source: 'compiled on this machine from the sources in the package',
    },
  ]);
});

test('one changed byte is refused with the file, both sums and what to do; accepting that sum lets it through', (t) => {
  const { shipped, check } = installed(t);
  writeFileSync(shipped, 'Good');
  const refused = new RegExp(
    `^Error: ${shipped} has the SHA-256 ${sum('Good')}, expected ${sum('good')} .*npm start.*PARLEY_ACCEPT_BINARIES`,
  );
  assert.throws(() => check(), refused);
  assert.throws(() => check([sum('something else')]), refused);
  assert.equal(check([sum('Good')])[0]?.source, 'accepted by the operator');
});

test('an addon that was changed after it was compiled, or was not compiled here, is refused', (t) => {
  const { compiled, record, check } = installed(t);
  writeFileSync(compiled, 'downloaded');
  assert.throws(() => check(), /expected .*compiled on this machine/);
  rmSync(record);
  assert.throws(() => check(), /and none is known for it/);
  assert.equal(check([sum('downloaded')]).length, 2);
});

const NODE_23: Runtime = { ...RUNTIME, abi: '131', node: '23.1.0' };
const NODE_24: Runtime = { ...RUNTIME, abi: '137', node: '24.22.3' };

test('a package with no file for this Node is refused in one line with the versions that have one', (t) => {
  const { ship, compileFor, check } = installed(t);
  const none =
    /^Error: @scope\/good has no known binary for Node 23\.1\.0 on linux x64: Parley needs Node 20, 22 or 24$/;
  assert.throws(() => check([], NODE_23), none);
  assert.throws(
    () => check([], { ...NODE_24, platform: 'win32' }),
    /on win32 x64: Parley needs Node 20 or 22$/,
  );
  assert.throws(
    () => check([], { ...RUNTIME, platform: 'sunos' }),
    /no known binary for Node 20\.20\.2 on sunos x64$/,
  );
  ship('good_linux_x64_131.node', 'unsupported');
  assert.throws(() => check([], NODE_23), none);
  compileFor('131');
  assert.equal(check([sum('unsupported')], NODE_23)[0]?.source, 'accepted by the operator');
});

test('a file that needs a newer glibc is refused in one line with the glibc, and with what runs on this one', (t) => {
  const { ship, compileFor, check } = installed(t);
  compileFor('137');
  ship('good_linux_x64_137.node', 'good');
  const on = (version: string | undefined): Runtime => ({ ...NODE_24, glibc: () => version });
  const fault = (present: string): RegExp =>
    new RegExp(
      `^Error: Node 24\\.22\\.3 needs glibc 2\\.38 or later \\(Debian 13, Ubuntu 24\\.04\\) for @scope/good, ` +
        `and this system has ${present}: use such a system, or Node 20$`,
    );
  assert.throws(() => check([], on('2.36')), fault('2\\.36'));
  assert.throws(() => check([], on('2.4')), fault('2\\.4'));
  assert.throws(() => check([], on(undefined)), fault('none'));
  for (const enough of ['2.38', '2.41', '3.0']) assert.equal(check([], on(enough)).length, 2, enough);
});

test('neither stops a package that the server does without, nor a file that the operator vouches for', (t) => {
  const { ship, compileFor, check } = installed(t);
  const optional = { ...GOOD, optional: true };
  compileFor('131');
  assert.equal(check([], NODE_23, optional).length, 1);
  compileFor('137');
  ship('good_linux_x64_137.node', 'good');
  const old: Runtime = { ...NODE_24, glibc: () => '2.36' };
  assert.equal(check([], old, optional).length, 2);
  ship('good_linux_x64_137.node', 'compiled on this system');
  assert.equal(check([sum('compiled on this system')], old).length, 2);
});

test('an addon that was compiled for another Node is refused in one line that says how to compile it', (t) => {
  const { ship, check } = installed(t);
  ship('good_linux_x64_137.node', 'good');
  assert.throws(
    () => check([sum('compiled')], { ...NODE_24, glibc: () => '2.41' }),
    /^Error: better-sqlite3 was compiled for another Node \(ABI 115\), and Node 24\.22\.3 has ABI 137: .*npm run build.*$/,
  );
});
