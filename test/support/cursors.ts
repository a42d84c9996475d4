import assert from 'node:assert/strict';
import type { ServerFrame } from '../../server/protocol/server-frames.ts';

export const cursorOf = (frame: ServerFrame): number | null => ('cursor' in frame ? frame.cursor : null);

/** P4 by arithmetic over what one connection received: the replay rises, live events rise by exactly 1. The answer to a
 *  repeat carries its first cursor, which is known already. Returns the last cursor. */
export const assertNoHole = (received: readonly ServerFrame[], from: number): number => {
  let last = from;
  let live = false;
  for (const frame of received) {
    if (frame.type === 'sync') {
      assert.ok(
        frame.payload.cursor >= last,
        `sync at ${String(frame.payload.cursor)} after ${String(last)}`,
      );
      last = frame.payload.cursor;
      live = true;
      continue;
    }
    const cursor = cursorOf(frame);
    if (cursor === null) continue;
    if (cursor <= last) {
      const repeated = frame.type === 'ack' && ['sent', 'reacted'].includes(frame.payload.status);
      assert.ok(repeated, `${frame.type} ${String(cursor)} came after ${String(last)}`);
      continue;
    }
    if (live) assert.equal(cursor, last + 1, `a hole before ${frame.type} ${String(cursor)}`);
    last = cursor;
  }
  return last;
};
