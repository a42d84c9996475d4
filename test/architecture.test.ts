import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  faultsIn,
  importsOf,
  layerOf,
  longFunctionsIn,
  MAX_LINES,
  namesakesIn,
  retiredIn,
  retiredWords,
  type Sources,
} from './support/architecture.ts';
import { LONG_FUNCTIONS } from './support/long-functions.ts';
import { repositoryRoot } from './support/paths.ts';

const read = (folder: string): [string, string][] => {
  const path = join(repositoryRoot, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => [`${folder}/${file}`, readFileSync(join(path, file), 'utf8')]);
};
const sources: Sources = new Map([...read('server'), ...read('ui')]);
const measurements: Sources = new Map(read('perf'));

test('the sources keep the rules of direction, doors, sizes and words', () => {
  assert.deepEqual(faultsIn(new Map([...sources, ...measurements])), []);
});

test('the rules saw the whole tree: every layer, and its imports', (t) => {
  const imports = importsOf(sources);
  const layers = new Map<string, number>();
  for (const file of sources.keys()) layers.set(layerOf(file), (layers.get(layerOf(file)) ?? 0) + 1);
  for (const layer of ['protocol', 'runtime', 'storage', 'actors', 'edge', 'config', 'entry']) {
    assert.ok((layers.get(`server/${layer}`) ?? 0) > 0, `no file seen in server/${layer}`);
  }
  assert.ok(measurements.size >= 40, `only ${String(measurements.size)} files seen in perf`);
  assert.ok(sources.size >= 90, `only ${String(sources.size)} files seen`);
  assert.ok(imports.length > sources.size, `only ${String(imports.length)} imports seen`);
  t.diagnostic([...layers].map(([layer, files]) => `${layer} ${String(files)}`).join(', '));
});

test('no identifier and no file name holds a word that the glossary has retired', () => {
  const retired = retiredWords(readFileSync(join(repositoryRoot, 'docs/glossary.md'), 'utf8'));
  assert.ok(retired.length > 20, 'the glossary has its table');
  assert.deepEqual(retiredIn(new Map([...sources, ...measurements]), retired), []);
  const planted = new Map([
    ['server/edge/login-gate.ts', 'const loginGates = 1; // a login gate\nopenLoginGate();'],
  ]);
  assert.deepEqual(retiredIn(planted, ['login-gate']), [
    'server/edge/login-gate.ts: server/edge/login-gate holds the retired word login-gate',
    'server/edge/login-gate.ts: openLoginGate holds the retired word login-gate',
  ]);
});

test('no two exported types have one name', () => {
  assert.deepEqual(namesakesIn(new Map([...sources, ...measurements])), []);
  const planted = new Map([
    ['server/edge/a.ts', 'export interface Place {}'],
    ['ui/net/b.ts', 'export type Place = string;'],
  ]);
  assert.deepEqual(namesakesIn(planted), ['Place is a type of server/edge/a.ts and of ui/net/b.ts']);
});

test('no function is longer than a screen, with the exceptions that are named here', () => {
  const found = longFunctionsIn(new Map([...sources, ...measurements]));
  assert.deepEqual([...new Set(found)].sort(), Object.keys(LONG_FUNCTIONS).sort());
  const planted = new Map([['server/edge/a.ts', `const long = () => {\n${'x;\n'.repeat(60)}};`]]);
  assert.deepEqual(longFunctionsIn(planted), ['server/edge/a.ts long']);
});

test('most files are a screen or two', (t) => {
  const lengths = [...sources.values()].map((text) => text.split('\n').length - 1).sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0;
  t.diagnostic(`median ${String(median)} lines, longest ${String(lengths.at(-1))}`);
  assert.ok(median <= 80, `the median file has ${String(median)} lines`);
});

test('tests stay below the same length', () => {
  const long = read('test').filter(([, text]) => text.split('\n').length - 1 > MAX_LINES);
  assert.deepEqual(
    long.map(([file]) => file),
    [],
  );
});

