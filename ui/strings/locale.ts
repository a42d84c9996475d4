/** The tables of the language in use, by the names of `Tables`; null for English. */
let loaded: Readonly<Record<string, unknown>> | null = null;
let tag = 'en';

/** Sets the language. To be called by `useLanguage` only. */
export const speak = (tables: object | null, languageTag: string): void => {
  loaded = tables === null ? null : { ...tables };
  tag = languageTag;
};

/** The BCP 47 tag for dates and numbers. It has the user's region if the language is the same. */
export const language = (): string => tag;

/** Returns a function that gives the texts of one part in the language in use. `part`: its name in `Tables`. */
export const perLanguage =
  <Part extends object>(part: string, english: Part): (() => Part) =>
  () =>
    (loaded?.[part] as Part | undefined) ?? english;
