import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BACKLOG_CHARS_MAX,
  BACKLOG_FRAMES_MAX,
  FrameBacklog,
} from '../../../server/actors/connection/frame-backlog.ts';
import { frame, ME, openLive } from '../../support/connection-stage.ts';

test('[P9] frames that wait are bounded, in number and in size', () => {
  const many = new FrameBacklog();
  for (let n = 0; n < BACKLOG_FRAMES_MAX; n += 1) assert.ok(many.add(10));
  assert.equal(many.add(10), false);
  many.take(10);
  assert.ok(many.add(10));
  const large = new FrameBacklog();
  assert.ok(large.add(BACKLOG_CHARS_MAX));
  assert.equal(large.add(1), false);
  large.take(BACKLOG_CHARS_MAX);
  assert.ok(large.add(1));
});

test('[P6] a connection that waits for the store is closed at once, and what it waited for is not done', async () => {
  let found: (location: null) => void = () => undefined;
  const location = new Promise<null>((resolve) => {
    found = resolve;
  });
  const { session, socket, context } = await openLive(0, {
    locations: { pair: () => location, message: () => null },
  });
  const typing = frame('typing', { conversation_id: ME, typing: true });
  const waiting = context.give(typing);
  session.closeNow(4409, 'logout', true);
  assert.equal(socket.closeCode, 4409);
  const sent = socket.sent.length;
  found(null);
  await waiting;
  assert.equal(socket.sent.length, sent, 'no answer to the frame');
});
