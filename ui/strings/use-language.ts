import { speak } from './locale.ts';
import type { Tables } from './tables.ts';

/** The languages the client speaks, by BCP 47 base. English is in the bundle, the others are loaded when chosen. */
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

/** Speaks the first of `wanted` (BCP 47 tags) that is there, else English. False when it could not be loaded: the
 *  language stays as it was. Who shows something renders it again afterwards. */
export const useLanguage = async (wanted: readonly string[]): Promise<boolean> => {
  const [candidate, spoken] = chosen(wanted);
  try {
    speak(spoken === 'en' ? null : await LOADERS[spoken](), candidate);
    return true;
  } catch {
    return false;
  }
};
