import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { CLIENT_FRAMES, type ClientFrameType } from '../../server/protocol/client-frames.ts';
import { encodeEvent, encodeFrame } from '../../server/protocol/encode.ts';
import { CLOSE, CLOSES, closeAction } from '../../server/protocol/close-codes.ts';
import { ERRORS } from '../../server/protocol/errors.ts';
import { count, timestamp, uuid } from '../../server/protocol/fields.ts';
import { encodeSentAck } from '../../server/protocol/messages/ack.ts';
import { encodeMessageHead, recipientFrame, senderFrame } from '../../server/protocol/messages/message.ts';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import { SERVER_FRAMES, type LogEvent, type ServerFrameType } from '../../server/protocol/server-frames.ts';
import { MIN_VERSION, PROTOCOL_VERSION, SUBPROTOCOL } from '../../server/protocol/version.ts';
import { repositoryRoot } from '../support/paths.ts';
import { valuesOf } from '../support/schema-values.ts';

const time = fc.integer({ min: 0, max: Date.UTC(2199, 0, 1) });
const serverTypes = Object.keys(SERVER_FRAMES) as ServerFrameType[];
const clientTypes = Object.keys(CLIENT_FRAMES) as ClientFrameType[];

/** The whole frame of a type as its schema has it. Strict: a field too many fails like one too few. */
const frameSchema = (type: ServerFrameType) => {
  const { payload, durable } = SERVER_FRAMES[type];
  return z.strictObject({
    id: uuid,
    type: z.literal(type),
    timestamp,
    payload: payload,
    ...(durable !== false ? { cursor: count } : {}),
  });
};
const parsed = (type: ServerFrameType, text: string) => frameSchema(type).parse(JSON.parse(text));

for (const type of serverTypes) {
  test(`what is encoded as ${type} is what the schema of ${type} says`, () => {
    const { payload: schema, durable } = SERVER_FRAMES[type];
    fc.assert(
      fc.property(valuesOf(schema), fc.uuid(), time, fc.nat(), (payload, id, at, cursor) => {
        const event = { cursor, at, type, payload } as unknown as LogEvent;
        const text = durable !== false ? encodeEvent(event, id) : encodeFrame(type, payload as never, id, at);
        const expected = {
          id,
          type,
          timestamp: new Date(at).toISOString(),
          payload,
          ...(durable !== false ? { cursor } : {}),
        };
        assert.deepEqual(parsed(type, text), expected);
      }),
    );
  });
}

test('a live message is the same frame as in the log, for its sender and for its recipient', () => {
  const schema = SERVER_FRAMES.message.payload;
  fc.assert(
    fc.property(valuesOf(schema), time, fc.nat(), (value, sentAt, cursor) => {
      const { status: _status, ...rest } = value as MessageResource;
      const payload = {
        ...rest,
        sent_at: new Date(sentAt).toISOString(),
        is_anonymized: false,
        reactions: [],
      };
      const head = encodeMessageHead({
        messageId: payload.message_id,
        conversationId: payload.conversation_id,
        seq: payload.seq,
        senderId: payload.sender_id,
        senderName: payload.sender_name,
        recipientId: payload.recipient_id,
        content: payload.content,
        sentAt,
        ...(payload.reply_to !== null && { replyTo: payload.reply_to }),
        ...(payload.attachments.length > 0 && { attachments: payload.attachments }),
      });
      const logged = (status: object): unknown =>
        parsed(
          'message',
          encodeEvent(
            { cursor, at: sentAt, type: 'message', payload: { ...payload, ...status } },
            payload.message_id,
          ),
        );
      assert.deepEqual(parsed('message', recipientFrame(head, cursor)), logged({}));
      assert.deepEqual(parsed('message', senderFrame(head, cursor)), logged({ status: 'sent' }));
    }),
  );
});

test('the ack of a stored message has every field of its schema', () => {
  fc.assert(
    fc.property(
      fc.uuid(),
      fc.uuid(),
      fc.uuid(),
      time,
      fc.nat(),
      (id, messageId, conversationId, sentAt, cursor) => {
        const text = encodeSentAck({ messageId, conversationId, seq: 1, sentAt, cursor }, id);
        const at = new Date(sentAt).toISOString();
        const payload = { message_id: messageId, conversation_id: conversationId, seq: 1, status: 'sent' };
        assert.deepEqual(parsed('ack', text), {
          ...{ id, type: 'ack', timestamp: at, cursor },
          payload: { ...payload, sent_at: at, at },
        });
      },
    ),
  );
});

test('what is stored for a client takes from its send budget, and every answer is a frame of the server', () => {
  for (const type of clientTypes) {
    const { answer, budget } = CLIENT_FRAMES[type];
    if (answer === 'ack') assert.equal(budget, 'send', type);
    if (answer !== null) assert.ok(answer in SERVER_FRAMES, type);
  }
});

test('versions: a frame came with a version that exists, and the oldest one spoken is not newer than this one [O14]', () => {
  const frames = [...Object.values(CLIENT_FRAMES), ...Object.values(SERVER_FRAMES)];
  const versions: readonly number[] = [MIN_VERSION, ...frames.map(({ since }) => since)];
  for (const version of versions) assert.ok(version >= 1 && version <= PROTOCOL_VERSION);
  // A client that is too old must still be able to connect and read `min_version`.
  assert.equal(SUBPROTOCOL, 'parley.v1');
});

test('PROTOCOL has a row for every error code and every close code, as the tables say', () => {
  const text = readFileSync(join(repositoryRoot, 'server/protocol/PROTOCOL.md'), 'utf8');
  for (const [code, { status, temporary }] of Object.entries(ERRORS)) {
    const row = new RegExp(
      `^\\| \`${code}\` +\\| ${String(status)} +\\| ${temporary ? 'yes' : 'no'} +\\|`,
      'm',
    );
    assert.match(text, row);
  }
  for (const { code, action } of Object.values(CLOSES))
    assert.match(text, new RegExp(`^\\| ${String(code)} +\\| \`${action}\` +\\|`, 'm'));
  assert.equal(new Set(Object.values(CLOSE)).size, Object.keys(CLOSE).length);
});

test('a close code that nobody lists means: connect again', () => {
  assert.equal(closeAction(1006), 'reconnect');
  assert.equal(closeAction(4999), 'reconnect');
  assert.equal(closeAction(CLOSE.tokenExpired), 'renew');
});
