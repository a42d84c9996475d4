import { escaped, inline } from './html.ts';

/** What the page reads of a JSON Schema. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The objects that have an entry of their own, by name. */
export type Objects = Readonly<Record<string, Schema>>;

export const objectId = (name: string): string => `object-${name}`;
const linkTo = (name: string): string => `<a href="#${objectId(name)}">${escaped(name)}</a>`;

const namesOf = (schema: Schema): string => Object.keys(schema.properties ?? {}).join(' ');

/** AsyncAPI repeats objects in place. One with the same fields as an object with an entry is that object. */
const knownObject = (schema: Schema, objects: Objects): string | undefined => {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1);
  if (schema.properties === undefined) return undefined;
  return Object.keys(objects).find((name) => namesOf(objects[name] ?? {}) === namesOf(schema));
};

const json = (value: unknown): string => `<code>${escaped(JSON.stringify(value))}</code>`;

/** The type of a value in words; objects with an entry are links. */
const typeOf = (schema: Schema, objects: Objects): string => {
  const known = knownObject(schema, objects);
  if (known !== undefined) return linkTo(known);
  if (schema.const !== undefined) return json(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(json).join(' or ');
  if (schema.anyOf !== undefined) return schema.anyOf.map((each) => typeOf(each, objects)).join(' or ');
  if (schema.prefixItems !== undefined)
    return `pair of ${typeOf(schema.prefixItems[0] ?? {}, objects)}, ${typeOf(schema.prefixItems[1] ?? {}, objects)}`;
  if (schema.type === 'array') return `array of ${typeOf(schema.items ?? {}, objects)}`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return `object of ${typeOf(schema.additionalProperties, objects)}`;
  const format = schema.format === undefined ? '' : ` (${escaped(schema.format)})`;
  const types = [schema.type ?? 'any value'].flat();
  return types.map((type) => (type === 'null' ? type : `${escaped(type)}${format}`)).join(' or ');
};

/** Bounds that say something: not those of all numbers that JavaScript can count with. */
const boundsOf = (schema: Schema): string => {
  const { minLength, maxLength, minimum, maximum } = schema;
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  const range = (low: number | undefined, high: number | undefined, unit: string): string => {
    if (high === undefined) return low === undefined || low === 0 ? '' : `at least ${String(low)}${unit}`;
    return low === undefined || low === 0
      ? `at most ${String(high)}${unit}`
      : `${String(low)} to ${String(high)}${unit}`;
  };
  const length = range(minLength, maxLength, ' characters');
  const given = [length, range(minimum, bounded, '')];
  if (schema.default !== undefined) given.push(`${json(schema.default)} unless given`);
  return given.filter((each) => each !== '').join(', ');
};

/** One field or parameter: its name, its type, whether it may be missing, and what it means. */
export const field = (name: string, schema: Schema, isOptional: boolean, objects: Objects): string => {
  const notes = [boundsOf(schema), isOptional ? 'optional' : ''].filter((each) => each !== '');
  const type = `<span class="type">${[typeOf(schema, objects), ...notes].join(' · ')}</span>`;
  const description = schema.description === undefined ? '' : inline(schema.description);
  return `<div><dt><code>${escaped(name)}</code> ${type}</dt><dd>${description}${within(schema, objects)}</dd></div>`;
};

/** The fields of an object in place, or of those in an array. */
const within = (schema: Schema, objects: Objects): string => {
  const inner = schema.items ?? schema;
  const isListed = inner.properties !== undefined && knownObject(inner, objects) === undefined;
  return isListed ? fieldList(inner, objects) : '';
};

const fieldList = ({ properties = {}, required = [] }: Schema, objects: Objects): string => {
  const rows = Object.entries(properties).map(([name, each]) =>
    field(name, each, !required.includes(name), objects),
  );
  return rows.length === 0 ? '' : `<dl>${rows.join('')}</dl>`;
};

/** All about a value: a link, the fields, or those of each alternative. */
export const shapeOf = (schema: Schema, objects: Objects): string => {
  const known = knownObject(schema, objects);
  if (known !== undefined) return `<p class="shape">${linkTo(known)}</p>`;
  if (schema.anyOf !== undefined) {
    const each = schema.anyOf.map(
      (one) => `<li>${inline(one.description ?? '')}${shapeOf(one, objects)}</li>`,
    );
    return `<p>One of these:</p><ul class="either">${each.join('')}</ul>`;
  }
  return fieldList(schema, objects);
};

/** The entry of an object: its own fields, although it is known. */
export const fieldsOf = (schema: Schema, objects: Objects): string => fieldList(schema, objects);
