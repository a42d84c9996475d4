import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findServer } from '../../../ui/net/find-server.ts';

type Kind = 'parley' | 'unreadable' | 'page' | 'nobody';

/** A network by origin; what is not named is not there. */
const network = (hosts: Readonly<Record<string, Kind | { readonly leadsTo: string }>>) => {
  const asked: string[] = [];
  return {
    asked,
    fetch: (url: string, init: RequestInit): Promise<Response> => {
      asked.push(url);
      assert.equal(init.credentials, 'omit');
      const host = hosts[new URL(url).origin] ?? 'nobody';
      const opaque = init.mode === 'no-cors';
      const failed = Promise.reject(new TypeError('Failed to fetch'));
      if (host === 'nobody' || (host === 'unreadable' && !opaque)) return failed;
      failed.catch(() => undefined);
      if (opaque) return Promise.resolve(new Response(null));
      if (host === 'page') return Promise.resolve(new Response('<!doctype html>', { status: 200 }));
      const answer = Response.json({ status: 'ok', checks: {}, version: '1.2.3' });
      const at = typeof host === 'object' ? host.leadsTo : new URL(url).origin;
      Object.defineProperty(answer, 'url', { value: `${at}/healthz` });
      return Promise.resolve(answer);
    },
  };
};

const find = (typed: string, hosts: Parameters<typeof network>[0]) => findServer(typed, network(hosts).fetch);

test('a Parley server is found by what it says of itself', async () => {
  const here = 'https://chat.example.org';
  assert.deepEqual(await find('chat.example.org', { [here]: 'parley' }), {
    fault: null,
    address: here,
    version: '1.2.3',
  });
  const { asked, fetch } = network({ [here]: 'parley' });
  await findServer('chat.example.org', fetch);
  assert.deepEqual(asked, [`${here}/healthz`]);
});

test('what is no address is asked of nobody', async () => {
  const { asked, fetch } = network({});
  assert.deepEqual(await findServer('no address', fetch), { fault: 'noAddress', address: '' });
  assert.deepEqual(asked, []);
});

test('nobody there, on either way', async () => {
  // Or a certificate that is not trusted, on a port of its own: it looks the same.
  assert.equal((await find('chat.example.org', {})).fault, 'noHttps');
  assert.equal((await find('http://chat.example.org', {})).fault, 'unreachable');
});

test('somebody else, or a server that does not let this app in', async () => {
  for (const kind of ['page', 'unreadable'] as const) {
    assert.equal((await find('example.org', { 'https://example.org': kind })).fault, 'notParley');
    assert.equal((await find('http://example.org', { 'http://example.org': kind })).fault, 'notParley');
  }
});

test('no https that is trusted, though the machine answers', async () => {
  const found = await find('example.org', { 'http://example.org': 'unreadable' });
  assert.deepEqual(found, { fault: 'notTrusted', address: 'https://example.org' });
});

test('http is never taken by itself: the password would go in clear', async () => {
  const hosts = { 'http://chat.example.org:3000': 'parley' } as const;
  const address = 'http://chat.example.org:3000';
  for (const typed of ['chat.example.org:3000', 'https://chat.example.org:3000'])
    assert.deepEqual(await find(typed, hosts), { fault: 'onlyHttp', address });
  assert.equal((await find(address, hosts)).fault, null);
});

test('https is taken for http, by a redirect or in its place', async () => {
  const address = 'https://chat.example.org';
  for (const hosts of [
    { [address]: 'parley' },
    { 'http://chat.example.org': { leadsTo: address } },
    { 'http://chat.example.org': 'unreadable', [address]: 'parley' },
  ] as const) {
    const found = await find('http://chat.example.org', hosts);
    assert.deepEqual([found.fault, found.address], [null, address]);
  }
});
