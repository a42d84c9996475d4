import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asyncApiDocument } from '../../../server/edge/api/asyncapi.ts';
import { openApiDocument } from '../../../server/edge/api/openapi.ts';
import { makeRoutes } from '../../../server/edge/api/table.ts';
import { SERVER_FRAMES } from '../../../server/protocol/server-frames.ts';
import { CLIENT_FRAMES } from '../../../server/protocol/client-frames.ts';

/** Every route: method, path, and whether it needs no token. */
const SPECIFIED = `POST /auth/register open
POST /auth/login open
POST /auth/reset open
POST /auth/refresh open
POST /auth/logout
GET /users/me
POST /users/me/password
PATCH /users/me
DELETE /users/me
GET /users/me/sessions
DELETE /users/me/sessions/:id
GET /users/me/blocks
PUT /users/:id/block
DELETE /users/:id/block
PUT /users/me/avatar
DELETE /users/me/avatar
GET /users/:id/avatar
GET /attachments
POST /attachments
GET /attachments/:id
GET /attachments/uploads/:key
DELETE /attachments/uploads/:key
GET /users/me/export
POST /users/me/export/link
GET /exports/:token open
GET /push/key
GET /users/me/push
PUT /users/me/push
DELETE /users/me/push
GET /users/:id
GET /users
POST /conversations
GET /conversations
GET /conversations/:id
PATCH /conversations/:id
DELETE /conversations/:id
GET /conversations/:id/messages
GET /search
GET /healthz open
GET /readyz open
GET /openapi.json open
GET /asyncapi.json open
GET /admin/api/users
GET /admin/api/users/:username
DELETE /admin/api/users/:username
POST /admin/api/users/:username/promote
POST /admin/api/users/:username/demote
POST /admin/api/users/:username/disable
POST /admin/api/users/:username/enable
POST /admin/api/users/:username/reset-password
DELETE /admin/api/users/:username/sessions
DELETE /admin/api/users/:username/sessions/:id
POST /admin/api/unlock
GET /admin/api/invites
POST /admin/api/invites
DELETE /admin/api/invites/:id
GET /admin/api/status
GET /admin/api/settings
GET /admin/api/doctor
GET /admin/api/audit
GET /admin/api/backups
POST /admin/api/backups
GET /admin/api/threads
GET /admin/api/hosts
GET /admin/api/traces
POST /admin/api/traces
DELETE /admin/api/traces`.split('\n');

interface Operation {
  readonly responses: Record<string, unknown>;
  readonly security: readonly unknown[];
  readonly requestBody?: unknown;
  readonly parameters?: readonly { name: string; in: string }[];
  readonly operationId: string;
}

test('the table holds every route and no other', () => {
  const routes = makeRoutes().map(({ method, path, open }) => `${method} ${path}${open ? ' open' : ''}`);
  assert.deepEqual(routes.sort(), [...SPECIFIED].sort());
});

test('the OpenAPI document has each route with its answers, inputs and openness, and no other', () => {
  const routes = makeRoutes();
  const document = openApiDocument(routes) as { paths: Record<string, Record<string, Operation>> };
  const ids = new Set<string>();
  let found = 0;
  for (const route of routes) {
    const operation = document.paths[route.path.replace(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()];
    assert.ok(operation, `${route.method} ${route.path}`);
    found += 1;
    ids.add(operation.operationId);
    for (const status of Object.keys(route.answers)) assert.ok(status in operation.responses);
    if (!route.open) assert.ok('401' in operation.responses, route.path);
    assert.equal(operation.security.length, route.open ? 0 : 1);
    assert.equal(operation.requestBody !== undefined, (route.body ?? route.upload) !== undefined);
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').length;
    assert.equal(inPath, route.path.split(':').length - 1);
  }
  assert.equal(ids.size, routes.length);
  const listed = Object.values(document.paths).flatMap(Object.keys);
  assert.equal(listed.filter((method) => method !== 'head').length, found);
  assert.equal(
    listed.filter((method) => method === 'head').length,
    listed.filter((each) => each === 'get').length,
  );
});

test('the AsyncAPI document has a message for each frame, both ways', () => {
  const { components, operations } = asyncApiDocument() as {
    components: {
      messages: Record<string, { payload: { properties: Record<string, unknown>; required: string[] } }>;
    };
    operations: Record<string, { messages: unknown[] }>;
  };
  assert.equal(operations['receive']?.messages.length, Object.keys(CLIENT_FRAMES).length);
  assert.equal(operations['send']?.messages.length, Object.keys(SERVER_FRAMES).length);
  for (const [type, { durable }] of Object.entries(SERVER_FRAMES)) {
    assert.equal(
      'cursor' in (components.messages[`down_${type}`]?.payload.properties ?? {}),
      durable !== false,
      type,
    );
  }
  for (const type of Object.keys(CLIENT_FRAMES)) assert.ok(`up_${type}` in components.messages);
});

test('[O5][O12] the AsyncAPI document says what a client may name when it connects', () => {
  const { channels } = asyncApiDocument() as {
    channels: { ws: { bindings: { ws: { query: { properties: object; required?: string[] } } } } };
  };
  const { properties, required = [] } = channels.ws.bindings.ws.query;
  assert.deepEqual(Object.keys(properties), ['cursor', 'history', 'witness', 'presence']);
  assert.deepEqual(required, []);
});

test('both documents are JSON, and every reference in them leads somewhere', () => {
  for (const document of [openApiDocument(makeRoutes()), asyncApiDocument()]) {
    const text = JSON.stringify(document);
    for (const [, ref = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = ref
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
      assert.notEqual(target, undefined, ref);
    }
  }
});
