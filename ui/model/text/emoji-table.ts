/** The groups of the picker, in its order. Their names are in `panel-strings.ts`. */
export const EMOJI_GROUPS = [
  'smileys',
  'people',
  'nature',
  'food',
  'travel',
  'activities',
  'objects',
  'symbols',
  'flags',
] as const;
export type EmojiGroup = (typeof EMOJI_GROUPS)[number];

/** An emoji, its name, and further words that find it. `toned`: it comes in skin tones. */
export type EmojiEntry = readonly [emoji: string, name: string, words: string, toned?: 1];

/** The emoji of each group in one language. `scripts/emoji-data.ts` makes it. */
export type EmojiTable = Readonly<Record<EmojiGroup, readonly EmojiEntry[]>>;

/** No tone, or one of the five of Unicode. */
export const SKIN_TONES = ['', '\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}'] as const;
export type SkinTone = (typeof SKIN_TONES)[number];

/** An emoji that comes in skin tones, in one of them. */
export const withTone = (emoji: string, tone: SkinTone): string =>
  tone === '' ? emoji : emoji.replace(/(\p{Emoji_Modifier_Base})\ufe0f?/gu, `$1${tone}`);

/** As a file holds it: of each group, a line for each emoji with its name and words, and a + where it comes in skin tones. */
export type EmojiFile = Readonly<Record<EmojiGroup, string>>;

export const writeTable = (table: EmojiTable): EmojiFile => {
  const lines = (entries: readonly EmojiEntry[]): string =>
    entries
      .map(([emoji, name, words, toned]) => [emoji, name, words, ...(toned === 1 ? ['+'] : [])].join('\t'))
      .join('\n');
  return Object.fromEntries(EMOJI_GROUPS.map((group) => [group, lines(table[group])])) as EmojiFile;
};

export const readTable = (file: EmojiFile): EmojiTable => {
  const entries = (lines: string): readonly EmojiEntry[] =>
    lines.split('\n').map((line) => {
      const [emoji = '', name = '', words = '', toned] = line.split('\t');
      return toned === undefined ? [emoji, name, words] : [emoji, name, words, 1];
    });
  return Object.fromEntries(
    EMOJI_GROUPS.map((group) => [group, entries(file[group])]),
  ) as unknown as EmojiTable;
};

/** Emoji that were used, with their names once these are known. They keep the tone in which they were used. */
export const namedEmoji = (emoji: readonly string[], table: EmojiTable | null): readonly EmojiEntry[] => {
  const names = new Map<string, string>();
  for (const [form, name] of Object.values(table ?? {}).flat())
    names.set(form.replaceAll('\ufe0f', ''), name);
  return emoji.map((form) => [
    form,
    names.get(form.replaceAll('\ufe0f', '')) ??
      names.get(form.replace(/\p{Emoji_Modifier}|\ufe0f/gu, '')) ??
      form,
    '',
  ]);
};

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** How well a word of a query fits an entry: 0 for a word of its name, 1 for another word, 2 for a part of a word of its name; null for
 *  not at all. The beginning of a word is enough. */
const fitOf = (word: string, name: string, words: string): number | null => {
  if (` ${name}`.includes(` ${word}`)) return 0;
  if (` ${words}`.includes(` ${word}`)) return 1;
  return name.includes(word) ? 2 : null;
};

/** The entries that fit all words of a query, the best first, and otherwise in the order of the table. */
export const searchEmoji = (table: EmojiTable, query: string, most = 120): readonly EmojiEntry[] => {
  const asked = folded(query)
    .split(/[\s,:;_-]+/)
    .filter((word) => word !== '');
  if (asked.length === 0) return [];
  const found: EmojiEntry[][] = [[], [], []];
  for (const group of EMOJI_GROUPS)
    for (const entry of table[group]) {
      const name = folded(entry[1]).replace(/[\s:,()“”-]+/g, ' ');
      const words = folded(entry[2]);
      const fits = asked.map((word) => fitOf(word, name, words));
      if (fits.every((fit) => fit !== null)) found[Math.max(...fits)]?.push(entry);
    }
  return found.flat().slice(0, most);
};
