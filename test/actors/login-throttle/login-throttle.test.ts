import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { loginThrottle } from '../../../server/actors/login-throttle/messages.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { AccountStage, MAX_FAILURES, WINDOW_MS } from '../../support/account-stage.ts';

const tally = (outcomes: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};
/** What was sent has been handled, and its answers too. */
const handled = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await turn();
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

const isUnavailable = (error: unknown) => error instanceof ParleyError && error.code === 'unavailable';

test('[A4] a guess whose failure could not be stored is not free: nobody enters until it is counted', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  stage.failing = 'settleLogin';
  for (let i = 0; i < 5; i += 1) {
    await assert.rejects(stage.login('alice', 'Wrong-Horse-1'), isUnavailable);
  }
  assert.equal(stage.verified.length, 1);
  stage.failing = null;
  for (let i = 0; i < 3; i += 1) assert.equal(await stage.login('alice', 'Wrong-Horse-1'), 'wrong');
  assert.equal(await stage.login('alice', 'Wrong-Horse-1'), 'limited');
});

test('[A4] an outcome that could not be stored is tried again although nobody asks', async () => {
  const stage = new AccountStage();
  stage.failing = 'settleLogin';
  await assert.rejects(stage.login('alice', 'Wrong-Horse-1'), isUnavailable);
  stage.failing = null;
  assert.equal(stage.failures.size, 0);
  stage.clock.advance(250);
  await handled();
  assert.equal(stage.failures.get('192.0.2.1')?.failures, 1);
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
  await handled();
  stage.clock.advance(5_000);
  assert.equal((await waiting).kind, 'entered');
});

test('a waiter whose asker has given up gets no slot', async () => {
  const stage = new AccountStage();
  const held = await stage.enter();
  for (let i = 1; i < MAX_FAILURES; i += 1) await stage.enter();
  const waiting = stage.enter();
  await handled();
  stage.clock.advance(9_001);
  assert.ok(held.kind === 'entered');
  const settled = stage.host.ask(
    loginThrottle('192.0.2.1'),
    { type: 'settle', slot: held.slot, name: 'alice', outcome: 'void' },
    60_000,
  );
  await assert.rejects(waiting, isUnavailable);
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

test('[A4] what an operator has forgotten in the store no longer counts', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  for (let i = 0; i < 5; i += 1) await stage.login('alice', 'Wrong-Horse-1');
  assert.equal((await stage.enter()).kind, 'limited');
  stage.failures.clear();
  assert.equal((await stage.enter()).kind, 'limited', 'the store is not asked again so soon');
  stage.host.tell(loginThrottle('192.0.2.1'), { type: 'reload' });
  const slots = await Promise.all(times(MAX_FAILURES, () => stage.enter()));
  assert.ok(slots.every(({ kind }) => kind === 'entered'));
});

test('[A4] what an operator has forgotten at another host is noticed within a second', async () => {
  const stage = new AccountStage();
  for (let i = 0; i < 6; i += 1) await stage.login('alice', 'Wrong-Horse-1');
  stage.failures.clear();
  stage.clock.advance(999);
  assert.equal((await stage.enter()).kind, 'limited');
  stage.clock.advance(1);
  assert.equal((await stage.enter()).kind, 'entered');
});

test('[P8] while the store takes nothing, attempts fail as unavailable, and the next one finds the stored count', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  stage.failures.set('192.0.2.1', { failures: MAX_FAILURES, firstAt: stage.clock.now() });
  stage.failing = 'enterLogin';
  await assert.rejects(stage.login('alice', 'Right-Horse-1'), isUnavailable);
  stage.failing = null;
  assert.equal(await stage.login('alice', 'Right-Horse-1'), 'limited');
});

test('[A4] a thousand guesses at two hosts reach the hash exactly five times, and right passwords all pass', async (t) => {
  const one = new AccountStage();
  const hosts = [one, new AccountStage(one)];
  /** Time passes: who waits for a slot of the other host asks again. */
  const time = { passes: true };
  t.after(() => {
    time.passes = false;
  });
  void (async () => {
    while (time.passes) {
      await handled();
      one.clock.advance(25);
    }
  })();
  for (const stage of hosts) stage.person('alice', 'Right-Horse-1');
  const right = hosts.flatMap((stage) => times(20, () => stage.login('alice', 'Right-Horse-1')));
  assert.deepEqual(tally(await Promise.all(right)), { opened: 40 });
  const reached = () => hosts.reduce((sum, { verified }) => sum + verified.length, 0);
  const before = reached();
  const wrong = hosts.flatMap((stage) => times(500, (i) => stage.login('alice', `Wrong-Horse-${String(i)}`)));
  assert.deepEqual(tally(await Promise.all(wrong)), { wrong: 4, limited: 996 });
  assert.equal(reached() - before, MAX_FAILURES);
});

test('[A4] slots of a host that died end after 30 seconds', async () => {
  const dead = new AccountStage();
  for (let i = 0; i < MAX_FAILURES; i += 1) assert.equal((await dead.enter()).kind, 'entered');
  const living = new AccountStage(dead);
  dead.clock.advance(29_900);
  const waiting = living.enter();
  for (let waited = 0; waited < 100; waited += 25) {
    await handled();
    dead.clock.advance(25);
  }
  assert.equal((await waiting).kind, 'entered');
});
