import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from './support/paths.ts';

const read = (path: string): Buffer => readFileSync(join(repositoryRoot, path));
const json = <T>(path: string): T => JSON.parse(read(path).toString('utf8')) as T;

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
interface Locked {
  readonly packages: Readonly<
    Record<string, { resolved?: string; integrity?: string; version?: string; link?: boolean }>
  >;
}

/** The npm package repeats the binaries of the official release; this is the official one of Node 20 on Linux x64. */
test('the uWebSockets.js binary is byte for byte the one that was examined', () => {
  const binary = read('node_modules/uWebSockets.js/uws_linux_x64_115.node');
  assert.equal(
    createHash('sha256').update(binary).digest('hex'),
    'f4fa5d7b697529b45ac8aa3d57385d9af51bc1d2b26aa9f5b68ca4361542e665',
  );
});

test('every version is exact', () => {
  const { dependencies, devDependencies } = json<Manifest>('package.json');
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    assert.match(version, /^(npm:[a-z]+@)?\d+\.\d+\.\d+$/, name);
  }
});

test('the lockfile names no registry, and every package by its integrity', () => {
  const packages = Object.entries(json<Locked>('package-lock.json').packages).filter(([path]) => path !== '');
  assert.ok(packages.length > 100);
  for (const [path, { resolved, integrity, version }] of packages) {
    assert.equal(resolved, undefined, path);
    assert.match(integrity ?? '', /^sha512-/, path);
    assert.match(version ?? '', /^\d+\.\d+\.\d+/, path);
  }
  assert.doesNotMatch(read('package-lock.json').toString('utf8'), /https?:\/\/[^"]*registry/);
});
