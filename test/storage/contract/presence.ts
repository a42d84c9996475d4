import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Stage, type StoreFactory } from '../stage.ts';

/** Presence:
 *  S6 Presence names the sessions that have sockets; after a restart nobody is online, last_seen stays.
 *  S7 Presence is seen only by those the person has written to. */
export const presenceRules = (factory: StoreFactory): void => {
  describe('presence', () => {
    test('[S6] [S7] presence', (t) => {
      const stage = new Stage(t, factory);
      const session = stage.session();
      const ann = stage.person('ann', session);
      const [ben, cleo] = [stage.person('ben'), stage.person('cleo')];
      stage.say(ann, ben, 'hi');
      const connections = [{ sessionId: session.id, websocketId: 'w1', ipAddress: '198.51.100.7' }];
      const { lastSeen } = stage.do('setPresence', { userId: ann, status: 'online', connections });
      const status = (viewer: string): unknown => {
        const user = stage.queries.user(viewer, ann);
        return user !== null && 'status' in user ? user.status : undefined;
      };
      assert.deepEqual([status(ben), status(cleo), status(ann)], ['online', null, 'online']);
      assert.equal(stage.queries.sessions(ann, '')[0]?.connected, true);
      assert.equal(stage.queries.sessions(ann, '')[0]?.ip_address, '198.51.100.7');
      stage.store.restart();
      assert.deepEqual(stage.queries.presenceOf([ann, stage.ids.next()]), [
        { userId: ann, status: 'offline', lastSeen },
      ]);
      assert.equal(stage.queries.sessions(ann, '')[0]?.connected, false);
      assert.deepEqual(stage.queries.partners(ann), [ben]);
    });

    test('[S7] writing to somebody is the consent; opening a conversation, or being written to, is none', (t) => {
      const stage = new Stage(t, factory);
      const [ann, eve] = [stage.person('ann'), stage.person('eve')];
      for (const userId of [ann, eve]) stage.do('setPresence', { userId, status: 'online', connections: [] });
      const { conversationId } = stage.do('openConversation', {
        userId: eve,
        peerId: ann,
        newConversationId: stage.ids.next(),
      }) as { conversationId: string };
      /** What one sees of the other, wherever a person is shown. */
      const seen = (viewer: string, of: string): unknown[] => {
        const { queries } = stage;
        const name = of === ann ? 'ann' : 'eve';
        const shown = [
          queries.user(viewer, of),
          ...queries.users(viewer, name, 10),
          ...queries.search(viewer, name, { type: 'users', limit: 10 }).users,
          queries.conversation(viewer, conversationId)?.peer,
          ...(queries.conversations(viewer, 10, null)?.conversations.map(({ peer }) => peer) ?? []),
          ...queries
            .search(viewer, name, { type: 'conversations', limit: 10 })
            .conversations.map(({ peer }) => peer),
          ...stage
            .log(viewer)
            .flatMap(({ payload }) => ('conversation' in payload ? [payload.conversation.peer] : [])),
        ];
        const states = shown.map((user) =>
          user !== null && user !== undefined && 'status' in user
            ? [user.status, user.last_seen === null]
            : user,
        );
        return [...new Map(states.map((state) => [JSON.stringify(state), state])).values()];
      };
      const NOTHING = [[null, true]];
      const ONLINE = [['online', false]];
      assert.deepEqual(seen(eve, ann), NOTHING);
      assert.deepEqual(stage.queries.partners(ann), []);
      stage.say(eve, ann, 'do you see me?');
      assert.deepEqual(seen(eve, ann), NOTHING);
      assert.deepEqual(seen(ann, eve), ONLINE);
      assert.deepEqual([stage.queries.partners(ann), stage.queries.partners(eve)], [[], [ann]]);
      stage.say(ann, eve, 'I do');
      assert.deepEqual(seen(eve, ann), ONLINE);
      // Deleting the conversation, on either side, takes nothing back.
      for (const userId of [ann, eve]) stage.do('hideConversation', { userId, conversationId });
      assert.deepEqual([seen(eve, ann), seen(ann, eve)], [ONLINE, ONLINE]);
      assert.deepEqual([stage.queries.partners(ann), stage.queries.partners(eve)], [[eve], [ann]]);
    });

    test('[S6] a clock that ran ahead leaves nobody seen, and no session used, in the future', (t) => {
      const stage = new Stage(t, factory);
      const session = stage.session();
      const ann = stage.person('ann', session);
      const ben = stage.person('ben');
      stage.say(ann, ben, 'hi');
      const YEAR_MS = 365 * 86_400_000;
      stage.clock.advance(YEAR_MS);
      const connections = [{ sessionId: session.id, websocketId: 'w1', ipAddress: '198.51.100.7' }];
      stage.do('setPresence', { userId: ann, status: 'online', connections });
      const late = stage.session();
      stage.do('openSession', { userId: ann, session: late, rehash: null });
      stage.clock.setBack(YEAR_MS);
      const now = (): string => new Date(stage.clock.now()).toISOString();
      const lastSeen = (): unknown => {
        const seen = stage.queries.user(ben, ann);
        return seen !== null && 'last_seen' in seen ? seen.last_seen : undefined;
      };
      assert.equal(lastSeen(), now());
      assert.equal(stage.queries.presenceOf([ann])[0]?.lastSeen, stage.clock.now());
      for (const shown of stage.queries.sessions(ann, '')) {
        assert.ok(shown.last_activity <= now(), shown.last_activity);
        assert.ok(shown.created_at <= now(), shown.created_at);
      }
      // As soon as something is stored again, the right time is.
      const stored = stage.do('setPresence', { userId: ann, status: 'offline', connections: [] });
      assert.equal(stored.lastSeen, stage.clock.now());
      stage.clock.advance(60_000);
      assert.equal(lastSeen(), new Date(stored.lastSeen).toISOString());
    });
  });
};
