import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Stage, type StoreFactory } from '../stage.ts';

/** Presence:
 *  S6 Presence names the sessions that have sockets; after a restart nobody is online, last_seen stays.
 *  S7 Presence is seen only by those the person has written to. */
export const presenceRules = (factory: StoreFactory): void => {
  describe('presence', () => {
    test('[S6] [S7] presence', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session();
      const ann = await stage.person('ann', session);
      const [ben, cleo] = [await stage.person('ben'), await stage.person('cleo')];
      await stage.say(ann, ben, 'hi');
      const { lastSeen } = (await stage.connect(ann, session.id, { ipAddress: '198.51.100.7' })).presence;
      const status = async (viewer: string): Promise<unknown> => {
        const user = await stage.queries.user(viewer, ann);
        return user !== null && 'status' in user ? user.status : undefined;
      };
      assert.deepEqual(
        [await status(ben), await status(cleo), await status(ann)],
        ['online', null, 'online'],
      );
      assert.equal((await stage.queries.sessions(ann, ''))[0]?.connected, true);
      assert.equal((await stage.queries.sessions(ann, ''))[0]?.ip_address, '198.51.100.7');
      await stage.store.restart();
      assert.deepEqual(await stage.queries.presenceOf([ann, stage.ids.next()]), [
        { userId: ann, status: 'offline', lastSeen },
      ]);
      assert.equal((await stage.queries.sessions(ann, ''))[0]?.connected, false);
      assert.deepEqual(await stage.queries.partners(ann), [ben]);
    });

    test('[S7] writing to somebody is the consent; opening a conversation, or being written to, is none', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, eve] = [await stage.person('ann'), await stage.person('eve')];
      for (const userId of [ann, eve]) await stage.appear(userId);
      const { conversationId } = (await stage.do('openConversation', {
        userId: eve,
        peerId: ann,
        newConversationId: stage.ids.next(),
      })) as { conversationId: string };
      /** What one sees of the other, wherever a person is shown. */
      const seen = async (viewer: string, of: string): Promise<unknown[]> => {
        const { queries } = stage;
        const name = of === ann ? 'ann' : 'eve';
        const shown = [
          await queries.user(viewer, of),
          ...(await queries.users(viewer, name, 10)),
          ...(await queries.search(viewer, name, { type: 'users', limit: 10 })).users,
          (await queries.conversation(viewer, conversationId))?.peer,
          ...((await queries.conversations(viewer, 10, null))?.conversations.map(({ peer }) => peer) ?? []),
          ...(await queries.search(viewer, name, { type: 'conversations', limit: 10 })).conversations.map(
            ({ peer }) => peer,
          ),
          ...(await stage.log(viewer)).flatMap(({ payload }) =>
            'conversation' in payload ? [payload.conversation.peer] : [],
          ),
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
      assert.deepEqual(await seen(eve, ann), NOTHING);
      assert.deepEqual(await stage.queries.partners(ann), []);
      await stage.say(eve, ann, 'do you see me?');
      assert.deepEqual(await seen(eve, ann), NOTHING);
      assert.deepEqual(await seen(ann, eve), ONLINE);
      assert.deepEqual([await stage.queries.partners(ann), await stage.queries.partners(eve)], [[], [ann]]);
      await stage.say(ann, eve, 'I do');
      assert.deepEqual(await seen(eve, ann), ONLINE);
      // Deleting the conversation, on either side, takes nothing back.
      for (const userId of [ann, eve]) await stage.hide(userId, conversationId);
      assert.deepEqual([await seen(eve, ann), await seen(ann, eve)], [ONLINE, ONLINE]);
      assert.deepEqual(
        [await stage.queries.partners(ann), await stage.queries.partners(eve)],
        [[eve], [ann]],
      );
    });

    test('[S6] a clock that ran ahead leaves nobody seen, and no session used, in the future', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session();
      const ann = await stage.person('ann', session);
      const ben = await stage.person('ben');
      await stage.say(ann, ben, 'hi');
      const YEAR_MS = 365 * 86_400_000;
      stage.clock.advance(YEAR_MS);
      await stage.connect(ann, session.id);
      const late = stage.session();
      await stage.login(ann, late);
      stage.clock.setBack(YEAR_MS);
      const now = (): string => new Date(stage.clock.now()).toISOString();
      const lastSeen = async (): Promise<unknown> => {
        const seen = await stage.queries.user(ben, ann);
        return seen !== null && 'last_seen' in seen ? seen.last_seen : undefined;
      };
      assert.equal(await lastSeen(), now());
      assert.equal((await stage.queries.presenceOf([ann]))[0]?.lastSeen, stage.clock.now());
      for (const shown of await stage.queries.sessions(ann, '')) {
        assert.ok(shown.last_activity <= now(), shown.last_activity);
        assert.ok(shown.created_at <= now(), shown.created_at);
      }
      // As soon as something is stored again, the right time is.
      const stored = await stage.disconnect(ann);
      assert.equal(stored.lastSeen, stage.clock.now());
      stage.clock.advance(60_000);
      assert.equal(await lastSeen(), new Date(stored.lastSeen).toISOString());
    });
  });
};
