import { configureLocalization } from '@lit/localize';

/** The languages the client speaks, by BCP 47 base. English is in the bundle, the others are loaded when chosen. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

const LOADERS = {
  de: () => import('./de.ts'),
} satisfies Record<Exclude<Language, 'en'>, unknown>;

export const { getLocale, setLocale } = configureLocalization({
  sourceLocale: 'en',
  targetLocales: Object.keys(LOADERS),
  loadLocale: (locale) => LOADERS[locale as keyof typeof LOADERS](),
});

/** A table of sentences in the language in use: looked up once a language, not once a render. */
export const perLanguage = <Table>(make: () => Table): (() => Table) => {
  let held: { readonly locale: string; readonly table: Table } | null = null;
  return () => {
    const locale = getLocale();
    if (held?.locale !== locale) held = { locale, table: make() };
    return held.table;
  };
};
