import fc from 'fast-check';
import type * as z from 'zod/mini';
import { emoji } from '../../server/protocol/emoji.ts';
import { content, contentOrNone, count, seq, timestamp, uuid } from '../../server/protocol/fields.ts';
import { attachmentIds, sha256 } from '../../server/protocol/resources/attachment.ts';

type Schema = z.core.$ZodType;

const TEXT = fc
  .string({ unit: 'binary', maxLength: 80 })
  .map((text) => `x${text.replaceAll('\0', '').toWellFormed()}`);

/** Schemas whose checks are functions or patterns, and values that pass them. */
const KNOWN = new Map<Schema, fc.Arbitrary<unknown>>([
  [uuid, fc.uuid()],
  [
    timestamp,
    fc
      .date({ min: new Date(0), max: new Date('2199-12-31T23:59:59.999Z'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  ],
  [count, fc.nat({ max: Number.MAX_SAFE_INTEGER })],
  [seq, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })],
  [emoji, fc.constantFrom('👍', '❤️', '👩🏽‍❤️‍💋‍👨🏿', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', '#️⃣')],
  [content, TEXT],
  [contentOrNone, TEXT],
  [
    sha256,
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  ],
  [attachmentIds, fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 10 })],
]);

/** How long a string may become. Fails for one with any other check, because values that are drawn would not pass it. */
const maxLengthOf = ({ checks = [], ...def }: z.core.$ZodStringDef): number => {
  const limits = checks.map((check) => check._zod.def as z.core.$ZodCheckDef & { readonly maximum?: number });
  if ('format' in def || limits.some(({ check }) => check !== 'max_length'))
    throw new Error('no values for a string with checks: add it to KNOWN');
  return Math.min(40, ...limits.map(({ maximum = 40 }) => maximum));
};

/** Any value that a schema of the wire takes. Fails for a kind of schema that it does not know, so that none is passed over. */
export const valuesOf = (schema: Schema): fc.Arbitrary<unknown> => {
  const known = KNOWN.get(schema);
  if (known !== undefined) return known;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return fc.string({ unit: 'binary', maxLength: maxLengthOf(def) }).map((text) => text.toWellFormed());
    case 'number':
      return fc.integer({ min: 1, max: 1_000_000 });
    case 'boolean':
      return fc.boolean();
    case 'literal':
      return fc.constantFrom(...def.values);
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries));
    case 'nullable':
      return fc.option(valuesOf(def.innerType), { nil: null });
    case 'array':
      return fc.array(valuesOf(def.element), { maxLength: 3 });
    case 'union':
      return fc.oneof(...def.options.map(valuesOf));
    case 'object': {
      const fields = Object.entries(def.shape);
      const optional = (field: Schema): Schema | null => {
        const inner = (field as z.core.$ZodTypes)._zod.def;
        return inner.type === 'optional' ? inner.innerType : null;
      };
      return fc.record(
        Object.fromEntries(fields.map(([name, field]) => [name, valuesOf(optional(field) ?? field)])),
        {
          requiredKeys: fields.filter(([, field]) => optional(field) === null).map(([name]) => name),
          noNullPrototype: true,
        },
      );
    }
    default:
      throw new Error(`no values for a schema of type ${def.type}`);
  }
};
