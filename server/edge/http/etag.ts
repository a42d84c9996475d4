/** Whether `If-None-Match` names this version. */
export const isKnown = (ifNoneMatch: string, version: string): boolean =>
  ifNoneMatch
    .split(',')
    .map((each) => each.trim().replace(/^W\//, ''))
    .some((each) => each === '*' || each === `"${version}"`);
