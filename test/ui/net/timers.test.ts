import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timers } from '../../../ui/net/timers.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('once they were stopped nothing runs, and nothing is put off any more', () => {
  const clock = new ManualClock();
  const timers = new Timers(clock);
  const ran: string[] = [];
  timers.after(10, () => ran.push('in time'));
  clock.advance(10);
  timers.after(10, () => ran.push('stopped'));
  timers.stop();
  // An answer that comes late would try again.
  timers.after(10, () => ran.push('after the end'));
  clock.advance(100);
  assert.deepEqual(ran, ['in time']);
});
