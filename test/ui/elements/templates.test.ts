import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { uiSources } from '../sources.ts';

/** A template may set a property that no element has: neither the compiler nor the browser says a word. */

const folder = join(uiSources, 'elements');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);
const sources = new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

const propertiesIn = (text: string): readonly string[] =>
  [...text.matchAll(/@property\([^)]*\)\s+(?:override )?(\w+)/g)].map(([, name = '']) => name);

/** A class that others extend → the properties that it declares. */
const inherited = new Map(
  [...sources.values()].flatMap((text) => {
    const [, name = ''] = /export abstract class (\w+)/.exec(text) ?? [];
    return name === '' ? [] : [[name, propertiesIn(text)] as const];
  }),
);

/** Element → the properties that it has. */
const declared = new Map(
  [...sources.values()].flatMap((text) => {
    const [, tag = ''] = /@customElement\('([\w-]+)'\)/.exec(text) ?? [];
    const [, parent = ''] = /export class \w+ extends (\w+)/.exec(text) ?? [];
    const names = [...propertiesIn(text), ...(inherited.get(parent) ?? [])];
    return tag === '' ? [] : [[tag, new Set(names)] as const];
  }),
);

/** The attributes of a tag whose name ends at `from`, without what stands in `${…}`. */
const attributesAt = (text: string, from: number): string => {
  let depth = 0;
  let plain = '';
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '{') depth += 1;
    else if (sign === '}') depth -= 1;
    else if (depth === 0 && sign === '>') break;
    else if (depth === 0) plain += sign;
  }
  return plain;
};

interface Binding {
  readonly file: string;
  readonly tag: string;
  readonly property: string;
}
const bindingsIn = (file: string, text: string): readonly Binding[] =>
  [...text.matchAll(/<([a-z]+(?:-[a-z]+)+)(?=[\s>])/g)].flatMap((match) => {
    const [start, tag = ''] = match;
    const attributes = attributesAt(text, match.index + start.length);
    return [...attributes.matchAll(/\s\.(\w+)=/g)].map(([, property = '']) => ({ file, tag, property }));
  });

test('every property that a template sets on one of our elements is declared there', () => {
  const bindings = [...sources].flatMap(([file, text]) => bindingsIn(file, text));
  const own = bindings.filter(({ tag }) => declared.has(tag));
  assert.ok(own.length > 100, `only ${String(own.length)} bindings seen`);
  assert.deepEqual(
    own
      .filter(({ tag, property }) => declared.get(tag)?.has(property) === false)
      .map(({ file, tag, property }) => `${file}: <${tag}> has no property ${property}`),
    [],
  );
});

test('a property that is not there is found, also behind an expression with signs in it', () => {
  const text = 'html`<user-item .live=${a > b ? { c } : null} .chatId=${id}></user-item>`';
  assert.deepEqual(
    bindingsIn('f', text).map(({ property }) => property),
    ['live', 'chatId'],
  );
  assert.equal(declared.get('user-item')?.has('chatId'), false);
});
