import * as z from 'zod/mini';
import type { Words } from './describe.ts';
import { DESCRIBED } from './described.ts';
import { FIELD_KEYWORDS } from './field-keywords.ts';

export type Json = Record<string, unknown>;

/** The fields of zod's callback argument that both documents use. */
interface Written {
  readonly zodSchema: z.core.$ZodType;
  readonly jsonSchema: object;
}

/** Adds what zod does not know: keywords of fields that plain functions check, numeric types of query parameters, and
 *  a marker that `described` replaces with descriptions. Zod calls it once for each schema, children first. */
export const complete = ({ zodSchema, jsonSchema }: Written): void => {
  const json = jsonSchema as Json;
  const { def } = zodSchema._zod as unknown as { def: Definition };
  Object.assign(json, FIELD_KEYWORDS.get(zodSchema));
  if (def.type === 'pipe' && def.out?._zod.def.type === 'number') replace(json, numberOf(def.out));
  if (def.type === 'default') json['default'] = def.defaultValue;
  if (def.type === 'tuple') completeTuple(json);
  if (DESCRIBED.has(zodSchema)) json[MARK] = markOf(zodSchema);
};

/** Zod shares one object among all properties that have the same schema. Properties can therefore be described only
 *  after the whole document is written. Until then, each object carries the index of its schema in `marked` under
 *  this key. */
const MARK = 'x-words';
const marked: z.core.$ZodType[] = [];
const markOf = (schema: z.core.$ZodType): number => {
  const at = marked.indexOf(schema);
  return at === -1 ? marked.push(schema) - 1 : at;
};

/** Returns a copy of a document written with `complete`, in which all objects and their fields have descriptions. */
export const described = <T>(document: T): T => {
  const copy = JSON.parse(JSON.stringify(document)) as T;
  describeIn(copy);
  return copy;
};

const describeIn = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  const json = value as Json;
  const words = typeof json[MARK] === 'number' ? wordsOf(marked[json[MARK]]) : undefined;
  if (words !== undefined) {
    Reflect.deleteProperty(json, MARK);
    json['description'] ??= words.summary;
    const properties = (json['properties'] ?? {}) as Record<string, Json>;
    for (const [name, property] of Object.entries(properties)) property['description'] = words.fields[name];
  }
  for (const each of Object.values(json)) describeIn(each);
};

const wordsOf = (schema: z.core.$ZodType | undefined): Words | undefined =>
  schema === undefined ? undefined : DESCRIBED.get(schema);

interface Definition {
  readonly type: string;
  readonly out?: z.ZodMiniType & { readonly _zod: { readonly def: { readonly type: string } } };
  readonly defaultValue?: unknown;
}

/** Converts a zod schema to JSON Schema draft 7, which AsyncAPI builds on. */
export const written = (schema: z.ZodMiniType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    override: complete,
  }) as Json;
  return described(rest);
};

const numberOf = (schema: z.ZodMiniType): Json => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema) as Json;
  return rest;
};

const replace = (json: Json, by: Json): void => {
  for (const key of Object.keys(json)) Reflect.deleteProperty(json, key);
  Object.assign(json, by);
};

/** Tools that don't know `prefixItems` read `items`. All elements of our tuples have the same schema. */
const completeTuple = (json: Json): void => {
  const members = json['prefixItems'] as readonly Json[] | undefined;
  if (members === undefined) return;
  Object.assign(json, { items: members[0], minItems: members.length, maxItems: members.length });
};
