/** Returns the code in the address of an invitation, `#/invite/CODE` or `?invite=CODE`, or an empty string. After the
 *  `#`, no server or proxy logs it. */
export const invitationIn = ({ hash, search }: Pick<Location, 'hash' | 'search'>): string =>
  /^#\/invite\/([\w.~-]{1,128})$/.exec(hash)?.[1] ??
  /[?&]invite=([\w.~-]{1,128})(?:&|$)/.exec(search)?.[1] ??
  '';
