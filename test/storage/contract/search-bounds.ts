import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SEARCHED_MAX } from '../../../server/storage/search/effort.ts';
import { Stage, type StoreFactory } from '../stage.ts';

/** A search costs what it looks at, not what it finds: one call looks at a bounded number of messages and says where to go on. */
export const searchBoundRules = (factory: StoreFactory): void => {
  describe('bounds of a search', () => {
    for (const indexed of [false, true]) {
      const name = indexed ? 'indexed' : 'not indexed yet';
      test(`[P9] [F1] a hit below many messages that are none, ${name}`, async (t) => {
        const stage = await Stage.open(t, factory);
        const [ann, ben, cleo] = [
          await stage.person('ann'),
          await stage.person('ben'),
          await stage.person('cleo'),
        ];
        await stage.say(ann, cleo, 'needle, the oldest');
        await stage.say(ann, ben, 'needle in what ben has cleared');
        const { conversationId } = await stage.say(ann, ben, 'hay');
        // All of them hold the needle, and ben has cleared them: the index can't leave them out.
        await stage.sayMany(ann, ben, new Array<string>(3 * SEARCHED_MAX).fill('a needle'));
        await stage.hide(ben, conversationId);
        await stage.say(cleo, ben, 'needle for ben');
        await stage.sayMany(cleo, ben, new Array<string>(3 * SEARCHED_MAX).fill('hay of cleo'));
        if (indexed) await stage.store.settle();

        const first = await stage.queries.search(ben, 'needle', { type: 'messages', limit: 10 });
        if (!indexed) assert.deepEqual(first.messages, []);
        assert.notEqual(first.next, null, 'there is more to look at');
        assert.deepEqual(await stage.found(ben, 'needle', 10), ['needle for ben']);
        assert.deepEqual(await stage.found(ann, 'oldest', 10), ['needle, the oldest']);
        assert.equal((await stage.found(ann, 'needle', 200)).length, 200);

        let calls = 0;
        for (let below: number | null | undefined; below !== null; calls += 1) {
          below = (
            await stage.queries.search(ben, 'needle', {
              type: 'messages',
              limit: 10,
              ...(below === undefined ? {} : { below }),
            })
          ).next;
          assert.ok(calls < 100, 'each call goes on');
        }
        assert.ok(calls >= 3, `${String(calls)} calls`);
      });
    }
  });
};
