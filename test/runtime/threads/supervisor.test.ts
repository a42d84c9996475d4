import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, Pulse } from '../../../server/runtime/threads/supervisor.ts';

const five = { intensity: 5, periodMs: 60_000 };

test('[P8] five failures within the period are restarted, the sixth gives up', () => {
  const failures: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    failures.push(i * 1000);
    assert.equal(judge(failures, i * 1000, five), 'restart');
  }
  failures.push(5000);
  assert.equal(judge(failures, 5000, five), 'give-up');
});

test('failures older than the period are forgiven', () => {
  assert.equal(judge([0, 1, 2, 3, 4, 60_003], 60_003, five), 'restart');
});

test('a thread hangs after as many unanswered beats as it may miss; an answer starts the count anew', () => {
  const pulse = new Pulse(2);
  assert.deepEqual([pulse.beat(7), pulse.beat(7)], [false, false]);
  pulse.answered();
  assert.deepEqual([pulse.beat(7), pulse.beat(7), pulse.beat(7)], [false, false, true]);
});

test('a thread that takes in envelopes does not hang, even if it answers no beat', () => {
  const pulse = new Pulse(2);
  for (let taken = 1; taken <= 10; taken += 1) assert.equal(pulse.beat(taken), false);
  assert.deepEqual([pulse.beat(10), pulse.beat(10)], [false, true]);
});
