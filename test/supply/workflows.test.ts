import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');
const FOLDER = '.github/workflows';
const workflows = readdirSync(join(repositoryRoot, FOLDER)).map((name) => read(`${FOLDER}/${name}`));
const server = /^ {2}server:\n((?: {4}.*\n|\n)+)/m.exec(read(`${FOLDER}/ci.yml`))?.[1] ?? '';
const listed = (name: string): readonly string[] =>
  (new RegExp(`^ +${name}: \\[(.*)\\]$`, 'm').exec(server)?.[1] ?? '').split(', ');

test('every action is named by its commit, with the version beside it', () => {
  const uses = workflows.flatMap((text) =>
    [...text.matchAll(/\buses: (.*)$/gm)].map(([, what = '']) => what),
  );
  assert.ok(uses.length >= 6, uses.join('\n'));
  for (const what of uses) assert.match(what, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test('the matrix has Linux, macOS and Windows, and each release line of Node that engines names', () => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
  const lines = [...engines.node.matchAll(/>=(\d+)/g)].map(([, major]) => major);
  assert.deepEqual(listed('node'), lines);
  assert.deepEqual(
    listed('os').map((name) => name.split('-')[0]),
    ['ubuntu', 'macos', 'windows'],
  );
  const ubuntu = Number(/ubuntu-([\d.]+)/.exec(listed('os')[0] ?? '')?.[1]);
  assert.ok(ubuntu >= 24.04, 'Node 22 and 24 need the glibc of Ubuntu 24.04');
});

test('what is compiled against is the oldest Node', () => {
  const { devDependencies } = JSON.parse(read('package.json')) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  assert.match(devDependencies['@types/node'] ?? '', /^20\./);
});
