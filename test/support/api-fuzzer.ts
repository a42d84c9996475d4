import type { RandomSource } from './random-source.ts';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}
interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly security?: readonly unknown[];
}
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** What a server may know already, so that requests reach further than its validation. */
export interface Known {
  readonly ids: readonly string[];
  readonly texts: readonly string[];
}

export interface FuzzRequest {
  readonly operation: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: unknown;
}

export interface Call {
  /** `GET /users/{id}`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export const callsOf = (document: ApiDocument): readonly Call[] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        operation,
      })),
  );

/** Integers a schema that bounds none is tried with, beside those at its bounds. */
const INTEGERS = [0, 1, 2, 30, 200];
const TEXTS = [
  '',
  ' ',
  '%',
  '"',
  "'",
  '0',
  '-1',
  '1e3',
  'null',
  '\u00df\u0301',
  '\u{1f468}\u200d\u{1f469}',
  'a'.repeat(300),
];

/** Makes requests from an OpenAPI document: mostly such as it allows, with values at their bounds and of things that exist, now and
 *  then with one that it forbids. */
export class ApiFuzzer {
  readonly #random: RandomSource;
  readonly #schemas: Readonly<Record<string, Schema>>;

  constructor(document: ApiDocument, random: RandomSource) {
    this.#random = random;
    this.#schemas = document.components?.schemas ?? {};
  }

  request(call: Call, known: Known): FuzzRequest {
    const { operation, method } = call;
    const query = new URLSearchParams();
    let path = call.path;
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in === 'path') {
        path = path.replace(
          `{${parameter.name}}`,
          encodeURIComponent(this.#text(parameter.schema, known).toWellFormed()),
        );
      } else if (parameter.in === 'query' && (parameter.required === true || this.#oneIn(2))) {
        query.set(parameter.name, this.#text(parameter.schema, known));
      }
    }
    const schema = operation.requestBody?.content['application/json']?.schema;
    return {
      operation: call.name,
      method,
      path: query.size === 0 ? path : `${path}?${query.toString()}`,
      body: schema === undefined ? undefined : this.#value(schema, known),
    };
  }

  #text(schema: Schema, known: Known): string {
    const value = this.#value(schema, known);
    return typeof value === 'string' ? value : JSON.stringify(value ?? null);
  }

  #value(given: Schema, known: Known): unknown {
    const schema = this.#resolved(given);
    if (this.#oneIn(40)) return this.#random.pick([null, 1.5, '', [], {}, true, this.#random.pick(TEXTS)]);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return this.#random.pick(schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) return this.#value(this.#random.pick(choices), known);
    const type = Array.isArray(schema.type) ? (this.#random.pick(schema.type) as string) : schema.type;
    switch (type) {
      case 'object':
        return this.#object(schema, known);
      case 'array':
        return Array.from({ length: this.#random.between(0, 2) }, () =>
          this.#value(schema.items ?? {}, known),
        );
      case 'integer':
      case 'number':
        return this.#integer(schema);
      case 'boolean':
        return this.#oneIn(2);
      case 'null':
        return null;
      default:
        return this.#string(schema, known);
    }
  }

  #object(schema: Schema, known: Known): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const isRequired = schema.required?.includes(name) === true;
      if (isRequired ? !this.#oneIn(30) : this.#oneIn(2)) out[name] = this.#value(property, known);
    }
    if (this.#oneIn(40)) out['unheard_of'] = 1;
    return out;
  }

  #integer({ minimum, maximum }: Schema): number {
    const bounds = [minimum, maximum].filter((bound) => bound !== undefined);
    return this.#random.pick([...INTEGERS, ...bounds.flatMap((bound) => [bound - 1, bound, bound + 1])]);
  }

  #string({ pattern, format, maxLength }: Schema, known: Known): string {
    const isId = format === 'uuid' || pattern?.includes('[0-9a-f]{8}-') === true;
    if (isId) return this.#random.pick(known.ids);
    // A whole number that arrives as text.
    if (pattern?.startsWith('^\\d') === true) return String(this.#integer({ minimum: 1, maximum: 200 }));
    const text = this.#oneIn(4) ? this.#random.pick(TEXTS) : this.#random.pick(known.texts);
    const length = this.#oneIn(3) ? this.#random.between(1, 3) : text.length;
    const cut = text.slice(0, length);
    return maxLength !== undefined && this.#oneIn(20) ? cut.padEnd(maxLength + 1, 'x') : cut;
  }

  #resolved(schema: Schema): Schema {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : (this.#schemas[name] ?? {});
  }

  #oneIn(n: number): boolean {
    return this.#random.chance(1 / n);
  }
}
