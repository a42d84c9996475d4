/** A part of a formatted text. `mark`: what the formatting is written with. `break`: a line break beside a block, which begins and
 *  ends a line of its own. Neither is shown. Joined in their order, the texts of all parts give the source again. */
export type FormattedPart = PlainPart | StyledPart;
interface PlainPart {
  readonly kind: 'text' | 'mark' | 'break';
  readonly text: string;
}
interface StyledPart {
  readonly kind: 'bold' | 'italic' | 'code' | 'block' | 'quote';
  readonly parts: readonly FormattedPart[];
}

/** A stretch of a text in UTF-16 units, the end not included. */
export type Stretch16 = readonly [start: number, end: number];

/** Deeper quotes are shown as they are written. */
const DEEPEST_QUOTE = 3;
const STYLES = { '*': 'bold', _: 'italic' } as const;
type Mark = keyof typeof STYLES;
const isMark = (char: string): char is Mark => Object.hasOwn(STYLES, char);

/** Scripts that put no spaces between words, and emoji: a mark beside them stands at a border all the same. */
const SPACELESS =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}' +
  '\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f\\p{Cf}\\u3000-\\u303f\\uff01-\\uff0f\\uff1a\\uff1b\\uff1f';
const BEFORE = new RegExp(`[\\s\\p{Ps}\\p{Pi}\\p{Pf}"'¿¡—–*_${SPACELESS}]`, 'u');
const AFTER = new RegExp(`[\\s\\p{Pe}\\p{Pi}\\p{Pf}"'.,;:!?…—–\\-*_${SPACELESS}]`, 'u');
/** What says something: without any of it, a text between two marks is a face such as *_* or a pattern such as *.*. */
const SOLID = /[\p{L}\p{N}\p{Sc}\p{So}\p{Extended_Pictographic}]/u;
const NO_BEGINNING = /[\s\p{Pe}.,;:!?…]/u;
const NO_END = /[\s\p{Ps}]/u;

const charBefore = (text: string, at: number): string => {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(at - 2, at) : text.charAt(at - 1);
};
const charAt = (text: string, at: number): string => {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
};

/** Whether a mark may begin something: at the border of a word, and close to what follows. A line ends at `to`. */
const opensAt = (text: string, at: number, from: number, to: number): boolean => {
  if (at + 1 >= to) return false;
  const before = at > from ? charBefore(text, at) : '\n';
  const mark = text.charAt(at);
  if (before === mark || text.charAt(at + 1) === mark || !BEFORE.test(before)) return false;
  // Of two marks side by side, what follows both counts.
  const first = isMark(text.charAt(at + 1)) ? at + 2 : at + 1;
  return first < to && !NO_BEGINNING.test(charAt(text, first));
};
const closesAt = (text: string, at: number, from: number, to: number): boolean => {
  if (at <= from) return false;
  const before = charBefore(text, at);
  const after = at + 1 < to ? charAt(text, at + 1) : '\n';
  const mark = text.charAt(at);
  return before !== mark && after !== mark && AFTER.test(after) && !NO_END.test(before);
};

interface Pair {
  readonly kind: 'bold' | 'italic' | 'code';
  readonly open: number;
  readonly close: number;
}

/** Finds what is bold, italic or code in one line. The pairs are nested, never crossed, and at most two deep: of one kind, only the
 *  last mark that opens something counts. `keptAt`: the end of the address that contains a position, or null. */
const pairsIn = (
  text: string,
  from: number,
  to: number,
  keptAt: (at: number) => number | null,
): readonly Pair[] => {
  const pairs: Pair[] = [];
  const open: Record<Mark, { readonly at: number; readonly solid: number } | null> = { '*': null, _: null };
  let solid = 0;
  for (let at = from; at < to; at += 1) {
    const kept = keptAt(at);
    if (kept !== null) {
      solid += 1;
      at = Math.min(kept, to) - 1;
      continue;
    }
    const char = text.charAt(at);
    if (char === '`') {
      const close = text.indexOf('`', at + 1);
      if (close < 0 || close >= to || !opensAt(text, at, from, to) || !closesAt(text, close, from, to))
        continue;
      pairs.push({ kind: 'code', open: at, close });
      solid += 1;
      at = close;
    } else if (!isMark(char)) {
      if (SOLID.test(charAt(text, at))) solid += 1;
    } else {
      const begun = open[char];
      if (begun !== null && solid > begun.solid && closesAt(text, at, from, to)) {
        pairs.push({ kind: STYLES[char], open: begun.at, close: at });
        const other: Mark = char === '*' ? '_' : '*';
        // What began within and has not ended is no formatting.
        if ((open[other]?.at ?? -1) > begun.at) open[other] = null;
        open[char] = null;
      } else if (opensAt(text, at, from, to)) open[char] = { at, solid };
    }
  }
  return pairs;
};

