import * as z from 'zod/mini';
import { isVisible } from './fields.ts';
import { ABOUT_MAX, DISPLAY_NAME_MAX } from './limits.ts';

/** Controls, line and paragraph separators, and what turns the direction of the text around it: in a name they make one text look like
 *  another. */
const UNWANTED = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Why a text without white space at its ends can't be in a profile, or null when it can. `max`: in code points [U1]. */
const profileFault = (text: string, max: number): string | null => {
  // No code point has more than two units, so a longer text need not be counted.
  if (text.length > 2 * max || [...text].length > max) return `must have at most ${String(max)} characters`;
  if (UNWANTED.test(text)) return 'must not contain control characters or change the direction of text';
  if (!text.isWellFormed()) return 'must be well-formed Unicode';
  return null;
};

/** Why a text without white space at its ends can't be a display name, or null when it can [U1]. */
export const displayNameFault = (name: string): string | null => {
  if (name === '') return 'must not be empty';
  return (
    profileFault(name, DISPLAY_NAME_MAX) ??
    (isVisible(name) ? null : 'must hold something visible: not only invisible characters')
  );
};

/** Why a text without white space at its ends can't be what a user says about themselves, or null when it can [U1]. */
export const aboutFault = (text: string): string | null => profileFault(text, ABOUT_MAX);

/** Text without white space at its ends, which has no fault. */
const trimmed = (faultOf: (text: string) => string | null) =>
  z.string().check(z.trim(), (ctx) => {
    const fault = faultOf(ctx.value);
    if (fault !== null) ctx.issues.push({ code: 'custom', input: ctx.value, message: fault });
  });

export const displayName = trimmed(displayNameFault);
export const about = trimmed(aboutFault);
