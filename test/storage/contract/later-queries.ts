import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Queries } from '../../../server/storage/store.ts';
import { pairOf, Stage, type StoreFactory } from '../stage.ts';

/** What a later query gets: no query may leave anything behind that fails the next one, above all one that stops before it has seen
 *  all there is. */
export const laterQueryRules = (factory: StoreFactory): void => {
  describe('later queries', () => {
    test('[P8] after each query, at each limit, every other query answers as before', (t) => {
      const stage = new Stage(t, factory);
      const people = Array.from({ length: 40 }, (_, i) => stage.person(`m${String(i).padStart(2, '0')}.xm`));
      const [viewer = '', ...peers] = people;
      for (const peer of peers) {
        stage.say(viewer, peer, 'one mmm message');
        stage.say(peer, viewer, 'and its answer mmm');
      }
      const conversationId =
        stage.queries.conversationState(pairOf(viewer, peers[0] ?? ''))?.id ?? 'no conversation';
      const calls = (limit: number): readonly ((queries: Queries) => unknown)[] => [
        (queries) => queries.headCursor(viewer),
        (queries) => queries.pair(conversationId),
        (queries) => queries.conversationState(pairOf(viewer, peers[0] ?? '')),
        (queries) => queries.person(viewer),
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
      for (const limit of [1, 2, 39, 40, 41, 200]) {
        const all = calls(limit);
        const first = all.map((call) => call(stage.queries));
        for (const [at, call] of all.entries()) {
          call(stage.queries);
          for (const [other, expected] of first.entries())
            assert.deepEqual(
              all[other]?.(stage.queries),
              expected,
              `query ${String(other)} after ${String(at)}`,
            );
        }
      }
    });
  });
};
