import { configureLocalization } from '@lit/localize';
import { accountStrings } from './account-strings.ts';
import { commonStrings } from './common-strings.ts';
import { desktopStrings } from './desktop-strings.ts';
import { talkStrings } from './talk-strings.ts';

/** The languages the client speaks, by BCP 47 base. English is in the bundle, the others are loaded when chosen. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

const LOADERS = {
  de: () => import('./de.ts'),
} satisfies Record<Exclude<Language, 'en'>, unknown>;

const { getLocale, setLocale } = configureLocalization({
  sourceLocale: 'en',
  targetLocales: Object.keys(LOADERS),
  loadLocale: (locale) => LOADERS[locale as keyof typeof LOADERS](),
});

const translated = () => ({
  ...commonStrings(),
  ...accountStrings(),
  ...talkStrings(),
  ...desktopStrings(),
});
export type Strings = ReturnType<typeof translated>;

let held: { readonly locale: string; readonly strings: Strings } | null = null;
let tag = 'en';

/** Every sentence of the client in the language in use: looked up once a language, not once a render. */
export const strings = (): Strings => {
  const locale = getLocale();
  if (held?.locale !== locale) held = { locale, strings: translated() };
  return held.strings;
};

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
