import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cursorIn,
  kindOf,
  messageIdAt,
  MessageFrames,
  messageTemplate,
  pairIn,
  saysSent,
  sequenceIn,
} from '../../perf/load/envelopes.ts';
import { headerLength } from '../../perf/load/frame.ts';
import { makeTexts } from '../../perf/load/texts.ts';
import { decodeClientFrame } from '../../server/protocol/decode.ts';
import { encodeEvent, encodeFrame } from '../../server/protocol/encode.ts';
import { encodeMessageHead, recipientFrame } from '../../server/protocol/messages/message.ts';
import { encodeSentAck } from '../../server/protocol/messages/ack.ts';

const NOW = Date.parse('2025-12-16T08:05:00.123Z');
const ID = '01944c2e-8c7b-7000-8abc-000070000abc';
const OTHER = '01944c2e-8c7b-7000-9abc-000070000abd';

const unmasked = (frame: Buffer): string => {
  const length = frame.length - (frame[1] === (0x80 | 126) ? 8 : 6);
  const start = headerLength(length);
  const key = frame.subarray(start - 4, start);
  return Buffer.from(frame.subarray(start).map((byte, i) => byte ^ key[i & 3]!)).toString('utf8');
};

test('a frame we build is a message the server takes, and its id names pair and number', () => {
  const texts = makeTexts(3, 200);
  const frames = new MessageFrames(0xabc, texts);
  const template = messageTemplate(OTHER);
  const room = Buffer.alloc(2 * frames.room);
  for (const [i, [pair, sequence]] of [
    [0, 0],
    [7, 0xabc],
    [0xfffff, 0xfffffff],
  ].entries()) {
    const end = frames.write(room, 0, template, pair!, sequence!, NOW);
    const decoded = decodeClientFrame(unmasked(room.subarray(0, end)));
    assert.ok(decoded.ok, 'the server refuses it');
    assert.equal(decoded.up.type, 'message');
    assert.deepEqual(decoded.up.payload, { recipient_id: OTHER, content: texts[i] });
    const id = Buffer.from(decoded.up.id);
    assert.match(decoded.up.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7000-8abc-/);
    assert.equal(parseInt(decoded.up.id.slice(0, 13).replace('-', ''), 16), NOW);
    assert.deepEqual([pairIn(id, 0), sequenceIn(id, 0)], [pair, sequence]);
  }
});

const bytesOf = (text: string): Buffer => Buffer.from(`before${text}`);

test('envelopes of the server are told apart by their bytes', () => {
  const head = encodeMessageHead({
    messageId: ID,
    conversationId: OTHER,
    seq: 4,
    senderId: OTHER,
    senderName: 'ada',
    recipientId: OTHER,
    content: 'says "cursor":9 and {"status":"read"}',
    sentAt: NOW,
  });
  const message = bytesOf(recipientFrame(head, 1_234_567));
  assert.equal(kindOf(message, 6), 'message');
  assert.equal(cursorIn(message, message.length), 1_234_567);
  const at = messageIdAt(message, 6);
  assert.deepEqual([pairIn(message, at), sequenceIn(message, at)], [7, 0xabc]);

  const sent = bytesOf(
    encodeSentAck({ messageId: ID, conversationId: OTHER, seq: 4, sentAt: NOW, cursor: 9 }, OTHER),
  );
  assert.equal(kindOf(sent, 6), 'ack');
  assert.equal(saysSent(sent, 6), true);
  assert.equal(sequenceIn(sent, messageIdAt(sent, 6)), 0xabc);
  assert.equal(cursorIn(sent, sent.length), 9);

  const payload = { message_id: ID, conversation_id: OTHER, seq: 4, at: new Date(NOW).toISOString() };
  const delivered = bytesOf(
    encodeEvent({ cursor: 10, at: NOW, type: 'ack', payload: { ...payload, status: 'delivered' } }, OTHER),
  );
  assert.equal(saysSent(delivered, 6), false);

  const others = [
    ['sync', encodeFrame('sync', { cursor: 3, complete: true }, OTHER, NOW)],
    ['ping', encodeFrame('ping', {}, OTHER, NOW)],
    ['error', encodeFrame('error', { code: 'conflict', message: '', ref: null }, OTHER, NOW)],
    ['other', encodeFrame('pong', {}, OTHER, NOW)],
    ['other', encodeFrame('session', { change: 'revoked', reason: '' }, OTHER, NOW)],
    ['other', encodeFrame('auth', { expires_at: new Date(NOW).toISOString() }, OTHER, NOW)],
    ['other', encodeFrame('presence', { user_id: ID, status: 'online', last_seen: null }, OTHER, NOW)],
  ] as const;
  for (const [kind, text] of others) {
    const bytes = bytesOf(text);
    assert.equal(kindOf(bytes, 6), kind, text);
    assert.equal(cursorIn(bytes, bytes.length), null, text);
  }
});

test('an envelope of another layout is an error, not a guess', () => {
  assert.throws(() => kindOf(Buffer.from(`{"type":"message","id":"${ID}","payload":{}}`), 0), /layout/);
});

test('texts have exactly the bytes asked for, the same ones every time', () => {
  const texts = makeTexts(50, 200);
  assert.ok(texts.every((text) => Buffer.byteLength(text) === 200 && text.trim() === text));
  assert.deepEqual(makeTexts(50, 200), texts);
  assert.ok(new Set(texts).size > 45);
});
