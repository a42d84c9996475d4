import assert from 'node:assert/strict';
import { test } from 'node:test';
import { within } from '../support/deadline.ts';
import { Member } from './member.ts';
import { TEST_BROKERS } from './test-brokers.ts';

/** What every adapter does, on a real broker that works. */

const numbers = (count: number, name = ''): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${name}${String(n)}`);

for (const broker of TEST_BROKERS) {
  const { name, skip } = broker;

  test(
    `${name}: all members of a cluster hear a notice, in the order in which it was sent`,
    { skip },
    async (t) => {
      const way = await broker.share(t);
      const [a, b] = await Promise.all([Member.connected(t, way), Member.connected(t, way)]);
      const other = await Member.connected(t, way, 'other');
      for (const text of numbers(200)) a.say(text);
      await Promise.all([a.hears(200), b.hears(200)]);
      assert.deepEqual([a.heard, b.heard], [numbers(200), numbers(200)], 'its own too');

      const bytes = Uint8Array.from({ length: 5_250 }, (_, n) => n % 256);
      a.notifier.publish(bytes);
      await b.hears(201);
      assert.equal(b.heard.at(-1), Buffer.from(bytes).toString('utf8'), 'the largest, of any bytes');

      other.say('elsewhere');
      await other.hears(1);
      b.say('last');
      await a.hears(202);
      assert.deepEqual([a.heard.at(-1), a.heard.length, other.heard], ['last', 202, ['elsewhere']]);

      const burst = numbers(10_000, 'burst of a notice that has some length ');
      for (const text of burst) a.say(text);
      await b.hears(202 + burst.length);
      assert.deepEqual(b.heard.slice(202), burst);
      assert.deepEqual([a.notifier.stats.dropped, a.states, b.states], [0, [true], [true]]);
    },
  );

  test(
    `${name}: where there is no broker it goes on trying, drops and counts, and can be closed`,
    { skip },
    async (t) => {
      const member = Member.open(t, broker.nowhere);
      member.say('nobody hears this');
      await member.alive(false);
      member.say('nor this');
      const { dropped, isAlive, losses } = member.notifier.stats;
      assert.deepEqual([dropped, isAlive, losses, member.states.length], [2, false, 0, 1]);
      assert.notEqual(member.states[0], '', 'a reason for the log');
      await within(500, 'closing while disconnected', member.notifier.close());
      const closing = Member.open(t, broker.nowhere);
      await within(500, 'closing while connecting', closing.notifier.close());
    },
  );
}
