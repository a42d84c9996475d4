import type * as z from 'zod/mini';
import { ParleyError } from '../../protocol/errors.ts';
import { fieldErrors } from '../../protocol/field-errors.ts';

/** The value as its schema has it. Throws `bad_request` with one entry a fault, none of which repeats the value. */
export const check = <S extends z.ZodMiniType>(schema: S, value: unknown, what: string): z.infer<S> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ParleyError('bad_request', `The ${what} is not valid.`, {
    errors: fieldErrors(result.error.issues),
  });
};

/** A query string by name. Throws `bad_request` on broken escapes and on a name that stands twice. */
export const parseQuery = (text: string): Record<string, string> => {
  const pairs = new Map<string, string>();
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = decode(at === -1 ? part : part.slice(0, at));
    if (pairs.has(name)) {
      throw new ParleyError('bad_request', 'The query is not valid.', {
        errors: [{ path: name, message: 'must stand once' }],
      });
    }
    pairs.set(name, at === -1 ? '' : decode(part.slice(at + 1)));
  }
  return Object.fromEntries(pairs);
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new ParleyError('bad_request', 'The query holds a broken escape.');
  }
};
