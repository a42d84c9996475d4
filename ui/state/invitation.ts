/** The code that an invitation's address holds, `#/invite/CODE` or `?invite=CODE`; empty where it holds none. After the `#` it
 *  is in no log of a server or a proxy. */
export const invitationIn = ({ hash, search }: Pick<Location, 'hash' | 'search'>): string =>
  /^#\/invite\/([\w.~-]{1,128})$/.exec(hash)?.[1] ??
  /[?&]invite=([\w.~-]{1,128})(?:&|$)/.exec(search)?.[1] ??
  '';
