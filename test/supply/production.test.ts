import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseSync } from 'vite';
import { repositoryRoot } from '../support/paths.ts';
import { tempDir } from '../support/temp-dir.ts';

const json = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
const { dependencies } = json<{ dependencies: Readonly<Record<string, string>> }>(
  join(repositoryRoot, 'package.json'),
);
const { packages } = json<{
  packages: Readonly<Record<string, { name?: string; dev?: boolean; version: string }>>;
}>(join(repositoryRoot, 'package-lock.json'));

/** What `npm prune --omit=dev` leaves; one more line is the project itself. */
const PACKAGES_MAX = 100;

test(`a production install has at most ${String(PACKAGES_MAX)} packages`, (t) => {
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  const count = listed.trim().split('\n').length - 1;
  t.diagnostic(`${String(count)} packages`);
  assert.ok(count > 10 && count <= PACKAGES_MAX, listed);
  // It would bring 28 packages along, and download a binary for better-sqlite3 that nothing here has a sum of.
  assert.equal(
    Object.entries(packages).find(([path, { name }]) => (name ?? path).endsWith('prebuild-install')),
    undefined,
  );
});

interface Import {
  readonly type: string;
  readonly source?: { readonly value: string } | null;
}
test('what runs loads nothing but its own files, Node’s modules and production packages', () => {
  const folder = join(repositoryRoot, 'dist/bundle');
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const written = (parseSync(file, text).program.body as readonly Import[]).flatMap(
        ({ source }) => source?.value ?? [],
      );
      const later = [...text.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, name = '']) => name);
      return [...written, ...later];
    })
    .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name));
  // server/edge/uws.ts chooses its package at run time, by name.
  const wanted = [...new Set([...names, 'uWebSockets.js'])].sort();
  assert.ok(wanted.includes('better-sqlite3'), wanted.join(', '));
  assert.deepEqual(
    wanted.filter((name) => !(name in dependencies)),
    [],
  );
});

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version?: string;
  readonly licenses?: readonly unknown[];
  readonly hashes?: readonly { content: string }[];
}
interface Bom {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}
const folder = tempDir({ after });
const makeBom = (name: string): string => {
  const file = join(folder, name);
  execFileSync(process.execPath, ['scripts/run.mjs', 'sbom', file], { cwd: repositoryRoot, stdio: 'pipe' });
  return readFileSync(file, 'utf8');
};

test('the bill of materials holds all that is installed, bundled, copied or compiled in, and no tool', () => {
  const text = makeBom('one.json');
  const { components, dependencies: graph } = JSON.parse(text) as Bom;
  const names = components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
  for (const name of ['lit', 'lit-html', '@lit-labs/signals', '@neutralinojs/lib', 'lucide', 'sqlite']) {
    assert.ok(names.includes(name), name);
  }
  const installed = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { name }]) => name ?? path.replace(/.*node_modules\//, ''));
  assert.deepEqual(
    installed.filter((name) => !names.includes(name)),
    [],
  );
  assert.ok(names.includes('uwebsockets'));
  for (const tool of ['typescript', 'eslint', 'vite', 'playwright-core'])
    assert.ok(!names.includes(tool), tool);
  for (const { name, licenses = [], hashes } of components) {
    assert.equal(licenses.length, 1, name);
    for (const { content } of hashes ?? []) assert.match(content, /^[0-9a-f]{128}$/, name);
  }
  const refs = new Set(graph.map(({ ref }) => ref));
  const [own] = graph;
  assert.ok((own?.dependsOn.length ?? 0) > 10);
  assert.ok(refs.size === graph.length, 'no part of the graph stands there twice');
  assert.equal(makeBom('two.json'), text, 'the same sources give the same file');
});
