import * as z from 'zod/mini';
import { uuid } from '../fields.ts';
import { PAGE_DEFAULT, PAGE_MAX } from '../limits.ts';

/** Parameters of addresses and query strings, where everything arrives as text. */
export const whole = (minimum: number, maximum: number) =>
  z.pipe(
    z.pipe(z.string().check(z.regex(/^\d{1,16}$/, 'must be a whole number')), z.transform(Number)),
    z.int().check(z.minimum(minimum), z.maximum(maximum)),
  );
export const limit = z._default(whole(1, PAGE_MAX), PAGE_DEFAULT);
export const position = z.optional(whole(0, Number.MAX_SAFE_INTEGER));
export const idParams = z.strictObject({ id: uuid });
