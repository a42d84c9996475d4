import { posix } from 'node:path';
import ts from 'typescript';
import { DOORS, FACES, LAYERS } from './layers.ts';

/** The rules of the sources as a pure function of their text, so that a test can plant a breach and see it found. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  readonly from: string;
  readonly to: string;
}

const ENTRY =
  /^(server\/(main|shard|writer|helper|cli)|ui\/(main|boot|admin|sw|desktop)|perf\/(main|compare|guard|browser-cost|hosts|idle-hosts|notices|reconnects|move|stores|admin-page|uploads|usable-list|load\/(generator|worker|ticker|idle-fleet|uploader)|http\/http-load|baselines\/(relay|insert|floor|floor-writer)))\.ts$/;
/** What the first script of the page requested early is handed to the second one, and a file between them would be one more
 *  request. */
const HANDED_ON: Readonly<Record<string, string>> = { 'ui/main.ts': 'ui/boot.ts' };
export const MAX_LINES = 350;
const MAX_FUNCTION_LINES = 60;
/** Files that may be longer, and why. */
const LONGER: Readonly<Record<string, string>> = {};

/** Time, chance and the environment: each only where it is let in. What measures is free of this. */
const HELD = /^(server|ui)\//;
const INLETS: readonly { readonly text: RegExp; readonly at: RegExp }[] = [
  { text: /\bprocess\.env\b/, at: /^server\/config\/(config|environment)\.ts$/ },
  {
    text: /\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(/,
    at: /^((server\/runtime|ui\/\w+)\/(clock|ids)|ui\/boot)\.ts$/,
  },
  { text: /\bMath\.random\(|\brandomUUID\(|\brandomBytes\(/, at: /^(server\/runtime|ui\/\w+)\/ids\.ts$/ },
];

/** An iterator that is not read to its end keeps its connection busy, and every later transaction on it fails. Types hide the
 *  method; this finds a cast around them. */
const ITERATOR = '.iterate(';

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

/** The folder of `LAYERS` that a file belongs to. */
export const layerOf = (file: string): string => {
  if (ENTRY.test(file)) return `${file.slice(0, file.indexOf('/'))}/entry`;
  return file.startsWith('server/protocol/') ? 'server/protocol' : posix.dirname(file);
};

/** Types that stand for the same concept in the server and in the client, where neither may import the other's. */
const TWICE = new Set(['Clock', 'Timer']);

/** One exported type name, one meaning. */
export const namesakesIn = (sources: Sources): readonly string[] => {
  const files = new Map<string, string[]>();
  for (const [file, text] of sources) {
    for (const [, name = ''] of text.matchAll(/^export (?:abstract )?(?:interface|type|class) (\w+)/gm))
      files.set(name, [...(files.get(name) ?? []), file]);
  }
  return [...files]
    .filter(([name, places]) => places.length > 1 && !TWICE.has(name))
    .map(([name, places]) => `${name} is a type of ${places.join(' and of ')}`);
};

const isLong = (node: ts.Node, source: ts.SourceFile): boolean => {
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  return lineOf(node.end) - lineOf(node.getStart(source)) + 1 > MAX_FUNCTION_LINES;
};
const nameOf = (node: ts.SignatureDeclaration, source: ts.SourceFile): string => {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
  return named?.getText(source) ?? 'callback';
};

/** Functions that are longer than they should be: file and name. */
export const longFunctionsIn = (sources: Sources): readonly string[] =>
  [...sources].flatMap(([file, text]) => {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined && isLong(node, source))
        found.push(`${file} ${nameOf(node, source)}`);
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });

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
  if (HANDED_ON[from] === to) return [];
  if (ENTRY.test(to)) return [`${from} imports the entry point ${to}`];
  if (!(LAYERS[mine]?.includes(theirs) ?? false))
    return [`${from} imports ${to}: ${mine} must not know ${theirs}`];
  return FACES.filter(({ of, by, only }) => of.test(theirs) && by.test(mine) && !only.test(to)).map(
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
  if (HELD.test(file) && code.includes(ITERATOR))
    faults.push(`${file} opens a statement's iterator: take rows`);
  const lines = text.split('\n').length - 1;
  if (lines > MAX_LINES && LONGER[file] === undefined)
    faults.push(`${file} has ${String(lines)} lines: which second concept wants out?`);
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
