import { shortened } from '../../model/text/graphemes.ts';

/** Shortens a user agent to "Firefox, Linux". Returns the whole text if neither is recognised, and `otherwise` if it
 *  is empty. */
export const deviceName = (agent: string, otherwise: string): string => {
  const first = (table: readonly (readonly [string, RegExp])[]): string | undefined =>
    table.find(([, pattern]) => pattern.test(agent))?.[0];
  const browser = first([
    ['Parley desktop', /ParleyDesktop/],
    ['Edge', /Edg\//],
    ['Firefox', /Firefox\//],
    ['Chrome', /Chrom(e|ium)\//],
    ['Safari', /Safari\//],
  ]);
  const system = first([
    ['Android', /Android/],
    ['iOS', /iPhone|iPad/],
    ['Windows', /Windows/],
    ['macOS', /Mac OS/],
    ['Linux', /Linux|X11/],
  ]);
  return (
    [browser, system].filter((part) => part !== undefined).join(', ') || shortened(agent, 60) || otherwise
  );
};
