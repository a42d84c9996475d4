import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { uiSources } from './sources.ts';

/** WCAG 2.2 §1.4.3 and §1.4.11, computed from the tokens and from every rule that sets both colours itself. */
const THEMES = ['light', 'dark'] as const;
const TEXT = 4.5;
const PARTS = 3;

type Pair = readonly [light: string, dark: string];
const PAIR = /light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/;
const pairIn = (text: string): Pair | null => {
  const [, light, dark] = PAIR.exec(text) ?? [];
  return light === undefined || dark === undefined ? null : [light, dark];
};

const css = readFileSync(join(uiSources, 'styles/tokens.css'), 'utf8');
const tokensIn = (text: string): Map<string, Pair> =>
  new Map(
    [...text.matchAll(/--([\w-]+): (light-dark\(#[^;]+\));/g)].flatMap(([, name = '', value = '']) => {
      const pair = pairIn(value);
      return pair === null ? [] : [[name, pair] as const];
    }),
  );
const more = css.indexOf('@media (prefers-contrast: more)');
const tokens = tokensIn(css.slice(0, more));
const strong = new Map([...tokens, ...tokensIn(css.slice(more))]);

const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

/** What is below `least`, as sentences. */
const faint = (front: Pair, behind: Pair, least: number, what: string): readonly string[] =>
  THEMES.flatMap((theme, at) => {
    const ratio = contrast(front[at] ?? '', behind[at] ?? '');
    return ratio >= least ? [] : [`${what}, ${theme}: ${ratio.toFixed(2)}:1, not ${String(least)}:1`];
  });

const SURFACES = ['back', 'pane', 'page', 'raised', 'hover', 'chosen'];
/** Front → what it lies on by inheritance, where no single rule names both. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  text: [...SURFACES, 'theirs', 'mark'],
  quiet: [...SURFACES, 'theirs'],
  accent: [...SURFACES, 'theirs'],
  danger: SURFACES,
  'mine-text': ['mine'],
  'mine-quiet': ['mine'],
  'warn-text': ['warn-back'],
  'on-accent': ['fill', 'fill-hover'],
  'on-danger': ['danger-fill'],
  'on-toast': ['toast'],
  'toast-link': ['toast'],
};
/** Borders of fields and bubbles' ticks, the presence dot, filled controls, and the focus ring, which is `accent`. */
const SHAPES: Readonly<Record<string, readonly string[]>> = {
  edge: ['page', 'raised', 'pane'],
  accent: [...SURFACES, 'mine', 'theirs', 'warn-back'],
  danger: ['mine', 'raised', 'page'],
  good: ['pane', 'page', 'raised', 'hover', 'chosen'],
  fill: ['page', 'raised', 'pane', 'hover', 'chosen'],
  'danger-fill': ['page', 'raised'],
};

const below = (table: typeof WORDS, least: number, values: ReadonlyMap<string, Pair>): readonly string[] =>
  Object.entries(table).flatMap(([front, backs]) =>
    backs.flatMap((back) => {
      const [one, other] = [values.get(front), values.get(back)];
      assert.ok(one !== undefined && other !== undefined, `${front} or ${back} is no token`);
      return faint(one, other, least, `${front} on ${back}`);
    }),
  );

test('the formula is that of WCAG', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});

test('text has 4.5:1 on every surface it lies on, in both themes', () => {
  assert.deepEqual(below(WORDS, TEXT, tokens), []);
});

test('borders of fields, marks and the focus ring have 3:1', () => {
  assert.deepEqual(below(SHAPES, PARTS, tokens), []);
});

test('who asks for more contrast gets 7:1 for text', () => {
  const { text = [], quiet = [], 'mine-text': mine = [] } = WORDS;
  assert.deepEqual(below({ text, quiet, 'mine-text': mine }, 7, strong), []);
});

test('every rule that sets a colour on a background is readable by itself', () => {
  const faults: string[] = [];
  let seen = 0;
  for (const folder of ['styles', 'elements']) {
    const files = readdirSync(join(uiSources, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const text = readFileSync(join(uiSources, folder, file), 'utf8');
      for (const [, selector = '', rule = ''] of text.matchAll(/^ *([^\n{}]+) \{\n([^{}]*)\}/gm)) {
        const of = (property: string): Pair | null => {
          const value = new RegExp(`(?:^|;)\\s*${property}: ([^;]+);`).exec(rule)?.[1] ?? '';
          return pairIn(value) ?? tokens.get(/^var\(--([\w-]+)\)$/.exec(value)?.[1] ?? '') ?? null;
        };
        const [front, behind] = [of('color'), of('background')];
        if (front === null || behind === null) continue;
        seen += 1;
        faults.push(...faint(front, behind, TEXT, `${file} ${selector}`));
      }
    }
  }
  assert.ok(seen >= 18, `only ${String(seen)} rules seen`);
  assert.deepEqual(faults, []);
});

test('no colour is left out', () => {
  const decoration = ['line', 'theirs-line', 'shadow', 'shadow-high', 'veil'];
  const checked = new Set([...Object.entries(WORDS), ...Object.entries(SHAPES)].flat(2));
  assert.deepEqual(
    [...tokens.keys()].filter((name) => !checked.has(name) && !decoration.includes(name)),
    [],
  );
});
