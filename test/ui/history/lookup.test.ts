import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { Lookup } from '../../../ui/history/lookup.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';

const offline = () => new ApiProblem('offline', 'gone');

/** A lookup whose questions the test answers itself. */
const asked = () => {
  const clock = new ManualClock();
  const questions: { query: string; resolve: (found: string[]) => void; reject: (why: unknown) => void }[] =
    [];
  const lookup = new Lookup<readonly string[]>(
    clock,
    (query) =>
      new Promise((resolve, reject) => {
        questions.push({ query, resolve, reject });
      }),
    (found) => found.length === 0,
  );
  const type = (query: string) => {
    lookup.type(query);
    clock.advance(1_000);
    return questions.at(-1)!;
  };
  return { lookup, questions, type, clock };
};

test('it asks when one has stopped typing, and an answer that was overtaken is dropped', async () => {
  const { lookup, questions, type, clock } = asked();
  lookup.type('a');
  lookup.type('ab');
  clock.advance(1_000);
  assert.deepEqual(
    questions.map(({ query }) => query),
    ['ab'],
  );
  const [first] = questions;
  const second = type('abc');
  first!.resolve(['of before']);
  await settled();
  assert.equal(lookup.found.get().result, null);
  second.resolve(['abc']);
  await settled();
  assert.deepEqual(lookup.found.get().result, ['abc']);
  assert.equal(lookup.found.get().busy, false);
});

test('a failure is said and can be repeated', async () => {
  const { lookup, questions, type, clock } = asked();
  type('a').reject(offline());
  await settled();
  assert.equal(lookup.found.get().problem, 'offline');
  lookup.retry();
  assert.equal(lookup.found.get().problem, null);
  clock.advance(1_000);
  questions.at(-1)!.resolve(['a']);
  await settled();
  assert.deepEqual(lookup.found.get().result, ['a']);
});

test('a further page: one at a time, its failure beside what is there, its end remembered', async () => {
  const { lookup, type } = asked();
  type('a').resolve(['a1']);
  await settled();
  let fail: (why: unknown) => void = () => undefined;
  let calls = 0;
  const never = () => {
    calls += 1;
    return new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
  };
  const under = lookup.extend(never);
  await lookup.extend(never);
  assert.equal(calls, 1);
  assert.equal(lookup.found.get().further.busy, true);
  fail(offline());
  await under;
  assert.deepEqual(lookup.found.get().further, { busy: false, problem: 'offline', ended: false });
  assert.deepEqual(lookup.found.get().result, ['a1']);
  await lookup.extend((held) => Promise.resolve({ result: [...held, 'a2'], ended: true }));
  assert.deepEqual(lookup.found.get().result, ['a1', 'a2']);
  await lookup.extend(never);
  assert.equal(calls, 1, 'there is no page after the last');
});

test('a further page of another search is dropped', async () => {
  const { lookup, type } = asked();
  type('a').resolve(['a1']);
  await settled();
  let answer: (page: { result: string[]; ended: boolean }) => void = () => undefined;
  const under = lookup.extend(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  type('b').resolve(['b1']);
  await settled();
  answer({ result: ['a1', 'a2'], ended: false });
  await under;
  assert.deepEqual(lookup.found.get().result, ['b1']);
  assert.equal(lookup.found.get().further.busy, false);
});
