import { language } from '../../strings/locale.ts';
import { readTable, type EmojiFile, type EmojiTable } from '../../model/text/emoji-table.ts';

/** Inserted by the build: where the tables are. */
declare const __EMOJI_FILES__: Readonly<Record<'en' | 'de', string>>;

const loaded = new Map<string, Promise<EmojiTable>>();

const load = async (file: string): Promise<EmojiTable> => {
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(`HTTP ${String(answer.status)}`);
  return readTable((await answer.json()) as EmojiFile);
};

/** The emoji with their names in the language in use. Loaded once; if that fails, the next call tries again. */
export const loadEmoji = (): Promise<EmojiTable> => {
  const file = __EMOJI_FILES__[language().startsWith('de') ? 'de' : 'en'];
  const table = loaded.get(file) ?? load(file);
  loaded.set(file, table);
  table.catch(() => loaded.delete(file));
  return table;
};
