import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BAD_ENVELOPES_MAX, CONTENT_MAX_CODE_POINTS, FRAME_MAX_BYTES } from '../../server/protocol/limits.ts';
import { twoPeople } from '../support/chat-client.ts';
import { say } from '../support/say.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const [ada, ben] = await twoPeople({ after }, server);

const envelope = (change: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    id: crypto.randomUUID(),
    type: 'message',
    timestamp: '2026-01-01T00:00:00.000Z',
    payload: { recipient_id: ben.id, content: 'hi' },
    ...change,
  });
const content = (text: string): string => envelope({ payload: { recipient_id: ben.id, content: text } });

const bad: readonly (readonly [string, string])[] = [
  ['broken JSON', '{"id": '],
  ['no object', '[]'],
  ['null', 'null'],
  ['nothing', ''],
  ['an unknown type', envelope({ type: 'shout' })],
  ['a type from the prototype', envelope({ type: 'constructor' })],
  ['__proto__ as type', envelope({ type: '__proto__' })],
  ['no type', envelope({ type: undefined })],
  ['no id', envelope({ id: undefined })],
  ['an id that is no UUID', envelope({ id: '1' })],
  ['an id in upper case', envelope({ id: crypto.randomUUID().toUpperCase() })],
  ['no payload', envelope({ payload: undefined })],
  ['an unknown field in the envelope', envelope({ colour: 'red' })],
  [
    'an unknown field in the payload',
    envelope({ payload: { recipient_id: ben.id, content: 'x', loud: true } }),
  ],
  ['nobody to send to', envelope({ payload: { content: 'x' } })],
  ['a recipient that is no UUID', envelope({ payload: { recipient_id: 'ben', content: 'x' } })],
  ['content that is no text', envelope({ payload: { recipient_id: ben.id, content: 7 } })],
  ['empty content', content('')],
  ['white space only', content(' \n\t\u3000')],
  ['zero-width characters only', content('\u200b\u2060\ufeff')],
  ['a blank of Braille and a filler of Hangul', content('\u2800 \u3164')],
  ['a NUL', content('a\0b')],
  ['a lone surrogate', content('a\ud800b')],
  ['one code point too many', content('𝄞'.repeat(CONTENT_MAX_CODE_POINTS + 1))],
  [
    'an ack of a wrong status',
    envelope({ type: 'ack', payload: { message_id: crypto.randomUUID(), status: 'sent' } }),
  ],
  ['a sync from nowhere', envelope({ type: 'sync', payload: { cursor: -1 } })],
];
for (const [what, frame] of bad) {
  test(`[W1][W2][W3][W4] ${what}: bad_request, and the connection goes on`, async () => {
    const { socket } = await ada.online();
    socket.sendRaw(frame);
    const { payload } = await socket.next('error');
    assert.equal(payload.code, 'bad_request');
    const id = /"id":"([^"]*)"/.exec(frame)?.[1];
    assert.equal(payload.ref, id ?? null, 'ref is the id of the envelope refused, whatever it is');
    await socket.roundTrip();
    socket.terminate();
  });
}

test('the largest content that is allowed arrives byte for byte', async () => {
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  for (const text of [
    '𝄞'.repeat(CONTENT_MAX_CODE_POINTS),
    '\u202e"\\\u2028\u2029</script>\u0001é e\u0301 \ufeff',
  ]) {
    await say(a.socket, ben, text);
    const { payload } = await b.socket.next(
      'message',
      (frame) => frame.payload.content.length === text.length,
    );
    assert.equal(payload.content, text);
  }
  a.socket.terminate();
  b.socket.terminate();
});

test('[W1] a frame over the limit closes with 1009, however large, and the server goes on', async () => {
  // Past 4 MiB uWebSockets.js itself cuts the line without a close frame: 1006 as the client sees it.
  for (const bytes of [FRAME_MAX_BYTES + 1, 1024 * 1024 + 1, 4 * 1024 * 1024]) {
    const { socket } = await ada.online();
    socket.sendRaw('x'.repeat(bytes));
    const { payload } = await socket.next('error');
    assert.equal(payload.code, 'payload_too_large');
    assert.equal((await socket.closed).code, 1009, String(bytes));
  }
  const again = await ada.online();
  await again.socket.roundTrip();
  again.socket.terminate();
});

test('[W1] a binary frame closes with 1008, whatever is in it', async () => {
  const { socket } = await ada.online();
  socket.sendRaw(Buffer.from(envelope({})));
  assert.equal((await socket.closed).code, 1008);
});

test('[W6] ids that the server makes are UUIDs of version 7; a client’s may have any version', async () => {
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  const mine = '00000000-0000-1000-8000-0123456789ab';
  a.socket.send('message', { recipient_id: ben.id, content: 'version 1' }, mine);
  const { payload, id } = await a.socket.next('ack');
  const { id: welcomeId, payload: welcome } =
    a.socket.received.find((frame) => frame.type === 'welcome') ?? assert.fail('no welcome');
  await b.socket.next('message', (frame) => frame.payload.message_id === mine);
  const made = {
    ada: ada.id,
    conversation: payload.conversation_id,
    session: welcome.session_id,
    id,
    welcomeId,
  };
  for (const [what, each] of Object.entries(made)) {
    assert.match(each, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, what);
  }
  a.socket.terminate();
  b.socket.terminate();
});

test('[W1] [W5] 20 bad envelopes in a row, each answered, close with 4429; a good one in between starts the count anew', async () => {
  const { socket } = await ada.online();
  for (let i = 1; i < BAD_ENVELOPES_MAX; i += 1) socket.sendRaw('{');
  await socket.roundTrip();
  for (let i = 1; i < BAD_ENVELOPES_MAX; i += 1) socket.sendRaw('{');
  await socket.roundTrip();
  const before = socket.received.length;
  for (let i = 1; i <= BAD_ENVELOPES_MAX; i += 1) socket.sendRaw('{');
  assert.equal((await socket.closed).code, 4429);
  const answers = socket.received.slice(before).map(({ type }) => type);
  assert.deepEqual(answers, new Array(BAD_ENVELOPES_MAX).fill('error'));
  const again = await ada.online();
  await again.socket.roundTrip();
  again.socket.terminate();
});
