import type * as z from 'zod/mini';
import {
  content,
  contentOrNone,
  givenPassword,
  newPassword,
  searchText,
  timestamp,
  username,
  uuid,
} from '../../../protocol/fields.ts';
import { about, displayName } from '../../../protocol/profile.ts';
import { attachmentIds } from '../../../protocol/resources/attachment.ts';
import {
  ABOUT_MAX,
  CONTENT_MAX_CODE_POINTS,
  DISPLAY_NAME_MAX,
  PASSWORD_MAX,
  PASSWORD_MIN,
  QUERY_MAX_CODE_POINTS,
  USERNAME_MAX,
  USERNAME_MIN,
} from '../../../protocol/limits.ts';

/** JSON Schema keywords for fields that a plain function checks; zod cannot read those rules. If JSON Schema cannot
 *  express a rule, the keywords allow more than the server does, and the field's description states the rule. The
 *  length of a password is one case: the server counts characters after NFKC normalisation, which can change the
 *  length. */
export const FIELD_KEYWORDS: ReadonlyMap<z.core.$ZodType, Readonly<Record<string, unknown>>> = new Map<
  z.core.$ZodType,
  Readonly<Record<string, unknown>>
>([
  [uuid, { format: 'uuid' }],
  [timestamp, { format: 'date-time' }],
  [username, { minLength: USERNAME_MIN, maxLength: USERNAME_MAX, pattern: '^[A-Za-z0-9._-]+$' }],
  // Requires an upper-case letter, a lower-case letter and a digit, in any order. Not all tools support `\p{Lu}`, so
  // any non-ASCII character counts as each of the three.
  [
    newPassword,
    {
      format: 'password',
      minLength: PASSWORD_MIN,
      maxLength: PASSWORD_MAX,
      pattern: `^${['A-Z', 'a-z', '0-9'].map((each) => `(?=[\\s\\S]*(?:[${each}]|[^\\x00-\\x7f]))`).join('')}`,
    },
  ],
  [givenPassword, { format: 'password' }],
  // `maxLength` in JSON Schema counts code points. Zod would count UTF-16 units.
  [searchText, { maxLength: QUERY_MAX_CODE_POINTS }],
  // White space at the ends is removed before the length counts, so these allow nothing that the server refuses for its length.
  [displayName, { minLength: 1, maxLength: DISPLAY_NAME_MAX, pattern: '\\S' }],
  [about, { maxLength: ABOUT_MAX }],
  [content, { minLength: 1, maxLength: CONTENT_MAX_CODE_POINTS, pattern: '\\S' }],
  // A text is needed where there are no attachments.
  [contentOrNone, { maxLength: CONTENT_MAX_CODE_POINTS }],
  [attachmentIds, { uniqueItems: true }],
]);
