import { posix } from 'node:path';

/** The rules of the sources as a pure function of their text, so that a test can plant a breach and see it found. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  readonly from: string;
  readonly to: string;
}

const ENTRY =
  /^(server\/(main|shard|writer|helper|parley)|ui\/(main|sw|desktop)|perf\/(main|compare|guard|browser-cost|load\/(generator|worker|ticker|idle-fleet)|http\/http-load|baselines\/(relay|insert)))\.ts$/;
export const MAX_LINES = 350;

const UI = ['ui/strings', 'ui/shell', 'ui/net', 'ui/state', 'ui/styles', 'ui/elements'];

/** What writes a data folder without its server. */
const SEED = ['server/storage', 'server/runtime'];
const MEASURE = ['machine', 'load', 'http', 'slow-sync', 'report', 'servers', 'corpus'].map(
  (each) => `perf/${each}`,
);

/** Layer → the layers it may import, itself included. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'server/protocol': ['server/protocol'],
  'server/runtime': ['server/protocol', 'server/runtime'],
  'server/config': ['server/protocol', 'server/config'],
  'server/storage': ['server/protocol', 'server/runtime', 'server/storage'],
  'server/actors': ['server/protocol', 'server/runtime', 'server/storage', 'server/actors'],
  'server/edge': [
    'server/protocol',
    'server/runtime',
    'server/storage',
    'server/actors',
    'server/config',
    'server/edge',
  ],
  'server/entry': [
    ...['server/protocol', 'server/runtime', 'server/storage', 'server/actors'],
    ...['server/config', 'server/edge'],
  ],
  'ui/strings': ['server/protocol', 'ui/strings'],
  'ui/shell': ['server/protocol', 'ui/strings', 'ui/shell'],
  'ui/net': ['server/protocol', 'ui/strings', 'ui/shell', 'ui/net'],
  'ui/state': ['server/protocol', 'ui/strings', 'ui/shell', 'ui/net', 'ui/state'],
  'ui/styles': ['ui/styles'],
  'ui/elements': ['server/protocol', ...UI],
  'ui/entry': ['server/protocol', ...UI],
  'perf/machine': ['perf/machine'],
  'perf/load': ['perf/machine', 'perf/load'],
  'perf/http': ['perf/machine', 'perf/http'],
  'perf/slow-sync': ['perf/machine', 'perf/slow-sync'],
  'perf/report': ['perf/machine', 'perf/report'],
  'perf/baselines': ['perf/baselines'],
  'perf/servers': [...SEED, 'server/edge', 'perf/machine', 'perf/load', 'perf/servers'],
  'perf/corpus': [...SEED, 'perf/load', 'perf/servers', 'perf/corpus'],
  'perf/benchmarks': [...SEED, ...MEASURE, 'perf/benchmarks'],
  'perf/growth': [...SEED, ...MEASURE, 'perf/benchmarks', 'perf/growth'],
  'perf/entry': [...MEASURE, 'perf/benchmarks', 'perf/growth', 'perf/baselines'],
};

/** What may be imported of a layer from outside it, where that is less than everything. */
const FACES: readonly { readonly of: string; readonly by: readonly string[]; readonly only: RegExp }[] = [
  { of: 'server/storage', by: ['server/actors', 'server/edge'], only: /\/store\.ts$/ },
  { of: 'server/protocol', by: ['server/runtime'], only: /\/errors\.ts$/ },
  {
    of: 'server/storage',
    by: ['perf/servers', 'perf/corpus', 'perf/benchmarks', 'perf/growth'],
    only: /\/(store|group-commit|queries)\.ts$/,
  },
  { of: 'server/edge', by: ['perf/servers'], only: /\/(secrets|tokens)\.ts$/ },
];

/** One door per dependency. */
const DOORS: Readonly<Record<string, RegExp>> = {
  'better-sqlite3': /^(server\/storage\/|perf\/baselines\/|perf\/servers\/peers\.ts$)/,
  'uWebSockets.js': /^(server\/edge|perf\/baselines)\//,
  ws: /^perf\/baselines\//,
  autocannon: /^perf\/http\//,
  jose: /^server\/edge\//,
  piscina: /^server\/runtime\//,
  pino: /^server\/runtime\/log\.ts$/,
  uuid: /^server\/runtime\/ids\.ts$/,
  '@node-rs/argon2': /^server\/helper\.ts$/,
  '@neutralinojs/lib': /^ui\/shell\//,
};

