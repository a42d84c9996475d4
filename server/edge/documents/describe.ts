import type * as z from 'zod/mini';

/** What the documents say of one object on the wire. */
export interface Words {
  readonly summary: string;
  readonly fields: Readonly<Record<string, string>>;
  /** A whole value, shown by the tools that render the documents. */
  readonly example?: unknown;
}
export type Described = readonly [schema: z.core.$ZodType, words: Words];

/** The words for one schema. A field without a description does not compile. */
export const describe = <S extends z.ZodMiniObject>(
  schema: S,
  summary: string,
  fields: { readonly [F in keyof S['shape']]: string },
  example?: z.input<S>,
): Described => [schema, { summary, fields, ...(example === undefined ? {} : { example }) }];

/** The words for a schema that is one of several objects, each of which has its own. */
export const describeUnion = <S extends z.ZodMiniUnion>(
  schema: S,
  summary: string,
  example: z.input<S>,
): Described => [schema, { summary, fields: {}, example }];
