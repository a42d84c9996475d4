import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../server/runtime/clock.ts';
import { eventually } from '../support/eventually.ts';
import { Member } from './member.ts';
import { TEST_BROKERS } from './test-brokers.ts';

/** Brokers that fail. SPEC: the loss of a broker costs speed only, so it has to be noticed soon, and to pass by itself. */

const NOTICED_WITHIN_MS = 3_000;

for (const broker of TEST_BROKERS) {
  const { name, skip } = broker;

  test(`${name}: a broker that is killed is noticed, and found again by itself`, { skip }, async (t) => {
    const running = await broker.start(t);
    const [a, b] = await Promise.all([Member.connected(t, running.way), Member.connected(t, running.way)]);
    await running.crash();
    await Promise.all([a.alive(false, NOTICED_WITHIN_MS), b.alive(false, NOTICED_WITHIN_MS)]);
    a.say('lost');
    assert.ok(a.notifier.stats.dropped > 0);
    await running.start();
    await Promise.all([a.alive(), b.alive()]);
    a.say('heard');
    await Promise.all([a.hears(1), b.hears(1)]);
    assert.deepEqual([a.heard, b.heard], [['heard'], ['heard']], 'what was lost does not come late');
  });

  test(
    `${name}: a broker that is frozen is noticed within 3 s, and used again when it thaws`,
    { skip },
    async (t) => {
      const running = await broker.start(t);
      const member = await Member.connected(t, running.way);
      const from = systemClock.monotonic();
      running.freeze();
      await member.alive(false, NOTICED_WITHIN_MS);
      t.diagnostic(
        `noticed after ${String(Math.round(systemClock.monotonic() - from))} ms: ${String(member.states.at(-1))}`,
      );
      await eventually('attempts that fail', () => member.notifier.stats.failedConnects >= 2, 20_000);
      running.thaw();
      await member.alive();
      member.say('heard');
      await member.hears(1);
      assert.deepEqual(member.heard, ['heard']);
    },
  );

  test(
    `${name}: a wrong password is said, without it, and does not end the attempts`,
    { skip },
    async (t) => {
      const running = await broker.start(t);
      const member = Member.open(t, running.wrongWay);
      await eventually('attempts that fail', () => member.notifier.stats.failedConnects >= 3, 20_000);
      const [reason, ...others] = member.states;
      assert.ok(
        typeof reason === 'string' && /auth|password/i.test(reason) && !reason.includes('wrong'),
        String(reason),
      );
      assert.deepEqual(others, []);
    },
  );

  test(`${name}: closing does not wait for a broker that is frozen`, { skip }, async (t) => {
    const running = await broker.start(t);
    const member = await Member.connected(t, running.way);
    running.freeze();
    const from = systemClock.monotonic();
    member.say('on its way');
    await member.notifier.close();
    assert.ok(systemClock.monotonic() - from < 500);
    assert.deepEqual(member.states, [true]);
  });
}
