import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Asks } from '../../server/runtime/asks.ts';
import { THREAD_GONE, TIMED_OUT } from '../../server/runtime/fault.ts';
import type { Fault } from '../../server/runtime/envelope.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('a question fails at its deadline, not before; its late answer finds nobody', () => {
  const clock = new ManualClock();
  const asks = new Asks(clock, 10);
  const failed: Fault[] = [];
  const token = asks.add(
    'writer',
    1000,
    () => undefined,
    (fault) => failed.push(fault),
  );
  assert.ok(token !== undefined);
  clock.advance(999);
  assert.deepEqual(failed, []);
  clock.advance(60);
  assert.deepEqual(failed, [TIMED_OUT]);
  assert.equal(asks.take(token), undefined);
  assert.equal(asks.size, 0);
  assert.equal(clock.waiting, 0, 'no timer runs while nothing is asked');
});

test('deadlines of different lengths keep their own order', () => {
  const clock = new ManualClock();
  const asks = new Asks(clock, 10);
  const order: string[] = [];
  asks.add(
    'writer',
    5000,
    () => undefined,
    () => order.push('long'),
  );
  asks.add(
    'writer',
    200,
    () => undefined,
    () => order.push('short'),
  );
  clock.advance(10_000);
  assert.deepEqual(order, ['short', 'long']);
});

test('[P8] what was asked of a thread that is gone fails at once, the rest waits on', () => {
  const asks = new Asks(new ManualClock(), 10);
  const failed: string[] = [];
  asks.add(
    'shard:0',
    1000,
    () => undefined,
    (fault) => failed.push(fault.detail),
  );
  asks.add(
    'shard:1',
    1000,
    () => undefined,
    () => failed.push('wrong'),
  );
  asks.failThread('shard:0');
  assert.deepEqual(failed, [THREAD_GONE.detail]);
  assert.equal(asks.size, 1);
});

test('[P9] past its limit no further question is taken', () => {
  const asks = new Asks(new ManualClock(), 1);
  assert.notEqual(
    asks.add(
      'writer',
      1,
      () => undefined,
      () => undefined,
    ),
    undefined,
  );
  assert.equal(
    asks.add(
      'writer',
      1,
      () => undefined,
      () => undefined,
    ),
    undefined,
  );
});

test('[P8] the answer to a question of an earlier life of the thread finds nobody', () => {
  const clock = new ManualClock();
  const answers: unknown[] = [];
  const ask = (asks: Asks): number | undefined =>
    asks.add(
      'pool' as never,
      1000,
      (answer) => answers.push(answer),
      (fault) => answers.push(fault),
    );
  const lives = [0, 1, 2].map((life) => new Asks(clock, 8, life));
  const tokens = lives.map(ask);
  assert.equal(new Set(tokens).size, 3);
  for (const [i, asks] of lives.entries()) {
    for (const [j, token] of tokens.entries()) {
      if (i !== j) assert.equal(asks.take(token ?? NaN), undefined);
    }
    assert.equal(asks.size, 1);
    asks.stop();
  }
});
