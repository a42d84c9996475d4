import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ATTEMPTS_MAX,
  type DeliveryAttempt,
  POISON_MESSAGE,
  Quarantine,
} from '../../../server/actors/quarantine/quarantine.ts';
import { CRASHED, FULL, THREAD_AWAY, THREAD_GONE } from '../../../server/runtime/fault.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const open = () => {
  const clock = new ManualClock();
  const dead: string[] = [];
  const quarantine = new Quarantine(clock, (id) => dead.push(id));
  /** What was handed on and has no answer. */
  const underWay = new Map<string, DeliveryAttempt>();
  const hand = (id: string): void => {
    quarantine.attempt(id, (attempt) => underWay.set(id, attempt));
  };
  const take = (id: string): DeliveryAttempt => {
    const attempt = underWay.get(id);
    assert.ok(attempt, `${id} is not under way`);
    underWay.delete(id);
    clock.advance(1);
    return attempt;
  };
  const fail = (id: string) => {
    const attempt = take(id);
    const told = quarantine.failed(id, THREAD_GONE, attempt);
    attempt.done();
    return told;
  };
  const pass = (id: string): void => {
    const attempt = take(id);
    quarantine.passed(id);
    attempt.done();
  };
  return { clock, quarantine, dead, underWay, hand, take, fail, pass };
};

test('[R6] the third failure is the last: refused from then on, its id told once', () => {
  const { clock, quarantine, dead, hand, fail } = open();
  for (let n = 1; n <= ATTEMPTS_MAX; n += 1) {
    assert.equal(quarantine.isQuarantined('a'), false);
    hand('a');
    assert.equal(fail('a'), n < ATTEMPTS_MAX ? THREAD_GONE : POISON_MESSAGE);
  }
  assert.deepEqual(dead, ['a']);
  assert.equal(quarantine.isQuarantined('a'), true);
  clock.advance(600_000);
  assert.equal(quarantine.isQuarantined('a'), false, 'it may have been three accidents');
});

test('[R6] only what an actor or a thread did not survive counts', () => {
  const { quarantine, hand, take } = open();
  for (const fault of [FULL, THREAD_AWAY, FULL, THREAD_AWAY, THREAD_AWAY]) {
    hand('a');
    assert.equal(quarantine.failed('a', fault, take('a')), fault);
  }
  assert.equal(quarantine.isQuarantined('a'), false);
  hand('a');
  quarantine.failed('a', CRASHED, take('a'));
  hand('a');
  quarantine.passed('a');
  hand('a');
});

test('[R6] repeats that were under way together count once', () => {
  const { clock, quarantine } = open();
  const attempts: DeliveryAttempt[] = [];
  for (let n = 0; n < 4; n += 1) quarantine.attempt('a', (attempt) => attempts.push(attempt));
  clock.advance(5);
  for (const attempt of attempts) assert.equal(quarantine.failed('a', THREAD_GONE, attempt), THREAD_GONE);
  assert.equal(quarantine.isQuarantined('a'), false);
});

test('[R6] of many that failed together the poison alone is refused', () => {
  const { dead, underWay, hand, fail, pass } = open();
  const all = Array.from({ length: 200 }, (_, i) => `m${String(i)}`);
  const poison = 'm77';
  let left = new Set(all);
  for (const id of all) hand(id);
  assert.equal(underWay.size, 200, 'what never failed is handed on at once');
  for (let round = 0; left.size > 0; round += 1) {
    assert.ok(round < 400, 'it comes to an end');
    // What is under way when the poison is handled fails with it; else everything passes.
    const now = [...underWay.keys()];
    const struck = now.includes(poison);
    if (round > 0) assert.ok(now.length <= 64, 'at most 64 together');
    const again: string[] = [];
    for (const id of now) {
      if (!struck) {
        pass(id);
        left.delete(id);
      } else if (fail(id).code === 'bad_request') left.delete(id);
      else again.push(id);
    }
    left = new Set(left);
    for (const id of again) hand(id);
  }
  assert.deepEqual(dead, [poison]);
});

test('[R6] a trial without an answer does not stand in the way for ever', () => {
  const { clock, underWay, hand, fail } = open();
  for (let n = 0; n < 2; n += 1) {
    hand('a');
    fail('a');
  }
  hand('b');
  fail('b');
  hand('a');
  hand('b');
  assert.deepEqual([...underWay.keys()], ['a']);
  clock.advance(10_000);
  assert.deepEqual([...underWay.keys()], ['a', 'b']);
});
