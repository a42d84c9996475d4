import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { loginThrottleProps } from '../../../server/actors/login-throttle/login-throttle.ts';
import { loginThrottle, type LoginThrottleMessage } from '../../../server/actors/login-throttle/messages.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { AccountStage, MAX_FAILURES, WINDOW_MS } from '../../support/account-stage.ts';
import { RecordedContext } from '../../support/recorded-context.ts';

const tally = (outcomes: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

test('a thousand parallel guesses at one name reach the hash exactly five times', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  const outcomes = await Promise.all(times(1000, (i) => stage.login('alice', `Wrong-Horse-${String(i)}`)));
  assert.equal(stage.verified.length, MAX_FAILURES);
  assert.deepEqual(tally(outcomes), { wrong: 4, limited: 996 });
});

test('a thousand parallel guesses at a thousand names reach the hash exactly five times', async () => {
  const stage = new AccountStage();
  const outcomes = await Promise.all(times(1000, (i) => stage.login(`name${String(i)}`, 'Wrong-Horse-1')));
  assert.equal(stage.verified.length, MAX_FAILURES);
  assert.deepEqual(tally(outcomes), { wrong: 4, limited: 996 });
});

test('two hundred parallel right logins are all let in, and write no failure', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  const outcomes = await Promise.all(times(200, () => stage.login('alice', 'Right-Horse-1')));
  assert.deepEqual(tally(outcomes), { opened: 200 });
  assert.ok(stage.writes.every(({ type }) => type === 'openSession'));
});

test('the fifth failed attempt and a right password after it are limited', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  const outcomes: string[] = [];
  for (let i = 0; i < 5; i += 1) outcomes.push(await stage.login('alice', 'Wrong-Horse-1'));
  outcomes.push(await stage.login('alice', 'Right-Horse-1'));
  assert.deepEqual(outcomes, ['wrong', 'wrong', 'wrong', 'wrong', 'limited', 'limited']);
});

test('[A4] a success before the fifth failure takes back the failures of its name', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  for (let round = 0; round < 3; round += 1) {
    for (let i = 0; i < 4; i += 1) assert.equal(await stage.login('alice', 'Wrong-Horse-1'), 'wrong');
    assert.equal(await stage.login('alice', 'Right-Horse-1'), 'opened');
  }
  assert.equal(stage.failures.size, 0);
});

test('[A4] a success takes back nothing of another name, however often: four guesses are judged', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  stage.person('eve', 'Own-Horse-1');
  const guesses: string[] = [];
  for (let i = 0; i < 60; i += 1) {
    guesses.push(await stage.login('alice', `Wrong-Horse-${String(i)}`));
    if (i % 2 === 1) await stage.login('Eve', 'Own-Horse-1');
  }
  assert.deepEqual(tally(guesses), { wrong: 4, limited: 56 });
});

test('[A4] what one name fails beside another is taken back alone, and the window is that of the first failure', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  stage.person('eve', 'Own-Horse-1');
  const firstAt = stage.clock.now();
  for (const name of ['eve', 'alice', 'eve']) {
    assert.equal(await stage.login(name, 'Wrong-Horse-1'), 'wrong');
    stage.clock.advance(60_000);
  }
  assert.equal(await stage.login('eve', 'Own-Horse-1'), 'opened');
  assert.deepEqual([...stage.failures.values()], [{ failures: 1, firstAt }]);
  for (let i = 0; i < 3; i += 1) assert.equal(await stage.login('alice', 'Wrong-Horse-1'), 'wrong');
  assert.equal(await stage.login('alice', 'Wrong-Horse-1'), 'limited');
  const leftS = (firstAt + WINDOW_MS - stage.clock.now()) / 1000;
  assert.deepEqual(await stage.enter(), { kind: 'limited', retryAfterS: leftS });
});

test('another address is not limited', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  for (let i = 0; i < 6; i += 1) await stage.login('alice', 'Wrong-Horse-1');
  assert.equal(await stage.login('alice', 'Right-Horse-1', '192.0.2.2'), 'opened');
});

