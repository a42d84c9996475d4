import { ABOUT_MAX, DISPLAY_NAME_MAX } from '../../server/protocol/limits.ts';
import {
  aboutFault as refusedAbout,
  displayNameFault as refusedName,
} from '../../server/protocol/profile.ts';
import { codePoints } from '../model/text/code-points.ts';

/** Why a text can't stand in a profile. `long`: it has `over` code points too many. `control`: a control character, half of a character,
 *  or what turns the direction of writing. */
export type ProfileFault =
  { readonly why: 'long'; readonly over: number } | { readonly why: 'control' | 'invisible' | 'reserved' };

const faultOf = (text: string, max: number): ProfileFault => {
  const over = codePoints(text) - max;
  return over > 0 ? { why: 'long', over } : { why: 'control' };
};

/** Checks what the server checks too [U1]. An empty text is no fault: it means none. */
export const displayNameFault = (typed: string): ProfileFault | null => {
  const text = typed.trim();
  if (text === '') return null;
  if (refusedName(text) !== null) {
    // A name has one more rule than `about`: it must hold something visible.
    return refusedAbout(text) === null && codePoints(text) <= DISPLAY_NAME_MAX
      ? { why: 'invisible' }
      : faultOf(text, DISPLAY_NAME_MAX);
  }
  const folded = text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ');
  return folded === 'deleted user' ? { why: 'reserved' } : null;
};

export const aboutFault = (typed: string): ProfileFault | null => {
  const text = typed.trim();
  return refusedAbout(text) === null ? null : faultOf(text, ABOUT_MAX);
};
