import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { RawWebSocket, upgradeHead } from '../support/raw-websocket.ts';
import { count } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** S-11: pages of other origins. */
const ALLOWED = 'https://chat.example.org';
const server = await ServerProcess.start(
  { after },
  { PARLEY_ALLOWED_ORIGINS: `${ALLOWED},http://10.0.0.7:8080` },
);
const ada = await ChatClient.register({ after }, server, freshName('ada'));
const { host, port } = new URL(server.url);

const TAKEN = [
  ALLOWED,
  'HTTPS://CHAT.EXAMPLE.ORG',
  'http://10.0.0.7:8080',
  `http://${host}`,
  `https://${host}`,
];
const REFUSED = [
  'null',
  'https://evil.example',
  'http://chat.example.org',
  'https://chat.example.org:443',
  'https://chat.example.org:8443',
  'https://chat.example.org.',
  'https://chat.example.org/',
  'https://chat.example.org/path',
  'https://chat.example.org?',
  'https://chat.example.org#',
  'https://chat.example.org.evil.example',
  'https://chat.example.orgevil.example',
  'https://evil.example/https://chat.example.org',
  'https://evil.chat.example.org',
  'https://example.org',
  'https://org',
  'https://chat-example.org',
  'https://chatXexample.org',
  'https://chat.example.org@evil.example',
  'https://chat.example.org%40evil.example',
  'https://user:pass@chat.example.org',
  'https://chat.example.org\t.evil.example',
  'https://chat.example.org, https://evil.example',
  'https://evil.example, https://chat.example.org',
  'https://chat.example.org https://evil.example',
  'https:chat.example.org',
  'https:///chat.example.org',
  'wss://chat.example.org',
  'ws://chat.example.org',
  'file://',
  'file:///',
  'chrome-extension://abcdefghijklmnop',
  'data:',
  'blob:https://chat.example.org',
  'https://сhat.example.org',
  'https://xn--hat-5cd.example.org',
  'https://[::1]',
  'http://10.0.0.7',
  'http://10.0.0.7:80800',
  'http://10.0.0.70:8080',
  `http://localhost:${port}`,
  `http://127.0.0.2:${port}`,
  'http://127.0.0.1',
  `http://127.0.0.1:${port}0`,
  `ftp://${host}`,
  '*',
  'undefined',
];

const upgraded = async (origin: string | null): Promise<string> => {
  const headers = { Authorization: `Bearer ${ada.accessToken}`, Origin: origin };
  const raw = await RawWebSocket.open(server.url, upgradeHead(host, headers));
  raw.destroy();
  return /^HTTP\/1\.1 (\d+)/.exec(raw.head)?.[1] ?? raw.head;
};

test('[O2] the WebSocket opens for its own origin, the listed ones and clients that are no page', async () => {
  for (const origin of [null, ...TAKEN]) assert.equal(await upgraded(origin), '101', String(origin));
});

test('[O2] and for no other, however it is written', async (t) => {
  for (const origin of REFUSED) assert.equal(await upgraded(origin), '403', origin);
  count(t, 'S-11', { origins: REFUSED.length + TAKEN.length + 1 });
});

test('CORS says yes to the same ones, and never to credentials', async () => {
  for (const [origins, allowed] of [
    [TAKEN, true],
    [REFUSED, false],
  ] as const) {
    for (const origin of origins) {
      // What is no Latin-1 can't be put into a head by this client; the socket's own test sends it as bytes.
      if (/[^\x20-\xff]/.test(origin)) continue;
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await http(method, `${server.url}/users/me`, {
          token: ada.accessToken,
          headers: { origin, 'access-control-request-method': 'DELETE' },
        });
        assert.equal(headers['access-control-allow-origin'], allowed ? origin : undefined, origin);
        assert.equal(headers['access-control-allow-credentials'], undefined);
        assert.match(String(headers.vary), /\bOrigin\b/);
      }
    }
  }
});

test('what a form of another page can send without being asked changes nothing', async () => {
  const forms = ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'];
  for (const type of forms) {
    const answer = await http('POST', `${server.url}/auth/login`, {
      body: `{"username":"${ada.username}","password":"x","a":"="}`,
      headers: { 'content-type': type, origin: 'https://evil.example' },
    });
    assert.equal(answer.status, 415);
  }
  // And no credential comes by itself: there is no cookie to come.
  for (const path of ['/', '/users/me']) {
    const { headers } = await http('GET', `${server.url}${path}`, { token: ada.accessToken });
    assert.equal(headers['set-cookie'], undefined);
  }
});