test('the window runs from its first failure; Retry-After says how long it still is', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  for (let i = 0; i < 5; i += 1) {
    await stage.login('alice', 'Wrong-Horse-1');
    stage.clock.advance(60_000);
  }
  assert.deepEqual(await stage.enter(), { kind: 'limited', retryAfterS: (WINDOW_MS - 300_000) / 1000 });
  stage.clock.advance(WINDOW_MS - 300_000 - 1);
  assert.deepEqual(await stage.enter(), { kind: 'limited', retryAfterS: 1 });
  stage.clock.advance(1);
  assert.equal(await stage.login('alice', 'Right-Horse-1'), 'opened');
});

test('the count survives the loss of the throttle', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  for (let i = 0; i < 5; i += 1) await stage.login('alice', 'Wrong-Horse-1');
  const again = new AccountStage();
  for (const [key, stored] of stage.failures) again.failures.set(key, stored);
  again.person('alice', 'Right-Horse-1');
  assert.equal(await again.login('alice', 'Right-Horse-1'), 'limited');
  assert.equal(again.verified.length, 0);
});

test('a guess whose failure could not be stored is not free', async () => {
  const stage = new AccountStage();
  stage.failing = 'recordLoginFailure';
  const unavailable = (error: unknown) => error instanceof ParleyError && error.code === 'unavailable';
  for (let i = 0; i < 5; i += 1) await assert.rejects(stage.login('alice', 'Wrong-Horse-1'), unavailable);
  assert.equal(await stage.login('alice', 'Wrong-Horse-1'), 'limited');
});

test('an attempt that broke off counts for nothing and gives its slot back', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  stage.failing = 'verify';
  for (let i = 0; i < 20; i += 1) await assert.rejects(stage.login('alice', 'Right-Horse-1'));
  stage.failing = null;
  assert.equal(await stage.login('alice', 'Right-Horse-1'), 'opened');
  assert.equal(stage.failures.size, 0);
});

test('a slot that nobody settles is taken back after 30 seconds, and its waiter served', async () => {
  const stage = new AccountStage();
  for (let i = 0; i < MAX_FAILURES; i += 1) assert.equal((await stage.enter()).kind, 'entered');
  stage.clock.advance(25_000);
  const waiting = stage.enter();
  await turn();
  stage.clock.advance(5_000);
  assert.equal((await waiting).kind, 'entered');
});

test('a waiter whose asker has given up gets no slot', async () => {
  const stage = new AccountStage();
  const held = await stage.enter();
  for (let i = 1; i < MAX_FAILURES; i += 1) await stage.enter();
  const waiting = stage.enter();
  await turn();
  stage.clock.advance(9_001);
  assert.ok(held.kind === 'entered');
  const settled = stage.host.ask(
    loginThrottle('192.0.2.1'),
    { type: 'settle', slot: held.slot, name: 'alice', outcome: 'void' },
    60_000,
  );
  await assert.rejects(
    waiting,
    (error: unknown) => error instanceof ParleyError && error.code === 'unavailable',
  );
  assert.deepEqual(await settled, { kind: 'settled' });
});

test('[P9] past 2,048 waiting attempts of one address the next is refused at once; other addresses pass', async () => {
  const stage = new AccountStage();
  const slots = await Promise.all(times(MAX_FAILURES, () => stage.enter()));
  assert.ok(slots.every(({ kind }) => kind === 'entered'));
  const waiting = times(2_048, () => stage.enter());
  await assert.rejects(
    stage.enter(),
    (error: unknown) =>
      error instanceof ParleyError && error.code === 'unavailable' && error.retryAfterS === 1,
  );
  assert.equal((await stage.enter('192.0.2.2')).kind, 'entered');
  for (const entry of slots) {
    assert.ok(entry.kind === 'entered');
    const { slot } = entry;
    const settle = { type: 'settle', slot, name: 'alice', outcome: 'wrong' } as const;
    await stage.host.ask(loginThrottle('192.0.2.1'), settle, 60_000);
  }
  // The fifth failure ends it for all who wait.
  const kinds = tally((await Promise.all(waiting)).map(({ kind }) => kind));
  assert.deepEqual(kinds, { limited: 2_048 });
});

