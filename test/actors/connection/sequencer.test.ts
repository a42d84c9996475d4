import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HELD_MAX_LETTERS, Sequencer } from '../../../server/actors/connection/sequencer.ts';

const event = (cursor: number) => ({ cursor, frame: String(cursor) });
const cursors = (events: readonly { cursor: number }[]) => events.map(({ cursor }) => cursor);

test('[P4] live events leave in the order of their numbers, each once, however they arrive', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 200 }), (arrivals) => {
      const stream = new Sequencer(0);
      const out = arrivals.flatMap((cursor) => cursors(stream.take(event(cursor))));
      assert.deepEqual(
        out,
        Array.from({ length: out.length }, (_, i) => i + 1),
      );
      const seen = new Set(arrivals);
      assert.equal(
        stream.hasGap,
        [...seen].some((cursor) => cursor > stream.cursor),
      );
      assert.ok(!seen.has(stream.cursor + 1), 'what is due has left');
    }),
  );
});

test('an early event is held until the hole before it is filled', () => {
  const stream = new Sequencer(4);
  assert.deepEqual(stream.take(event(6)), []);
  assert.equal(stream.hasGap, true);
  assert.deepEqual(cursors(stream.take(event(5))), [5, 6]);
  assert.equal(stream.hasGap, false);
});

test('what the log was read up to is not sent again', () => {
  const stream = new Sequencer(0);
  stream.hold(event(3));
  stream.hold(event(5));
  stream.readTo(4);
  assert.deepEqual(cursors(stream.release()), [5]);
  assert.deepEqual(stream.take(event(4)), []);
});

test('[P9] past its bound only the number of an event is kept: the gap stays known', () => {
  const stream = new Sequencer(0);
  for (let cursor = 2; cursor <= 400; cursor += 1) stream.hold(event(cursor));
  stream.readTo(1);
  assert.equal(cursors(stream.release()).length, 256);
  assert.equal(stream.hasGap, true);
  stream.readTo(400);
  assert.equal(stream.hasGap, false);
});

test('[P9] long events that are early are held only up to a size; their numbers are not forgotten', () => {
  const stream = new Sequencer(0);
  const frame = 'x'.repeat(30_000);
  for (let cursor = 2; cursor < 100; cursor += 1) stream.hold({ cursor, frame });
  assert.ok(stream.hasGap);
  const due = stream.take({ cursor: 1, frame });
  assert.ok(due.length * frame.length < HELD_MAX_LETTERS + 2 * frame.length, String(due.length));
  assert.ok(stream.hasGap, 'the rest is in the log');
  // What has gone makes room again.
  stream.readTo(98);
  const rest = [99, 100].flatMap((cursor) => stream.take({ cursor, frame }));
  assert.deepEqual(
    rest.map(({ cursor }) => cursor),
    [99, 100],
  );
});
