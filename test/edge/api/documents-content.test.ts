import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { DESCRIBED } from '../../../server/edge/api/documents/described.ts';
import { FIELD_KEYWORDS } from '../../../server/edge/api/documents/field-keywords.ts';
import {
  SERVER_FRAME_EXAMPLES,
  CLIENT_FRAME_EXAMPLES,
} from '../../../server/edge/api/documents/frame-words.ts';
import { asyncApiDocument } from '../../../server/edge/api/asyncapi.ts';
import { FileOf } from '../../../server/edge/api/route.ts';
import { openApiDocument } from '../../../server/edge/api/openapi.ts';
import { makeRoutes } from '../../../server/edge/api/table.ts';
import { SERVER_FRAMES } from '../../../server/protocol/server-frames.ts';
import { ERRORS } from '../../../server/protocol/errors.ts';
import { content, newPassword, username } from '../../../server/protocol/fields.ts';
import { CLIENT_FRAMES } from '../../../server/protocol/client-frames.ts';

type Json = Readonly<Record<string, unknown>>;
interface Parameter {
  readonly name: string;
  readonly description?: string;
  readonly schema: Json;
}
interface Response {
  readonly $ref?: string;
  readonly headers?: Json;
  readonly content?: Readonly<Record<string, { readonly schema: Json; readonly example?: unknown }>>;
}
interface Operation {
  readonly description: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, Response>>;
}
interface Document {
  readonly servers: readonly Json[];
  readonly info: { readonly license: Json };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
  readonly 'x-any-other-method': Response;
}
const routes = makeRoutes();
const openApi = openApiDocument(routes) as unknown as Document;
const operations = Object.entries(openApi.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
);
const responseOf = (response: Response | undefined): Response | undefined =>
  response?.$ref === undefined
    ? response
    : openApi.components.responses[response.$ref.split('/').at(-1) ?? ''];

/** Every JSON Schema of an object below a value, with where it stands. */
const objectsIn = (value: unknown, at = '#'): readonly (readonly [at: string, schema: Json])[] => {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'properties' in value && 'type' in value ? [[at, value as Json] as const] : [];
  return [...own, ...Object.entries(value).flatMap(([key, each]) => objectsIn(each, `${at}/${key}`))];
};