test('[A4] failures of before the clock was set back last one window from then, and are not forgotten at once', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  const day = 86_400_000;
  stage.clock.advance(day);
  for (let i = 0; i < 5; i += 1) await stage.login('alice', 'Wrong-Horse-1');
  stage.clock.setBack(day);
  assert.deepEqual(await stage.enter(), { kind: 'limited', retryAfterS: WINDOW_MS / 1000 });
  stage.clock.advance(WINDOW_MS);
  assert.equal(await stage.login('alice', 'Right-Horse-1'), 'opened');
});

test('[A4] what an operator has forgotten in the store no longer counts, and those who wait are let in', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  for (let i = 0; i < 5; i += 1) await stage.login('alice', 'Wrong-Horse-1');
  stage.failures.clear();
  assert.equal((await stage.enter()).kind, 'limited', 'the throttle holds its count in memory');
  stage.host.tell(loginThrottle('192.0.2.1'), { type: 'reload' });
  const slots = await Promise.all(times(MAX_FAILURES, () => stage.enter()));
  assert.ok(slots.every(({ kind }) => kind === 'entered'));
});

test('[P8] the first attempt while the store cannot be read fails as unavailable, and the next one finds the stored count', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  stage.failures.set('192.0.2.1', { failures: MAX_FAILURES, firstAt: stage.clock.now() });
  stage.unreadable = 1;
  await assert.rejects(
    stage.login('alice', 'Right-Horse-1'),
    (error: unknown) => error instanceof ParleyError && error.code === 'unavailable',
  );
  assert.equal(await stage.login('alice', 'Right-Horse-1'), 'limited');
});

test('[P8] [A4] after a reload that fails the throttle keeps its count, and reads it once it can', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  for (let i = 0; i < 5; i += 1) await stage.login('alice', 'Wrong-Horse-1');
  stage.failures.clear();
  stage.unreadable = 2;
  stage.host.tell(loginThrottle('192.0.2.1'), { type: 'reload' });
  assert.equal((await stage.enter()).kind, 'limited');
  assert.equal((await stage.enter()).kind, 'entered');
});

test('[P8] [A4] while the count cannot be read, slots are given back and wrong guesses are counted', async () => {
  let isReadable = true;
  const queries = {
    loginFailures: () =>
      isReadable ? Promise.resolve(null) : Promise.reject(new ParleyError('unavailable', 'Not now.')),
  };
  const limits = { windowMs: WINDOW_MS, maxFailures: 3 };
  const context = new RecordedContext<LoginThrottleMessage>(loginThrottleProps(queries, limits).create('k'));
  for (let i = 0; i < 2; i += 1) await context.put({ type: 'enter' });
  isReadable = false;
  await context.give({ type: 'reload' });
  await context.advance(30_000);
  const entered = () => context.answers.filter(({ answer }) => answer !== undefined).length;
  for (let i = 0; i < 3; i += 1) await context.put({ type: 'enter' });
  assert.equal(entered(), 5, 'the two slots that lapsed are free');

  const restarted = new RecordedContext<LoginThrottleMessage>(
    loginThrottleProps(queries, limits).create('k'),
  );
  for (let i = 0; i < 3; i += 1) {
    const settled = restarted.put({ type: 'settle', slot: 'of before', name: 'alice', outcome: 'wrong' });
    await turn();
    await restarted.take('recordLoginFailure').fail({ code: 'unavailable', detail: '' });
    await settled;
  }
  isReadable = true;
  const token = await restarted.put({ type: 'enter' });
  const answer = restarted.answers.find((each) => each.token === token)?.answer;
  assert.deepEqual(answer, { kind: 'limited', retryAfterS: WINDOW_MS / 1_000 });
});
