/** The code for a new password that an address holds, `#/reset/CODE`; empty where it holds none. Only after the `#`, where it is in
 *  no log of a server or a proxy. */
export const resetCodeIn = ({ hash }: Pick<Location, 'hash'>): string =>
  /^#\/reset\/([\w.~-]{1,128})$/.exec(hash)?.[1] ?? '';
