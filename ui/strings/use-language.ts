import { speak } from './locale.ts';
import type { Tables } from './tables.ts';

/** The languages of the client, by BCP 47 base tag. English is in the bundle; the others are loaded when chosen. */
const LANGUAGES = ['en', 'de'] as const;
type Language = (typeof LANGUAGES)[number];

const LOADERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Tables>>> = {
  de: async () => (await import('./de.ts')).german,
};

const chosen = (wanted: readonly string[]): readonly [string, Language] => {
  for (const candidate of wanted) {
    const spoken = LANGUAGES.find((each) => each === candidate.split('-')[0]);
    if (spoken !== undefined) return [candidate, spoken];
  }
  return ['en', 'en'];
};

/** Switches to the first available language of `wanted` (BCP 47 tags), or to English. Returns false if it could not
 *  be loaded; the language then stays. The caller renders again afterwards. */
export const useLanguage = async (wanted: readonly string[]): Promise<boolean> => {
  const [candidate, spoken] = chosen(wanted);
  try {
    speak(spoken === 'en' ? null : await LOADERS[spoken](), candidate);
    return true;
  } catch {
    return false;
  }
};
