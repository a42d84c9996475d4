import * as z from 'zod/mini';
import {
  CONTENT_MAX_CODE_POINTS,
  PASSWORD_MAX,
  PASSWORD_MIN,
  QUERY_MAX_CODE_POINTS,
  USERNAME_MAX,
  USERNAME_MIN,
} from './limits.ts';

/** A UUID as it stands on the wire: lower case, any version. */
export const uuid = z
  .string()
  .check(
    z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'must be a lower-case UUID'),
  );

/** A message and the cursor it came with: `MESSAGE_ID:CURSOR`. */
export const witness = z
  .string()
  .check(
    z.regex(
      /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}:\d{1,16}$/,
      'must be the id of a message, a colon and a cursor',
    ),
  );

/** RFC 3339, UTC, milliseconds. */
export const timestamp = z
  .string()
  .check(
    z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'must be an RFC 3339 time in UTC with milliseconds'),
  );

/** A whole number from 0. */
export const count = z.int().check(z.minimum(0));
export const seq = z.int().check(z.minimum(1));

const POINTS = new RegExp(`^[\\s\\S]{1,${String(CONTENT_MAX_CODE_POINTS)}}$`, 'u');

/** Matches a visible character. By Unicode's properties, white space, default-ignorable characters, controls (Cc) and format
 *  characters (Cf) are invisible; two symbols are blank by design: U+2800 (Braille without a dot) and U+1D159 (a note without a
 *  head). The second half lists format characters that are visible nevertheless (Prepended_Concatenation_Mark, such as the end
 *  of an ayah). */
const VISIBLE =
  /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800\u{1d159}]|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;

/** Whether a text contains anything visible. The first unit decides if it is a printable ASCII character, as in most messages. */
export const isVisible = (text: string): boolean => {
  const first = text.charCodeAt(0);
  return (first > 0x20 && first < 0x7f) || VISIBLE.test(text);
};

/** Why a text can't be a message, or null when it can: 1 to 5000 code points, at least one of them visible, no NUL, no lone
 *  surrogate. Counting code points is skipped where UTF-16 units already fit. [W7] */
export const contentFault = (text: string): string | null => {
  if (text.length > CONTENT_MAX_CODE_POINTS && !POINTS.test(text)) {
    return `must be at most ${String(CONTENT_MAX_CODE_POINTS)} characters`;
  }
  if (!isVisible(text)) return 'must hold something visible: not only white space or invisible characters';
  if (text.includes('\0')) return 'must not contain NUL';
  if (!text.isWellFormed()) return 'must be well-formed Unicode';
  return null;
};

export const content = z.string().check((ctx) => {
  const fault = contentFault(ctx.value);
  if (fault !== null) ctx.issues.push({ code: 'custom', input: ctx.value, message: fault });
});

/** The same, or nothing: the text of a message that has attachments [G3]. */
export const contentOrNone = z.string().check((ctx) => {
  const fault = ctx.value === '' ? null : contentFault(ctx.value);
  if (fault !== null) ctx.issues.push({ code: 'custom', input: ctx.value, message: fault });
});

const QUERY = new RegExp(`^[\\s\\S]{0,${String(QUERY_MAX_CODE_POINTS)}}$`, 'u');

/** The text of a search: any that is not too long [F8]. */
export const searchText = z.string().check((ctx) => {
  if (ctx.value.length <= QUERY_MAX_CODE_POINTS || QUERY.test(ctx.value)) return;
  const message = `must have at most ${String(QUERY_MAX_CODE_POINTS)} characters`;
  ctx.issues.push({ code: 'custom', input: ctx.value, message });
});

/** A name as typed. Checked before it is folded to lower case: some letters of other scripts fold into a-z. */
export const usernameFault = (name: string): string | null => {
  if (name.length < USERNAME_MIN) return `must have at least ${String(USERNAME_MIN)} characters`;
  if (name.length > USERNAME_MAX) return `must have at most ${String(USERNAME_MAX)} characters`;
  if (!/^[A-Za-z0-9._-]+$/.test(name)) return 'may hold only letters a-z, digits, dot, underscore and hyphen';
  return null;
};

export const username = z.string().check((ctx) => {
  const fault = usernameFault(ctx.value);
  if (fault !== null) ctx.issues.push({ code: 'custom', input: ctx.value, message: fault });
});

/** Checks a new password, except against the list of common ones. */
export const passwordFault = (password: string): string | null => {
  const points = [...password.normalize('NFKC')].length;
  if (points < PASSWORD_MIN) return `must have at least ${String(PASSWORD_MIN)} characters`;
  if (points > PASSWORD_MAX) return `must have at most ${String(PASSWORD_MAX)} characters`;
  if (!password.isWellFormed()) return 'must be well-formed Unicode';
  if (!/\p{Lu}/u.test(password)) return 'must hold an upper-case letter';
  if (!/\p{Ll}/u.test(password)) return 'must hold a lower-case letter';
  if (!/\p{Nd}/u.test(password)) return 'must hold a digit';
  return null;
};

export const newPassword = z.string().check((ctx) => {
  const fault = passwordFault(ctx.value);
  if (fault !== null) ctx.issues.push({ code: 'custom', input: ctx.value, message: fault });
});

/** A password sent for a login or a confirmation: only its length is checked here. */
export const givenPassword = z.string().check(z.maxLength(4 * PASSWORD_MAX));
