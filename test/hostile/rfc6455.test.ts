import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { envelopeOf, frameOf, OPCODE, RawWebSocket, upgradeHead } from '../support/raw-websocket.ts';
import { count } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';
import { FRAMING } from './rfc6455/framing.ts';
import { HANDSHAKES } from './rfc6455/handshakes.ts';
import { TEXTS_AND_CLOSES } from './rfc6455/texts-and-closes.ts';
import type { Case } from './rfc6455/case.ts';

const server = await sharedServer({ after });
const ada = await ChatClient.register({ after }, server, freshName('ada'));
const { host } = new URL(server.url);
const authorization = { Authorization: `Bearer ${ada.accessToken}` };

/** One event of the wire as the tables write it; null for what every connection hears. */
const eventOf = ({ opcode, payload }: { opcode: number; payload: Buffer }, probe: string): string | null => {
  if (opcode === OPCODE.pong) return `pong ${payload.toString('hex')}`;
  if (opcode === OPCODE.close)
    return payload.length < 2 ? 'close' : `close ${String(payload.readUInt16BE(0))}`;
  if (opcode !== OPCODE.text) return `opcode ${String(opcode)}`;
  const { type, payload: said } = JSON.parse(payload.toString('utf8')) as {
    type: string;
    payload: { code?: string; ref?: string };
  };
  if (type === 'error') return said.ref === probe ? 'lives' : `error ${String(said.code)}`;
  return type === 'pong' ? 'pong' : null;
};

/** All that is heard from the case's first byte on, until the connection has ended or answered a last, wrong envelope: the
 *  error that names it is a sign of life that nothing else can be. */
const hear = async (raw: RawWebSocket, chunks: readonly Uint8Array[]): Promise<string> => {
  const probe = crypto.randomUUID();
  const events: string[] = [];
  for (const chunk of chunks) await raw.write(chunk);
  await raw.write(frameOf(OPCODE.text, envelopeOf('nothing', {}, probe)));
  for (;;) {
    const frame = await raw.frames.take('what comes of it', 15_000, () => true).catch(() => null);
    if (frame === null) break;
    const event = eventOf(frame, probe);
    if (event !== null) events.push(event);
    if (event === 'lives') return events.join(', ');
  }
  await raw.ended;
  return [...events, ...(events.some((event) => event.startsWith('close')) ? [] : ['cut'])].join(', ');
};

const isSync = ({ payload }: { payload: Buffer }): boolean => payload.includes('"type":"sync"');
const run = async ({ bytes, heard }: Case): Promise<void> => {
  const raw = await RawWebSocket.open(server.url, upgradeHead(host, authorization));
  try {
    await raw.frames.take('sync', 15_000, isSync);
    assert.equal(await hear(raw, bytes), heard);
  } finally {
    raw.destroy();
  }
};

const CASES = [...FRAMING, ...TEXTS_AND_CLOSES];
for (const each of CASES) {
  test(`RFC 6455: ${each.what}${each.rfc === undefined ? '' : ` (${each.heard}; the RFC: ${each.rfc})`}`, async () => {
    await run(each);
  });
}

for (const { what, requestLine, headers, status, accepts } of HANDSHAKES) {
  test(`RFC 6455: handshake, ${what}`, async () => {
    const raw = await RawWebSocket.open(
      server.url,
      upgradeHead(host, { ...authorization, ...headers }, requestLine),
    );
    raw.destroy();
    assert.match(raw.head, new RegExp(`^HTTP/1\\.1 ${status} `), raw.head);
    for (const pattern of accepts ?? []) assert.match(raw.head, pattern);
    assert.doesNotMatch(raw.head, /sec-websocket-extensions/i);
  });
}

test('RFC 6455: how many cases there are, and the server is well after all of them', async (t) => {
  const deviations = CASES.filter(({ rfc }) => rfc !== undefined).length;
  count(t, 'R-16', { cases: CASES.length + HANDSHAKES.length, deviations });
  assert.ok(CASES.length + HANDSHAKES.length >= 100);
  assert.equal(new Set(CASES.map(({ what }) => what)).size, CASES.length, 'each case once');
  const { socket } = await ada.online();
  await socket.roundTrip();
});