/** The parts of a stretch that holds no block. `pairs`: nested and never crossed, in the order in which they end. */
const partsOf = (text: string, [from, to]: Stretch16, pairs: readonly Pair[]): FormattedPart[] => {
  const begins = pairs.toSorted((a, b) => a.open - b.open);
  const outer: { readonly kind: Pair['kind']; readonly parts: FormattedPart[] }[] = [];
  let parts: FormattedPart[] = [];
  let at = from;
  const upTo = (end: number): void => {
    if (end > at) parts.push({ kind: 'text', text: text.slice(at, end) });
    at = end;
  };
  const mark = (): void => {
    parts.push({ kind: 'mark', text: text.charAt(at) });
    at += 1;
  };
  let next = 0;
  for (const { close } of pairs) {
    for (let pair = begins[next]; pair !== undefined && pair.open < close; pair = begins[++next]) {
      upTo(pair.open);
      outer.push({ kind: pair.kind, parts });
      parts = [];
      mark();
    }
    upTo(close);
    mark();
    const around = outer.pop();
    if (around === undefined) continue;
    around.parts.push({ kind: around.kind, parts });
    parts = around.parts;
  }
  upTo(to);
  return parts;
};

/** Makes the parts of a stretch, line by line: nothing but a block goes on in the next line. */
type Inline = (stretch: Stretch16) => readonly FormattedPart[];

const inlineOf = (text: string, kept: readonly Stretch16[]): Inline => {
  let next = 0;
  const keptAt = (at: number): number | null => {
    while ((kept[next]?.[1] ?? Infinity) <= at) next += 1;
    const [start, end] = kept[next] ?? [Infinity, Infinity];
    return start <= at ? end : null;
  };
  return ([from, to]) => {
    const pairs: Pair[] = [];
    for (let start = from; start < to;) {
      const end = text.indexOf('\n', start);
      const stop = end < 0 || end > to ? to : end;
      for (const pair of pairsIn(text, start, stop, keptAt)) pairs.push(pair);
      start = stop + 1;
    }
    return partsOf(text, [from, to], pairs);
  };
};

interface Block {
  readonly start: number;
  readonly end: number;
  /** Called in the order of the text. */
  readonly parts: (inline: Inline) => StyledPart;
}

