import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiReference } from '../../../server/edge/api/api-reference.ts';
import { asyncApiDocument } from '../../../server/edge/api/asyncapi.ts';
import { openApiDocument } from '../../../server/edge/api/openapi.ts';
import { referencePage } from '../../../server/edge/api/reference/page.ts';
import { makeRoutes } from '../../../server/edge/api/table.ts';
import { CLIENT_FRAMES } from '../../../server/protocol/client-frames.ts';
import { CLOSE } from '../../../server/protocol/close-codes.ts';
import { ERROR_CODES } from '../../../server/protocol/errors.ts';
import { SERVER_FRAMES } from '../../../server/protocol/server-frames.ts';

const routes = makeRoutes();
const page = apiReference(routes);
const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
/** An entry of the page, without its tags. */
const textOf = (id: string): string => {
  const [, entry = ''] = page.split(` id="${id}">`);
  return entry.slice(0, entry.indexOf('</article>')).replace(/<[^>]*>/g, '');
};

test('each route has an entry with its path, its inputs and its statuses', () => {
  const { paths } = openApiDocument(routes) as {
    paths: Record<string, Record<string, { parameters?: { name: string }[]; responses: object }>>;
  };
  for (const { method, path, summary } of routes) {
    const shown = path.replace(/:(\w+)/g, '{$1}');
    const id = [method.toLowerCase(), ...path.split('/').map((part) => part.replace(/\W/g, ''))];
    const entry = textOf(id.filter(Boolean).join('-'));
    assert.ok(entry.startsWith(`${method} ${shown}`), `${method} ${path}`);
    assert.ok(entry.includes(summary));
    const operation = paths[shown]?.[method.toLowerCase()];
    for (const { name } of operation?.parameters ?? []) assert.ok(entry.includes(`${name} `), name);
    for (const status of Object.keys(operation?.responses ?? {})) assert.ok(entry.includes(status), status);
  }
});

test('each frame of both sides has an entry with its fields', () => {
  const { messages } = asyncApiDocument()['components'] as {
    messages: Record<string, { payload: { properties: Record<string, { properties?: object }> } }>;
  };
  const frames = [
    ...Object.keys(CLIENT_FRAMES).map((type) => `up_${type}`),
    ...Object.keys(SERVER_FRAMES).map((type) => `down_${type}`),
  ];
  for (const key of frames) {
    const entry = textOf(`frame-${key.replace('_', '-')}`);
    assert.ok(entry.startsWith(key.split('_')[1] ?? '?'), key);
    const { properties = {} } = messages[key]?.payload.properties['payload'] ?? {};
    for (const name of Object.keys(properties)) assert.ok(entry.includes(name), `${key}: ${name}`);
  }
});

test('each object, error and close code is there', () => {
  const { schemas } = openApiDocument(routes)['components'] as { schemas: object };
  for (const name of Object.keys(schemas)) assert.ok(ids.includes(`object-${name}`), name);
  for (const code of ERROR_CODES.filter((each) => !['method_not_allowed', 'gone'].includes(each)))
    assert.ok(ids.includes(`error-${code}`), code);
  for (const code of Object.values(CLOSE)) assert.ok(page.includes(`<code>${String(code)}</code>`));
});

test('every anchor leads somewhere, and no address is there twice', () => {
  assert.equal(new Set(ids).size, ids.length);
  const anchors = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id = '']) => id);
  assert.ok(anchors.length > 100);
  for (const anchor of anchors) assert.ok(ids.includes(anchor), anchor);
});

test('nothing in the page comes from elsewhere, is a script, or breaks the content security policy', () => {
  const addresses = [...page.matchAll(/ (?:href|src)="([^"#][^"]*)"/g)].map(([, address]) => address);
  assert.deepEqual([...new Set(addresses)].sort(), ['./', 'asyncapi.json', 'docs.css', 'openapi.json']);
  assert.doesNotMatch(page, /<script|<style|<img|<iframe| style=| on\w+=/);
});

test('what a document says is text, whatever it looks like', () => {
  const hostile = '<script>"&` </code>';
  const planted = JSON.parse(
    JSON.stringify(openApiDocument(routes), (key, value: unknown) =>
      ['description', 'summary'].includes(key) && typeof value === 'string' ? hostile : value,
    ),
  ) as Record<string, unknown>;
  const shown = referencePage(planted, asyncApiDocument());
  assert.ok(shown.includes('&lt;script&gt;&quot;&amp;` &lt;/code&gt;'));
  assert.doesNotMatch(shown, /<script/);
});
