/** Null: English. Else the tables of the language in use, by the names of `Tables`. */
let loaded: Readonly<Record<string, unknown>> | null = null;
let tag = 'en';

/** Of `useLanguage`. */
export const speak = (tables: object | null, languageTag: string): void => {
  loaded = tables === null ? null : { ...tables };
  tag = languageTag;
};

/** The BCP 47 tag for dates and numbers: the person's own region where the language is the same. */
export const language = (): string => tag;

/** The sentences of one part in the language in use. `part`: its name in `Tables`. */
export const perLanguage =
  <Part extends object>(part: string, english: Part): (() => Part) =>
  () =>
    (loaded?.[part] as Part | undefined) ?? english;
