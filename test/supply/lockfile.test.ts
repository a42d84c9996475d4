import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';

const read = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');
const json = <T>(path: string): T => JSON.parse(read(path)) as T;

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
interface Locked {
  readonly packages: Readonly<
    Record<string, { resolved?: string; integrity?: string; version?: string; link?: boolean }>
  >;
}

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
  assert.doesNotMatch(read('package-lock.json'), /https?:\/\/[^"]*registry/);
});