const FENCE = /(?<!`)```(?!`)/g;
const LANGUAGE = /^[\w+#.-]{0,20}[ \t]*\n/;

/** Blocks of code: from three backticks at the beginning of a line to three at the end of one. */
const codeBlocks = (text: string): readonly Block[] => {
  const fences = [...text.matchAll(FENCE)].map(({ index }) => ({
    at: index,
    opens: index === 0 || text.charAt(index - 1) === '\n',
    end: index + 3 + (/^[ \t]*/.exec(text.slice(index + 3, index + 80))?.[0].length ?? 0),
  }));
  const blocks: Block[] = [];
  let from: (typeof fences)[number] | null = null;
  for (const fence of fences) {
    const closes = fence.end === text.length || text.charAt(fence.end) === '\n';
    if (from !== null && closes) {
      const open = from.at + 3 + (LANGUAGE.exec(text.slice(from.at + 3, fence.at))?.[0].length ?? 0);
      const close = text.charAt(fence.at - 1) === '\n' && fence.at > open ? fence.at - 1 : fence.at;
      if (text.slice(open, close).trim() !== '') {
        blocks.push(codeBlock(text, [from.at, open, close, fence.end]));
        from = null;
        continue;
      }
      from = null;
    }
    if (from === null && fence.opens) from = fence;
  }
  return blocks;
};

const codeBlock = (
  text: string,
  [start, open, close, end]: readonly [number, number, number, number],
): Block => ({
  start,
  end,
  parts: () => ({
    kind: 'block',
    parts: [
      { kind: 'mark', text: text.slice(start, open) },
      { kind: 'text', text: text.slice(open, close) },
      { kind: 'mark', text: text.slice(close, end) },
    ],
  }),
});

const isQuoted = (text: string, [from, to]: Stretch16): boolean =>
  text.charAt(from) === '>' && (from + 1 === to || text.charAt(from + 1) === ' ');

/** How many `>` a line begins with. */
const depthOf = (text: string, [from, to]: Stretch16): number => {
  let depth = 0;
  while (depth < DEEPEST_QUOTE && from + 2 * depth < to && isQuoted(text, [from + 2 * depth, to])) depth += 1;
  return depth;
};

interface QuotedLine {
  readonly stretch: Stretch16;
  readonly depth: number;
}

/** Consecutive lines that are quoted at least `level` times. */
const quoteOf = (text: string, lines: readonly QuotedLine[], level: number, inline: Inline): StyledPart => {
  const parts: FormattedPart[] = [];
  for (let at = 0; at < lines.length;) {
    let until = at;
    while ((lines[until]?.depth ?? 0) > level) until += 1;
    const isBeside = until > at || parts.at(-1)?.kind === 'quote';
    if (at > 0) parts.push({ kind: isBeside ? 'break' : 'text', text: '\n' });
    if (until > at) {
      parts.push(quoteOf(text, lines.slice(at, until), level + 1, inline));
      at = until;
      continue;
    }
    const [from, to] = lines[at]?.stretch ?? [0, 0];
    const begin = Math.min(from + 2 * level, to);
    parts.push({ kind: 'mark', text: text.slice(from, begin) }, ...inline([begin, to]));
    at += 1;
  }
  return { kind: 'quote', parts };
};

/** Lines that begin with `> `, outside of code. */
const quotes = (text: string, [from, to]: Stretch16): readonly Block[] => {
  const blocks: Block[] = [];
  let lines: QuotedLine[] = [];
  const finish = (): void => {
    const held = lines;
    const start = held[0]?.stretch[0] ?? 0;
    const end = held.at(-1)?.stretch[1] ?? 0;
    lines = [];
    // Two brackets and nothing else are a face.
    if (SOLID.test(text.slice(start, end)))
      blocks.push({ start, end, parts: (inline) => quoteOf(text, held, 1, inline) });
  };
  for (let start = from; start < to;) {
    const end = text.indexOf('\n', start);
    const line: Stretch16 = [start, end < 0 || end > to ? to : end];
    if (isQuoted(text, line)) lines.push({ stretch: line, depth: depthOf(text, line) });
    else finish();
    start = line[1] + 1;
  }
  finish();
  return blocks;
};

/** Whether a text may hold any formatting at all. Most do not. */
export const mayBeFormatted = (text: string): boolean => /[*_`]|^>/m.test(text);

/** Splits a text by what is written in it: `*bold*`, `_italic_`, `` `code` ``, blocks of code between lines of three backticks, and
 *  quotes of lines that begin with `> `. Marks stand at the borders of words and close to what they enclose; others are text. `kept`:
 *  addresses, in which no character is a mark. Takes a time in proportion to the length of the text, whatever it holds. */
export const format = (text: string, kept: readonly Stretch16[] = []): readonly FormattedPart[] => {
  if (!mayBeFormatted(text)) return text === '' ? [] : [{ kind: 'text', text }];
  const inline = inlineOf(text, kept);
  const parts: FormattedPart[] = [];
  let at = 0;
  const upTo = (end: number, block: Block | null): void => {
    const isCut = block !== null && end > at && text.charAt(end - 1) === '\n';
    for (const part of inline([at, isCut ? end - 1 : end])) parts.push(part);
    if (isCut) parts.push({ kind: 'break', text: '\n' });
    at = end;
  };
  for (const block of blocksOf(text)) {
    upTo(block.start, block);
    parts.push(block.parts(inline));
    at = block.end;
    if (text.charAt(at) !== '\n') continue;
    parts.push({ kind: 'break', text: '\n' });
    at += 1;
  }
  upTo(text.length, null);
  return parts;
};

/** The blocks of a text in their order. There are no quotes in code, and no code blocks in quotes. */
const blocksOf = (text: string): readonly Block[] => {
  const blocks: Block[] = [];
  let from = 0;
  for (const code of codeBlocks(text)) {
    blocks.push(...quotes(text, [from, code.start]), code);
    from = code.end;
  }
  return [...blocks, ...quotes(text, [from, text.length])];
};

const joined = (parts: readonly FormattedPart[], shows: (part: PlainPart) => boolean): string =>
  parts.map((part) => ('parts' in part ? joined(part.parts, shows) : shows(part) ? part.text : '')).join('');

/** What was formatted. */
export const sourceOf = (parts: readonly FormattedPart[]): string => joined(parts, () => true);

/** The text without its marks, for places that show no formatting. */
export const plainOf = (parts: readonly FormattedPart[]): string =>
  joined(parts, ({ kind }) => kind !== 'mark');