/** Each planted breach must be found, and found as what it is: a rule that can't fail is no rule. */
const breaches: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  [
    'an upward import, if only of a type',
    { 'server/runtime/a.ts': "import type { B } from '../actors/b.ts';", 'server/actors/b.ts': '' },
    /server\/runtime must not know server\/actors/,
  ],
  [
    'an actor that reaches past the store',
    {
      'server/actors/a.ts': "import { open } from '../storage/sqlite/open.ts';",
      'server/storage/sqlite/open.ts': '',
    },
    /server\/actors must not know server\/storage\/sqlite/,
  ],
  [
    'a runtime file that knows the wire',
    { 'server/runtime/a.ts': "import { UP } from '../protocol/up.ts';", 'server/protocol/up.ts': '' },
    /only .*errors.* of server\/protocol/,
  ],
  [
    'an imported entry point',
    { 'server/edge/a.ts': "import { go } from '../main.ts';", 'server/main.ts': '' },
    /imports the entry point/,
  ],
  ['a second door', { 'server/edge/a.ts': "import Database from 'better-sqlite3';" }, /whose door is/],
  [
    'a dynamic import through a wall',
    { 'server/actors/a.ts': "await import('jose/jwt/verify');" },
    /whose door is/,
  ],
  [
    'a cycle of types',
    {
      'server/protocol/a.ts': "import type { B } from './b.ts';",
      'server/protocol/b.ts': "import {\n  type A,\n} from './a.ts';",
    },
    /cycle: server\/protocol\/a\.ts → server\/protocol\/b\.ts → server\/protocol\/a\.ts/,
  ],
  [
    'a chat word in the runtime',
    { 'server/runtime/a.ts': 'export const conversationKey = 1;' },
    /knows no chat/,
  ],
  ['a barrel', { 'server/edge/a.ts': "export { b } from './b.ts';", 'server/edge/b.ts': '' }, /no barrels/],
  [
    'a query with a connection of its own',
    {
      'server/storage/sqlite/queries/a.ts': "import type { Db } from '../open.ts';",
      'server/storage/sqlite/open.ts': '',
    },
    /only .*transactions.* of server\/storage\/sqlite/,
  ],
  [
    'an iterator of a statement',
    { 'server/storage/sqlite/a.ts': 'for (const row of statement.iterate(1)) break;' },
    /iterator/,
  ],
  ['a clock of its own', { 'server/actors/a.ts': 'const at = Date.now();' }, /Date/],
  ['a look at the environment', { 'server/edge/a.ts': 'process.env.HOME;' }, /process/],
  ['a file too long', { 'server/edge/a.ts': 'x;\n'.repeat(MAX_LINES + 1) }, /351 lines/],
  ['an import of nothing', { 'server/edge/a.ts': "import { b } from './b.ts';" }, /not there/],
  [
    'a client that reaches into the server',
    { 'ui/net/a.ts': "import { b } from '../../server/edge/b.ts';", 'server/edge/b.ts': '' },
    /ui\/net must not know server\/edge/,
  ],
  [
    'a server that knows how it is measured',
    { 'server/edge/a.ts': "import { b } from '../../perf/load/b.ts';", 'perf/load/b.ts': '' },
    /server\/edge must not know perf\/load/,
  ],
  [
    'a measurement that reaches past the store',
    {
      'perf/servers/a.ts': "import { b } from '../../server/storage/sqlite/open.ts';",
      'server/storage/sqlite/open.ts': '',
    },
    /only .* of server\/storage\/sqlite/,
  ],
];

for (const [what, planted, expected] of breaches) {
  test(`the rules find ${what}`, () => {
    const faults = faultsIn(new Map(Object.entries(planted)));
    assert.equal(faults.length, 1, faults.join('\n'));
    assert.match(faults.join('\n'), expected);
  });
}
