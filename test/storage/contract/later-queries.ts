import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Queries } from '../../../server/storage/reads.ts';
import { Stage, type StoreFactory } from '../stage.ts';
import { inOrder } from '../../support/in-order.ts';
import { isExtended } from '../../support/scale.ts';

/** What a later query gets: no query may leave anything behind that fails the next one, above all one that stops before it has seen
 *  all there is. */
export const laterQueryRules = (factory: StoreFactory): void => {
  describe('later queries', () => {
    test('[P8] after each query, at each limit, every other query answers as before', async (t) => {
      const stage = await Stage.open(t, factory);
      const people = await inOrder(Array.from({ length: 40 }), (_, i) =>
        stage.person(`m${String(i).padStart(2, '0')}.xm`),
      );
      const [viewer = '', ...peers] = people;
      for (const peer of peers) {
        await stage.say(viewer, peer, 'one mmm message');
        await stage.say(peer, viewer, 'and its answer mmm');
      }
      const listed = await stage.queries.conversations(viewer, 1, null);
      const conversationId = listed?.conversations[0]?.id ?? 'no conversation';
      const calls = (limit: number): readonly ((queries: Queries) => Promise<unknown>)[] => [
        (queries) => queries.headCursor(viewer),
        (queries) => queries.pair(conversationId),
        (queries) => queries.me(viewer),
        (queries) => queries.user(viewer, peers[0] ?? ''),
        (queries) => queries.userIdByName('m00.xm'),
        (queries) => queries.users(viewer, 'm', limit),
        (queries) => queries.partners(viewer),
        (queries) => queries.presenceOf(people.slice(0, limit)),
        (queries) => queries.conversation(viewer, conversationId),
        (queries) => queries.conversations(viewer, limit, null),
        (queries) => queries.messages(viewer, conversationId, { limit }),
        (queries) => queries.sessions(viewer, viewer),
        ...(['users', 'conversations', 'messages', undefined] as const).flatMap((type) =>
          ['m', 'xm', 'mmm m'].map(
            (q) => (queries: Queries) =>
              queries.search(viewer, q, { limit, ...(type === undefined ? {} : { type }) }),
          ),
        ),
        (queries) => queries.eventsAfter(viewer, 0, limit),
        (queries) => queries.undelivered(viewer, 0, limit),
        (queries) => queries.probe(),
      ];
      for (const limit of isExtended ? [1, 2, 39, 40, 41, 200] : [1, 40]) {
        const all = calls(limit);
        const first = await inOrder(all, (call) => call(stage.queries));
        for (const [at, call] of all.entries()) {
          await call(stage.queries);
          for (const [other, expected] of first.entries())
            assert.deepEqual(
              await all[other]?.(stage.queries),
              expected,
              `query ${String(other)} after ${String(at)}`,
            );
        }
      }
    });
  });
};
