import { commonStrings } from './common-strings.ts';
import { desktopStrings } from './desktop-strings.ts';
import { getLocale, LANGUAGES, perLanguage, setLocale, type Language } from './locale.ts';
import { talkStrings } from './talk-strings.ts';

/** The sentences of the first screen. What is loaded later brings its own: `login-strings.ts`, `settings-strings.ts`,
 *  `panel-strings.ts`. */
export const strings = perLanguage(() => ({
  ...commonStrings(),
  ...talkStrings(),
  ...desktopStrings(),
}));
export type Strings = ReturnType<typeof strings>;

let tag = 'en';

/** The BCP 47 tag for dates and numbers: the person's own region where the language is the same. */
export const language = (): string => tag;

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
  const before = getLocale();
  try {
    await setLocale(spoken);
  } catch {
    // Without this the library would answer the next attempt with this failure.
    await setLocale(before);
    return false;
  }
  if (getLocale() === spoken) tag = candidate;
  return true;
};