/** Time, chance and the environment: each only where it is let in. What measures is free of this. */
const HELD = /^(server|ui)\//;
const INLETS: readonly { readonly text: RegExp; readonly at: RegExp }[] = [
  { text: /\bprocess\.env\b/, at: /^server\/config\.ts$/ },
  {
    text: /\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(/,
    at: /^(server\/runtime|ui\/\w+)\/(clock|ids)\.ts$/,
  },
  { text: /\bMath\.random\(|\brandomUUID\(|\brandomBytes\(/, at: /^(server\/runtime|ui\/\w+)\/ids\.ts$/ },
];

/** The runtime is mechanism: "message" is the actor's word, these are the chat's. */
const CHAT_WORD =
  /^(chats?|conversations?|users?|usernames?|recipients?|typing|presences?|passwords?|unread)$/;

/** The last table of the glossary: words that meant several things, or nothing to a reader from elsewhere. */
export const retiredWords = (glossary: string): readonly string[] =>
  [...(glossary.split('## Retired words')[1] ?? '').matchAll(/^\| ([a-z-]+) +\|/gm)].map(
    ([, word = '']) => word,
  );

const kebab = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

/** Identifiers and file names that hold a retired word. Text in quotes and comments is prose. */
export const retiredIn = (sources: Sources, retired: readonly string[]): readonly string[] =>
  [...sources].flatMap(([file, text]) => {
    const code = withoutComments(text).replace(/'(?:[^'\\\n]|\\.)*'|`[^`$]*`/g, "''");
    const names = new Set([file.replace(/\.ts$/, ''), ...(code.match(/[A-Za-z][A-Za-z0-9]*/g) ?? [])]);
    return [...names].flatMap((name) =>
      retired
        .filter((word) => `-${kebab(name).replace(/[/.]/g, '-')}-`.includes(`-${word}-`))
        .map((word) => `${file}: ${name} holds the retired word ${word}`),
    );
  });

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
const wordsOf = (text: string): readonly string[] =>
  (text.match(/[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase());

export const layerOf = (file: string): string => {
  if (ENTRY.test(file)) return `${file.slice(0, file.indexOf('/'))}/entry`;
  if (/^server\/config[^/]*\.ts$/.test(file)) return 'server/config';
  return file.split('/').slice(0, 2).join('/');
};

/** Every import of every file, `import type` and dynamic ones included; relative ones as paths of the repository. */
export const importsOf = (sources: Sources): readonly Import[] =>
  [...sources].flatMap(([from, text]) =>
    [...withoutComments(text).matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()'([^']+)'/g)].map(
      ([, name = '']) => ({
        from,
        to: name.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), name)) : name,
      }),
    ),
  );

const cyclesIn = (sources: Sources, imports: readonly Import[]): readonly string[] => {
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      found.push(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
      return;
    }
    state.set(file, 'open');
    for (const { from, to } of imports) if (from === file && sources.has(to)) visit(to, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of sources.keys()) visit(file, []);
  return found;
};

const directionFaults = ({ from, to }: Import): readonly string[] => {
  const [mine, theirs] = [layerOf(from), layerOf(to)];
  if (ENTRY.test(to)) return [`${from} imports the entry point ${to}`];
  if (!(LAYERS[mine]?.includes(theirs) ?? false))
    return [`${from} imports ${to}: ${mine} must not know ${theirs}`];
  return FACES.filter(({ of, by, only }) => of === theirs && by.includes(mine) && !only.test(to)).map(
    ({ only }) => `${from} imports ${to}: only ${String(only)} of ${theirs} is for ${mine}`,
  );
};

const doorFaults = ({ from, to }: Import): readonly string[] =>
  Object.entries(DOORS)
    .filter(([name, door]) => (to === name || to.startsWith(`${name}/`)) && !door.test(from))
    .map(([name, door]) => `${from} imports ${name}, whose door is ${String(door)}`);

const textFaults = ([file, text]: readonly [string, string]): readonly string[] => {
  const code = withoutComments(text);
  const faults = INLETS.filter(
    ({ text: banned, at }) => HELD.test(file) && banned.test(code) && !at.test(file),
  ).map(({ text: banned }) => `${file} holds ${String(banned)}`);
  const lines = text.split('\n').length - 1;
  if (lines > MAX_LINES) faults.push(`${file} has ${String(lines)} lines: which second concept wants out?`);
  if (/^export\s[^;=]*\sfrom\s+'\./m.test(code)) faults.push(`${file} re-exports: no barrels`);
  if (file.startsWith('server/runtime/')) {
    const words = [...new Set(wordsOf(code).filter((word) => CHAT_WORD.test(word)))];
    if (words.length > 0) faults.push(`${file} speaks of ${words.join(', ')}: the runtime knows no chat`);
  }
  return faults;
};

/** Every breach, as a sentence. */
export const faultsIn = (sources: Sources): readonly string[] => {
  const imports = importsOf(sources);
  const within = imports.filter(({ to }) => /^(server|ui|test|perf)\//.test(to));
  const missing = within.filter(
    ({ to }) => to.endsWith('.ts') && !sources.has(to) && !/^(test|perf)\//.test(to),
  );
  return [
    ...missing.map(({ from, to }) => `${from} imports ${to}, which is not there`),
    ...within.filter(({ to }) => to.endsWith('.ts')).flatMap(directionFaults),
    ...imports.flatMap(doorFaults),
    ...[...sources].flatMap(textFaults),
    ...cyclesIn(sources, imports),
  ];
};
