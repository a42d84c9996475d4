import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LOOKED_MAX } from '../../../server/storage/presenting/bounds.ts';
import { Stage, type StoreFactory } from '../stage.ts';
import { inOrder } from '../../support/in-order.ts';

/** What a connection without a cursor is told:
 *  D11 Undelivered are the messages to a person that no device of theirs has acknowledged, oldest first. */
export const undeliveredRules = (factory: StoreFactory): void => {
  describe('undelivered messages', () => {
    test('[D11] undelivered messages, in pages and from a cursor', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben, cleo] = [
        await stage.person('ann'),
        await stage.person('ben'),
        await stage.person('cleo'),
      ];
      const first = (await stage.say(ann, ben, 'a1')).conversationId;
      for (let i = 2; i <= 90; i += 1)
        await stage.say(i % 2 === 0 ? ann : ben, i % 2 === 0 ? ben : ann, `a${String(i)}`);
      await stage.mark(ben, first, 60, 'delivered');
      for (let i = 1; i <= 40; i += 1) await stage.say(cleo, ben, `c${String(i)}`);
      const wanted = [
        ...Array.from({ length: 15 }, (_, i) => `a${String(62 + 2 * i)}`),
        ...Array.from({ length: 40 }, (_, i) => `c${String(i + 1)}`),
      ];
      const got: string[] = [];
      for (let at = 0, more = true; more;) {
        const page = await stage.queries.undelivered(ben, at, 9);
        got.push(...page.events.map((event) => (event.type === 'message' ? event.payload.content : '?')));
        at = page.cursor;
        more = page.more;
      }
      assert.deepEqual(got, wanted);
      await stage.mark(ben, first, 90, 'delivered');
      assert.equal((await stage.queries.undelivered(ben, 0, 100)).events.length, 40);
    });

    test('[D11] [P9] one query looks at a bounded part of the log, however little it finds', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben, cleo] = [
        await stage.person('ann'),
        await stage.person('ben'),
        await stage.person('cleo'),
      ];
      await stage.say(cleo, ben, 'first, and never acknowledged');
      const { conversationId } = await stage.say(ann, ben, 'a 1');
      await stage.sayMany(ann, ben, new Array<string>(2 * LOOKED_MAX).fill('acknowledged'));
      await stage.mark(ben, conversationId, 2 * LOOKED_MAX, 'delivered');
      await stage.say(cleo, ben, 'last');
      const got: string[] = [];
      const cursors: number[] = [];
      for (let at = 0, more = true; more;) {
        const page = await stage.queries.undelivered(ben, at, 256);
        assert.ok(page.cursor > at, 'each page goes on');
        assert.ok(page.cursor - at <= LOOKED_MAX + 2 * 256, 'and not too far');
        got.push(...page.events.map((event) => (event.type === 'message' ? event.payload.content : '?')));
        cursors.push(page.cursor);
        at = page.cursor;
        more = page.more;
      }
      assert.deepEqual(got, ['first, and never acknowledged', 'acknowledged', 'last']);
      assert.ok(cursors.length >= 2);
    });

    test('[D11] undelivered messages of more conversations than are looked up one by one', async (t) => {
      const stage = await Stage.open(t, factory);
      const ben = await stage.person('ben');
      const senders = await inOrder(Array.from({ length: 300 }), (_, n) => stage.person(`s${String(n)}`));
      for (const sender of senders) await stage.say(sender, ben, 'hello');
      const page = await stage.queries.undelivered(ben, 0, 1_000);
      assert.equal(page.events.length, 300);
    });
  });
};
