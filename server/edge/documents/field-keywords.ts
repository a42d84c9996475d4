import type * as z from 'zod/mini';
import {
  content,
  givenPassword,
  newPassword,
  searchText,
  timestamp,
  username,
  uuid,
} from '../../protocol/fields.ts';
import {
  CONTENT_MAX_CODE_POINTS,
  PASSWORD_MAX,
  PASSWORD_MIN,
  QUERY_MAX_CODE_POINTS,
  USERNAME_MAX,
  USERNAME_MIN,
} from '../../protocol/limits.ts';

/** JSON Schema keywords of fields whose rules are plain functions, which zod can't read. Where JSON Schema can't say a rule they
 *  allow more than the server does, and the description says the rest. The server counts the length of a password after NFKC
 *  normalisation, which changes few of them. */
export const FIELD_KEYWORDS: ReadonlyMap<z.core.$ZodType, Readonly<Record<string, unknown>>> = new Map<
  z.core.$ZodType,
  Readonly<Record<string, unknown>>
>([
  [uuid, { format: 'uuid' }],
  [timestamp, { format: 'date-time' }],
  [username, { minLength: USERNAME_MIN, maxLength: USERNAME_MAX, pattern: '^[A-Za-z0-9._-]+$' }],
  // An upper-case letter, a lower-case letter and a digit, in any order. Not all tools know `\p{Lu}`, so any character
  // outside ASCII passes for each of the three.
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
  // JSON Schema counts code points in `maxLength`, zod would count UTF-16 units.
  [searchText, { maxLength: QUERY_MAX_CODE_POINTS }],
  [content, { minLength: 1, maxLength: CONTENT_MAX_CODE_POINTS, pattern: '\\S' }],
]);
