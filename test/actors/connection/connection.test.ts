import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ParleyError } from '../../../server/protocol/errors.ts';
import type { ConnectionMessage } from '../../../server/actors/connection/messages.ts';
import type { FakeSocket } from '../../support/fake-socket.ts';
import { appended, frame, id, ME, message, open, openLive, PEER } from '../../support/connection-stage.ts';

test('[P9] a receipt for which there is no room is refused with its id', async () => {
  const place = { conversationId: id(500), pair: { first: ME, second: PEER }, seq: 1, senderId: PEER };
  const { socket, context } = await openLive(0, {
    locations: { pair: () => null, message: () => place },
    receipts: { add: () => false },
  });
  await context.give(frame('ack', { message_id: id(1), status: 'read' }, 11));
  assert.deepEqual(codesOf(socket), [['unavailable', id(11)]]);
});

test('[W5] 20 bad envelopes in a row close 4429; a good one between starts the count anew', async () => {
  const { socket, context } = await openLive(0);
  const bad = async (): Promise<void> => {
    await context.give({ type: 'frame', text: '{' });
  };
  for (let i = 0; i < 19; i += 1) await bad();
  await context.give(frame('ping', {}));
  for (let i = 0; i < 19; i += 1) await bad();
  assert.equal(socket.closeCode, 0);
  await bad();
  assert.equal(socket.closeCode, 4429);
});

test('[O10] silence is answered with ping, then 4408; any frame ends the silence', async () => {
  const { socket, context } = await openLive(0);
  await context.advance(30_000);
  assert.deepEqual(socket.taken(), ['ping']);
  await context.give(frame('pong', {}));
  await context.advance(30_000);
  assert.deepEqual(socket.taken(), ['ping']);
  await context.advance(29_999);
  assert.equal(socket.closeCode, 0);
  await context.advance(1);
  assert.equal(socket.closeCode, 4408);
});

test('[P6][O9][O10] an expired token closes 4401, a renewed one keeps the line', async () => {
  const { socket, context } = await openLive(0);
  const day = 86_400_000;
  const keepAlive = async (ms: number): Promise<void> => {
    for (let t = 0; t < ms; t += 20_000) {
      await context.advance(Math.min(20_000, ms - t));
      if (socket.closeCode === 0) await context.give(frame('pong', {}));
    }
  };
  await context.give(frame('auth', { token: 'x' }));
  await context.take('verify').answer({ userId: ME, sessionId: id(99), expiresAt: Date.UTC(2026, 0, 3) });
  assert.deepEqual(socket.taken(), ['auth']);
  await keepAlive(day);
  assert.equal(socket.closeCode, 0);
  await keepAlive(day);
  assert.equal(socket.closeCode, 4401);
});

test('[P6][O9] a token of another session renews nothing', async () => {
  const { socket, context } = await openLive(0);
  await context.give(frame('auth', { token: 'x' }));
  await context.take('verify').answer({ userId: ME, sessionId: id(98), expiresAt: Date.UTC(2030, 0, 3) });
  assert.deepEqual(socket.taken(), ['error']);
});

test('[P6] a session that ended unheard is closed at the next comparison', async () => {
  let isOpen = true;
  const { socket, context } = await openLive(0, { sessionHead: () => Promise.resolve(isOpen ? 0 : null) });
  await context.give({ type: 'verify' });
  assert.equal(socket.closeCode, 0);
  isOpen = false;
  await context.give({ type: 'verify' });
  assert.deepEqual(socket.taken(), ['session']);
  assert.equal(socket.closeCode, 4409);
});

test('[O10] a connection whose token has longer to live than when it came is closed: the clock was set back', async () => {
  const { socket, session, context } = await openLive(5);
  session.identity = { ...session.identity, expiresAt: session.identity.expiresAt + 59_000 };
  await context.advance(30_000);
  assert.deepEqual(socket.taken(), ['ping']);
  session.identity = { ...session.identity, expiresAt: session.identity.expiresAt + 120_000 };
  await context.give(frame('pong', {}));
  await context.advance(30_000);
  assert.equal(socket.closeCode, 4401);
});

const unreadable = () => Promise.reject(new ParleyError('unavailable', 'The store cannot be read now.'));
const codesOf = (socket: FakeSocket): unknown[] =>
  socket.sent.splice(0).map(({ payload }) => {
    const { code, ref } = payload as { code: string; ref: string };
    return [code, ref];
  });

