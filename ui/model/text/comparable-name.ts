/** A name, or what is typed to find it, as the two are compared: case, accents, width, invisible characters, and the variants of quotes
 *  and dashes make no difference, as in the server's search [F2]. */
export const comparableName = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\p{Mn}\p{Default_Ignorable_Code_Point}]/gu, '')
    // Up and down again: the capital of ß is SS.
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replace(/[\u2018\u2019\u201b\u02bc\u2032\u00b4`]/g, "'")
    .replace(/\p{Dash}/gu, '-')
    .trim();