test('every field of every object in both documents is described', () => {
  for (const document of [openApi, asyncApiDocument()]) {
    const objects = objectsIn(document).filter(([at]) => !/\/(?:allOf|query|header)(?:\/|$)/.test(at));
    assert.ok(objects.length > 20);
    for (const [at, { properties }] of objects) {
      for (const [name, property] of Object.entries(properties as Record<string, Json>)) {
        assert.match(String(property['description']), /^[\dA-Z`].*\.$/, `${at}/properties/${name}`);
      }
    }
  }
});

test('every operation and every parameter is described', () => {
  for (const { method, path, operation } of operations) {
    assert.match(operation.description, /\.$/, `${method} ${path}`);
    for (const { name, description } of operation.parameters ?? []) {
      assert.match(description ?? '', /\.$/, `${name} of ${method} ${path}`);
    }
  }
});

test('what the server reads as a number is a number, with its bounds and its default', () => {
  const numbers = operations.flatMap(({ operation }) => operation.parameters ?? []);
  const limits = numbers.filter(({ name }) => name === 'limit').map(({ schema }) => schema);
  assert.ok(limits.length >= 8);
  for (const schema of limits) {
    assert.deepEqual(schema, { type: 'integer', minimum: 1, maximum: 200, default: 50 });
  }
  const after = numbers.find(({ name }) => name === 'after');
  assert.equal(after?.schema['type'], 'integer');
  assert.equal(after.schema['minimum'], 0);
  const query = routes.find(({ path }) => path === '/conversations/:id/messages')?.query;
  const largest = Number(after.schema['maximum']);
  assert.ok(query?.safeParse({ after: String(largest) }).success, 'the bound itself is taken');
  assert.ok(!query.safeParse({ after: String(largest + 1) }).success);
});

test('[C6] parameters that exclude each other are named, and refused together', () => {
  const get = openApi.paths['/conversations/{id}/messages']?.['get'] as unknown as Json;
  assert.deepEqual(get['x-mutually-exclusive'], ['before', 'after', 'around']);
  const query = routes.find(({ path }) => path === '/conversations/:id/messages')?.query;
  assert.ok(query?.safeParse({ before: '3', limit: '5' }).success);
  for (const pair of [
    { before: '3', after: '1' },
    { after: '1', around: '2' },
    { before: '3', after: '1', around: '2' },
  ]) {
    assert.ok(!query.safeParse(pair).success, JSON.stringify(pair));
  }
});

test('GET comes with HEAD, which has the same answers without a body', () => {
  for (const { method, path, operation } of operations.filter((each) => each.method === 'get')) {
    const head = openApi.paths[path]?.['head'];
    assert.deepEqual(
      Object.keys(head?.responses ?? {}),
      Object.keys(operation.responses),
      `${method} ${path}`,
    );
    for (const response of Object.values(head?.responses ?? {})) {
      assert.equal(response.content, undefined);
      assert.ok('X-Request-Id' in (response.headers ?? {}));
    }
  }
});

test('each error says its code, its headers and an example; any other method is 405 with Allow', () => {
  for (const { operation } of operations.filter(({ method }) => method !== 'head')) {
    for (const [status, response] of Object.entries(operation.responses)) {
      const { headers = {}, content: body = {} } = responseOf(response) ?? {};
      assert.ok('X-Request-Id' in headers);
      assert.equal('Retry-After' in headers, status === '429' || status === '503');
      assert.equal('WWW-Authenticate' in headers, status === '401');
      const problem = body['application/problem+json'];
      if (Number(status) < 400 || problem === undefined) continue;
      const { code, ...rest } = problem.example as { code: keyof typeof ERRORS; status: number };
      assert.equal(rest.status, Number(status));
      assert.equal(ERRORS[code].status, Number(status));
    }
  }
  assert.ok('Allow' in (openApi['x-any-other-method'].headers ?? {}));
});

test('the servers and the licence are named', () => {
  assert.equal(openApi.servers[0]?.['url'], '/');
  assert.equal(openApi.info.license['identifier'], 'Apache-2.0');
});

test('a pair of highlights says what its members are', () => {
  const hit = openApi.components.schemas['MessageHit'] as unknown as {
    properties: { highlights: { items: Json } };
  };
  const { items, minItems, maxItems } = hit.properties.highlights.items;
  assert.equal((items as Json)['type'], 'integer');
  assert.deepEqual([minItems, maxItems], [2, 2]);
});

test('every body and every answer of a route has an example, and each is what the server takes or gives', () => {
  for (const { path, body, answers } of routes) {
    for (const schema of [body, ...Object.values(answers)]) {
      if (schema === undefined || schema === null || schema instanceof z.ZodMiniRecord) continue;
      if (schema instanceof FileOf) continue;
      const example = DESCRIBED.get(schema)?.example;
      assert.notEqual(example, undefined, path);
      assert.deepEqual(schema.parse(example), example);
    }
  }
  for (const [type, payload] of Object.entries(CLIENT_FRAME_EXAMPLES))
    CLIENT_FRAMES[type as keyof typeof CLIENT_FRAMES].payload.parse(payload);
  for (const [type, payload] of Object.entries(SERVER_FRAME_EXAMPLES))
    SERVER_FRAMES[type as keyof typeof SERVER_FRAMES].payload.parse(payload);
});

/** As a validator of JSON Schema reads them: lengths are code points. */
const allows = (schema: z.core.$ZodType, text: string): boolean => {
  const {
    minLength = 0,
    maxLength = Infinity,
    pattern = '',
  } = (FIELD_KEYWORDS.get(schema) ?? {}) as {
    minLength?: number;
    maxLength?: number;
    pattern?: string;
  };
  const length = [...text].length;
  return length >= minLength && length <= maxLength && new RegExp(pattern, 'u').test(text);
};
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 300 });
const short = fc.string({ unit: fc.constantFrom(...'aZ9._-é '), maxLength: 40 });
const long = fc
  .tuple(fc.integer({ min: 4990, max: 5010 }), fc.constantFrom('a', 'ß', '😀', ' '))
  .map(([length, character]) => character.repeat(length));

test('for names the document and the server agree; of ASCII they agree on passwords too', () => {
  fc.assert(
    fc.property(fc.oneof(ascii, short, fc.string({ unit: 'binary', maxLength: 40 })), (text) => {
      assert.equal(allows(username, text), username.safeParse(text).success);
    }),
  );
  fc.assert(
    fc.property(
      fc.oneof(ascii, fc.string({ unit: fc.constantFrom(...'aZ9._- '), maxLength: 40 })),
      (text) => {
        assert.equal(allows(newPassword, text), newPassword.safeParse(text).success);
      },
    ),
  );
});

test('the document allows every message that the server takes', () => {
  fc.assert(
    fc.property(fc.oneof(ascii, short, long, fc.string({ unit: 'binary', maxLength: 40 })), (text) => {
      if (content.safeParse(text).success) assert.ok(allows(content, text));
    }),
  );
  for (const refused of ['', ' ', ' \n\t', 'a'.repeat(5001)]) assert.ok(!allows(content, refused));
});