test('[P8] a frame for which the store cannot be read is refused with its id, and the connection stays', async () => {
  let isReadable = false;
  const stored = <T>(value: T): Promise<T> => (isReadable ? Promise.resolve(value) : unreadable());
  const pair = { first: ME, second: PEER };
  const place = { conversationId: id(500), pair, seq: 1, senderId: PEER };
  const { socket, context, receipts } = await openLive(0, {
    locations: { pair: () => stored(pair), message: () => stored(place) },
  });
  const frames = [
    frame('ack', { message_id: id(1), status: 'read' }, 11),
    frame('typing', { conversation_id: id(500), typing: true }, 12),
    frame('message', { conversation_id: id(500), content: 'hi' }, 13),
  ];
  for (const each of frames) await context.give(each);
  assert.deepEqual(
    codesOf(socket),
    [11, 12, 13].map((n) => ['unavailable', id(n)]),
  );
  assert.equal(socket.closeCode, 0);
  assert.deepEqual([receipts, context.told, context.asked], [[], [], []]);
  isReadable = true;
  for (const each of frames) await context.give(each);
  assert.deepEqual(socket.taken(), []);
  assert.deepEqual(
    [
      ...receipts.map(({ status }) => status),
      ...context.told.map(({ message }) => message.type),
      ...context.asked.map(({ question }) => question.type),
    ],
    ['read', 'typing', 'appendMessage'],
  );
});

test('[P8] frames that come while the store is asked keep their order', async () => {
  const asked: ((place: null) => void)[] = [];
  const { socket, context } = await openLive(0, {
    locations: { pair: () => null, message: () => new Promise((resolve) => asked.push(resolve)) },
  });
  const first = context.give(frame('ack', { message_id: id(1), status: 'read' }, 11));
  const second = context.give(frame('ping', {}, 12));
  assert.deepEqual(socket.taken(), []);
  asked[0]?.(null);
  await Promise.all([first, second]);
  assert.deepEqual(socket.taken(), ['error', 'pong']);
});

test('[P8] a connection that opens while the store cannot be read is closed 1013: the client comes back later', async () => {
  for (const part of ['sessionHead', 'history', 'messageCursor'] as const) {
    const { socket, context } = open({ [part]: unreadable }, 5);
    await context.give({ type: 'open', cursor: 5, witness: { messageId: id(1), cursor: 5 } });
    assert.deepEqual(socket.taken(), [], part);
    assert.equal(socket.closeCode, 1013, part);
    assert.equal(context.left, true);
  }
});

test('[P8] a comparison or a sync while the store cannot be read keeps the connection; the next heartbeat compares again', async () => {
  let [isReadable, head] = [true, 0];
  const { socket, context } = await openLive(0, {
    sessionHead: () => (isReadable ? Promise.resolve(head) : unreadable()),
  });
  isReadable = false;
  head = 1;
  await context.give({ type: 'verify' });
  await context.give(frame('sync', { cursor: 0 }, 11));
  assert.deepEqual(codesOf(socket), [['unavailable', id(11)]]);
  await context.advance(30_000);
  assert.deepEqual(socket.taken(), ['ping']);
  assert.equal(socket.closeCode, 0);
  assert.deepEqual(context.asked, []);
  isReadable = true;
  await context.give(frame('pong', {}));
  await context.advance(30_000);
  assert.equal(context.take('log').question['cursor'], 0);
});

test('[P12] where other hosts write too, a heartbeat asks the store nothing: all connections are compared together', async () => {
  let questions = 0;
  const sessionHead = () => {
    questions += 1;
    return Promise.resolve(0);
  };
  const { socket, context } = await openLive(0, { sessionHead, readTogether: () => undefined });
  const opened = questions;
  await context.advance(30_000);
  assert.deepEqual(socket.taken(), ['ping']);
  assert.equal(questions, opened);
  await context.give({ type: 'verify' });
  assert.equal(questions, opened + 1);
});

test('a frame is handled when it is answered: a message by its ack or its error, a token when it was checked, others at once', async () => {
  const handled: (readonly [string, number])[] = [];
  const { context } = await openLive(0, {
    onHandled: (type, arrivedAt) => handled.push([type, arrivedAt]),
    maySend: () => context.clock.monotonic() < 4_000,
  });
  await context.give({ ...message(1), at: 7 } as ConnectionMessage);
  await context.give(frame('auth', { token: 'x' }));
  assert.deepEqual(handled, []);
  await context.advance(1_000);
  await context.give(frame('ping', {}));
  await context.take('appendMessage').answer(appended(1, 1));
  await context.give({ type: 'event', cursor: 1, frame: '{}' });
  await context.take('verify').answer(null);
  await context.give({ ...message(2), at: 9 } as ConnectionMessage);
  await context.take('appendMessage').fail({ code: 'unavailable', detail: 'full' });
  await context.advance(3_000);
  await context.give({ ...message(3), at: 11 } as ConnectionMessage);
  assert.deepEqual(handled, [
    ['ping', 1_000],
    ['message', 7],
    ['auth', 0],
    ['message', 9],
    ['message', 11],
  ]);
});
