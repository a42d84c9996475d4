import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startScript } from '../../../ui/net/served-build.ts';
import { reloadsFor } from '../../../ui/app/reloads.ts';

const memory = () => {
  const held = new Map<string, string>();
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
  };
};

test('a window reloads by itself once for each build, also when two servers take turns', () => {
  const storage = memory();
  const taken = ['b', 'a', 'b', 'a', 'b', 'c', 'c'].filter((build) => reloadsFor(() => storage, build));
  assert.deepEqual(taken, ['b', 'a', 'c']);
});

test('where nothing can be remembered it never does', () => {
  const blocked = () => {
    throw new Error('SecurityError');
  };
  assert.equal(reloadsFor(blocked, 'b'), false);
  const full = { getItem: () => null, setItem: blocked };
  assert.equal(
    reloadsFor(() => full, 'b'),
    false,
  );
  const damaged = { ...memory(), getItem: () => '{' };
  assert.equal(
    reloadsFor(() => damaged, 'b'),
    false,
  );
});

test('the build of a page is told by the script it starts with, and other pages tell none', () => {
  const page = '<script type="module" crossorigin src="./assets/index-Ab_-9.js"></script>';
  assert.equal(startScript(`<html><head>${page}</head></html>`), './assets/index-Ab_-9.js');
  const boot = '<script type="module" crossorigin src="./assets/boot-Ab_-9.js"></script>';
  assert.equal(startScript(`<html><head>${boot}${page}</head></html>`), './assets/index-Ab_-9.js');
  for (const other of ['', '<h1>Log in to the hotel</h1>', '<script src="/captive.js"></script>'])
    assert.equal(startScript(other), null);
});
