import type * as z from 'zod/mini';

/** The description of one object on the wire, as both documents show it. */
export interface Words {
  readonly summary: string;
  readonly fields: Readonly<Record<string, string>>;
  /** A complete example value. Tools that render the documents show it. */
  readonly example?: unknown;
}
export type Described = readonly [schema: z.core.$ZodType, words: Words];

/** Describes one schema. A field without a description does not compile. */
export const describe = <S extends z.ZodMiniObject>(
  schema: S,
  summary: string,
  fields: { readonly [F in keyof S['shape']]: string },
  example?: z.input<S>,
): Described => [schema, { summary, fields, ...(example === undefined ? {} : { example }) }];

/** Describes a union of objects. Each object has its own description as well. */
export const describeUnion = <S extends z.ZodMiniUnion>(
  schema: S,
  summary: string,
  example: z.input<S>,
): Described => [schema, { summary, fields: {}, example }];
