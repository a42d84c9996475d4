import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { KNOWN_PACKAGES, type KnownPackage } from '../../server/runtime/known-binaries.ts';
import { checkBinaries } from '../../server/runtime/native-binaries.ts';
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
    for (const abi of ABIS) assert.match(uws?.files[`uws_${system}_${abi}.node`] ?? '', /^[0-9a-f]{64}$/);
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
    for (const [file, expected] of Object.entries(files)) {
      assert.equal(sum(readFileSync(join(modules, folder, file))), expected, file);
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

const RUNTIME = { platform: 'linux', arch: 'x64', abi: '115' };
const GOOD: KnownPackage = {
  folder: '@scope/good',
  package: '@scope/good@1.0.0',
  loads: 'good_{platform}_{arch}_{abi}.node',
  source: 'a test',
  files: { 'good_linux_x64_115.node': sum('good') },
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
  const shipped = put('@scope/good/good_linux_x64_115.node', 'good');
  const compiled = put('better-sqlite3/build/Release/better_sqlite3.node', 'compiled');
  const record = put('better-sqlite3/build/Release/better_sqlite3.node.sha256', `${sum('compiled')} 115\n`);
  const check = (accepted: readonly string[] = [], runtime = RUNTIME) =>
    checkBinaries(pathToFileURL(join(root, 'dist/bundle/main.js')).href, accepted, runtime, [GOOD]);
  return { shipped, compiled, record, check };
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

test('a binary for a platform of which no sum is known is refused, one that is not there is left out', (t) => {
  const { shipped, check } = installed(t);
  assert.equal(check([], { ...RUNTIME, abi: '141' }).length, 1);
  writeFileSync(shipped.replace('115', '141'), 'newer');
  assert.throws(() => check([], { ...RUNTIME, abi: '141' }), /and none is known for it/);
});
