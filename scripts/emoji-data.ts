import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';
import {
  SKIN_TONES,
  withTone,
  writeTable,
  type EmojiEntry,
  type EmojiGroup,
  type EmojiTable,
} from '../ui/model/text/emoji-table.ts';

const require = createRequire(import.meta.url);

/** Emoji of later versions are boxes on many devices that are in use. */
const NEWEST = 15;
/** The numbers of the groups in Emojibase. Its third one holds parts of emoji. */
const NUMBERS: Readonly<Record<EmojiGroup, number>> = {
  smileys: 0,
  people: 1,
  nature: 3,
  food: 4,
  travel: 5,
  activities: 6,
  objects: 7,
  symbols: 8,
  flags: 9,
};
/** More words find little else, and each is loaded with the picker. */
const WORDS_MOST = 5;
/** As the server checks a reaction. */
const ONE_EMOJI = new RegExp('^\\p{RGI_Emoji}$', 'v');

const EMOJI_LANGUAGES = ['en', 'de'] as const;
type EmojiLanguage = (typeof EMOJI_LANGUAGES)[number];

interface Datum {
  readonly emoji: string;
  readonly label: string;
  readonly tags?: readonly string[];
  readonly group?: number;
  readonly order?: number;
  readonly version: number;
}

const dataOf = (language: EmojiLanguage): readonly Datum[] =>
  JSON.parse(readFileSync(require.resolve(`emojibase-data/${language}/data.json`), 'utf8')) as Datum[];

/** As it is recommended for interchange: without the variation selector where the emoji needs none. Null for what is no emoji here. */
const interchanged = (emoji: string): string | null =>
  [emoji, emoji.replaceAll('\ufe0f', '')].find((form) => ONE_EMOJI.test(form)) ?? null;

const isToned = (emoji: string): boolean =>
  SKIN_TONES.every(
    (tone) => tone === '' || (withTone(emoji, tone) !== emoji && ONE_EMOJI.test(withTone(emoji, tone))),
  );

const entryOf = ({ emoji, label, tags = [] }: Datum): readonly EmojiEntry[] => {
  const form = interchanged(emoji);
  if (form === null) return [];
  const name = label.toLowerCase();
  const words = tags.map((tag) => tag.toLowerCase()).filter((tag) => !name.includes(tag));
  const entry = [form, label, words.slice(0, WORDS_MOST).join(' ')] as const;
  return [isToned(form) ? [...entry, 1] : entry];
};

/** The emoji with their names and words in one language, after Emojibase. */
const emojiTable = (language: EmojiLanguage): EmojiTable => {
  const all = dataOf(language)
    .filter(({ version }) => version <= NEWEST)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  const of = (group: EmojiGroup): readonly EmojiEntry[] =>
    all.filter((datum) => datum.group === NUMBERS[group]).flatMap(entryOf);
  return {
    smileys: of('smileys'),
    people: of('people'),
    nature: of('nature'),
    food: of('food'),
    travel: of('travel'),
    activities: of('activities'),
    objects: of('objects'),
    symbols: of('symbols'),
    flags: of('flags'),
  };
};

/** A Vite plugin: writes the tables of the emoji picker beside the scripts, and tells `load-emoji.ts` their names. */
export const emojiData = (): Plugin => {
  const files = EMOJI_LANGUAGES.map((language) => {
    const source = JSON.stringify(writeTable(emojiTable(language)));
    const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8);
    return { language, source, fileName: `assets/emoji-${language}-${hash}.json` };
  });
  const names = Object.fromEntries(files.map(({ language, fileName }) => [language, `./${fileName}`]));
  return {
    name: 'parley:emoji-data',
    apply: 'build',
    config: () => ({ define: { __EMOJI_FILES__: JSON.stringify(names) } }),
    buildStart() {
      for (const { fileName, source } of files) this.emitFile({ type: 'asset', fileName, source });
    },
  };
};
