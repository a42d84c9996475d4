import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SPENT_MAX } from '../../../server/storage/writes/sessions.ts';
import { Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';

/** Sessions and presence:
 *  S1 A session is found by its id until it ends; ending one that is not one's own is not-found.
 *  S2 A refresh token is good once; the session goes on with its successor.
 *  S3 As long as the successor was not used, the same old token gets the same successor, until the session ends.
 *  S4 Any other use of a spent token ends the session.
 *  S9 A session ends one lifetime after it was made or last renewed, and no clock that is wrong for a moment ends it.
 *  S5 A password change ends all sessions but the one named.
 *  S6 Presence names the sessions that have sockets; after a restart nobody is online, last_seen stays.
 *  S7 Presence is seen only by those the person has written to. */
export const sessionRules = (factory: StoreFactory): void => {
  describe('sessions', () => {
    const day = 86_400_000;
    const rotation = (old: string, next: string) => ({
      hash: Buffer.from(old),
      successorHash: Buffer.from(next),
      ttlMs: day,
    });

    test('[S1] a session until its end', (t) => {
      const stage = new Stage(t, factory);
      const session = stage.session();
      const ann = stage.person('ann', session);
      const ben = stage.person('ben');
      assert.equal(stage.queries.session(session.id)?.userId, ann);
      assert.equal(stage.do('endSession', { userId: ben, sessionId: session.id }).kind, 'not-found');
      assert.equal(stage.do('endSession', { userId: ann, sessionId: session.id }).kind, 'ended');
      assert.equal(stage.queries.session(session.id), null);
    });

    test('[S2] [S3] [S4] rotation, a lost answer, a theft', (t) => {
      const stage = new Stage(t, factory);
      const session = stage.session('r0');
      stage.person('ann', session);
      assert.equal(stage.do('rotateRefresh', rotation('r0', 'r1')).kind, 'rotated');
      stage.clock.advance(3_600_000);
      assert.equal(stage.do('rotateRefresh', rotation('r0', 'r1')).kind, 'repeated');
      stage.store.restart();
      assert.equal(stage.do('rotateRefresh', rotation('r0', 'r1')).kind, 'repeated');
      assert.equal(stage.do('rotateRefresh', rotation('r1', 'r2')).kind, 'rotated');
      assert.equal(stage.do('rotateRefresh', rotation('r0', 'r1')).kind, 'reused');
      assert.equal(stage.queries.session(session.id), null);
      assert.equal(stage.do('rotateRefresh', rotation('r2', 'r3')).kind, 'unknown');
      assert.equal(stage.do('rotateRefresh', rotation('never', 'r9')).kind, 'unknown');
    });

    test('[S3] [S4] each token is repeated until its successor is used, and from then on ends the session, however old', (t) => {
      for (const back of [1, 2, 7]) {
        const stage = new Stage(t, factory);
        const session = stage.session('r0');
        stage.person('ann', session);
        const rotate = (n: number) =>
          stage.do('rotateRefresh', rotation(`r${String(n)}`, `r${String(n + 1)}`)).kind;
        for (let n = 0; n < 8; n += 1) {
          assert.equal(rotate(n), 'rotated');
          stage.clock.advance(3_600_000);
          assert.equal(rotate(n), 'repeated');
          stage.store.settle();
        }
        assert.equal(rotate(7 - back), 'reused', String(back));
        assert.equal(stage.queries.session(session.id), null);
      }
    });

    test('[S3] a repeat lasts as long as the session that it belongs to, and makes it no longer', (t) => {
      const stage = new Stage(t, factory);
      const session = stage.session('b0');
      stage.person('ben', session);
      stage.clock.advance(day - 1);
      assert.equal(stage.do('rotateRefresh', rotation('b0', 'b1')).kind, 'rotated');
      // Long after the end that the old token itself had.
      stage.clock.advance(day - 1);
      stage.store.settle();
      assert.equal(stage.do('rotateRefresh', rotation('b0', 'b1')).kind, 'repeated');
      stage.clock.advance(1);
      assert.equal(stage.do('rotateRefresh', rotation('b0', 'b1')).kind, 'unknown');
      assert.equal(stage.do('rotateRefresh', rotation('b1', 'b2')).kind, 'unknown');
      stage.store.settle();
      assert.equal(stage.do('rotateRefresh', rotation('b0', 'b1')).kind, 'unknown');
      assert.equal(stage.queries.session(session.id), null);
    });

    test('[S3] under another key the successor can not be given again; that is no theft', (t) => {
      const stage = new Stage(t, factory);
      const session = stage.session('r0');
      stage.person('ann', session);
      stage.do('rotateRefresh', rotation('r0', 'r1'));
      assert.equal(stage.do('rotateRefresh', rotation('r0', 'made with another key')).kind, 'unknown');
      assert.notEqual(stage.queries.session(session.id), null);
      assert.equal(stage.do('rotateRefresh', rotation('r1', 'r2')).kind, 'rotated');
    });

    test('[S3] [P9] of one session the last 1,024 spent tokens are known, over a clock that was set back too', (t) => {
      const stage = new Stage(t, factory);
      const session = stage.session('r0');
      stage.person('ann', session);
      const rotate = (n: number) =>
        stage.do('rotateRefresh', rotation(`r${String(n)}`, `r${String(n + 1)}`)).kind;
      stage.clock.setBack(-3_600_000);
      for (let n = 0; n <= SPENT_MAX; n += 1) {
        assert.equal(rotate(n), 'rotated');
        if (n === 600) stage.clock.setBack(3_600_000);
      }
      assert.equal(rotate(SPENT_MAX), 'repeated');
      assert.equal(rotate(0), 'unknown', 'the oldest is no longer known, and ends nothing');
      assert.notEqual(stage.queries.session(session.id), null);
      assert.equal(rotate(1), 'reused');
      assert.equal(stage.queries.session(session.id), null);
    });

    test('[S4] after its end nothing of a session is known', (t) => {
      const stage = new Stage(t, factory);
      stage.person('ben', stage.session('b0'));
      stage.clock.advance(day);
      assert.equal(stage.do('rotateRefresh', rotation('b0', 'b1')).kind, 'unknown');
      stage.store.settle();
      assert.equal(stage.do('rotateRefresh', rotation('b0', 'b1')).kind, 'unknown');
    });

    test('[S9] a session made or renewed while the clock was ahead works on, and ends one lifetime after its next renewal', (t) => {
      const stage = new Stage(t, factory);
      const [before, renewed, made] = [stage.session('b0'), stage.session('c0'), stage.session('d0')];
      const ann = stage.person('ann', before);
      stage.do('openSession', { userId: ann, session: renewed, rehash: null });
      stage.clock.setBack(-day / 2);
      stage.do('openSession', { userId: ann, session: made, rehash: null });
      assert.equal(stage.do('rotateRefresh', rotation('c0', 'c1')).kind, 'rotated');
      stage.store.settle();
      stage.clock.setBack(day / 2);
      stage.store.settle();
      assert.equal(stage.do('rotateRefresh', rotation('c0', 'c1')).kind, 'repeated');
      for (const { created_at, last_activity } of stage.queries.sessions(ann, made.id)) {
        assert.ok(Date.parse(created_at) <= stage.clock.now());
        assert.ok(Date.parse(last_activity) <= stage.clock.now());
      }
      for (const [old, next] of [
        ['b0', 'b1'],
        ['c1', 'c2'],
        ['d0', 'd1'],
      ] as const)
        assert.equal(stage.do('rotateRefresh', rotation(old, next)).kind, 'rotated', old);
      stage.clock.advance(day);
      for (const token of ['b1', 'c2', 'd1'])
        assert.equal(stage.do('rotateRefresh', rotation(token, 'next')).kind, 'unknown', token);
    });

    test('[S9] a clock that is wrong for a moment, ahead or behind, ends no session', (t) => {
      const stage = new Stage(t, factory);
      stage.person('ann', stage.session('r0'));
      stage.clock.setBack(-day);
      assert.equal(stage.do('rotateRefresh', rotation('r0', 'r1')).kind, 'unknown');
      stage.clock.setBack(day);
      const since1970 = stage.clock.now();
      stage.clock.setBack(since1970);
      stage.store.restart();
      stage.store.settle();
      stage.clock.setBack(-since1970);
      stage.store.settle();
      assert.equal(stage.do('rotateRefresh', rotation('r0', 'r1')).kind, 'rotated');
    });

    test('[S1] [S4] what an ended session has spent ends no other one', (t) => {
      const stage = new Stage(t, factory);
      const ann = stage.person('ann', stage.session('a0'));
      for (let n = 0; n < 5; n += 1)
        stage.do('rotateRefresh', rotation(`a${String(n)}`, `a${String(n + 1)}`));
      const [session] = stage.queries.sessions(ann, '');
      assert.equal(stage.do('endSession', { userId: ann, sessionId: session?.id ?? '' }).kind, 'ended');
      const later = stage.session('b0');
      const ben = stage.person('ben', later);
      for (let n = 0; n < 6; n += 1)
        assert.equal(stage.do('rotateRefresh', rotation(`a${String(n)}`, 'x')).kind, 'unknown');
      assert.equal(stage.queries.session(later.id)?.userId, ben);
    });

    test('[S5] a new password ends the other sessions', (t) => {
      const stage = new Stage(t, factory);
      const kept = stage.session();
      const ann = stage.person('ann', kept);
      const other = stage.session();
      assert.equal(stage.do('openSession', { userId: ann, session: other, rehash: 'better' }).kind, 'opened');
      assert.equal(stage.queries.credentials('ANN')?.passwordHash, 'better');
      const changed = stage.do('changePassword', {
        userId: ann,
        passwordHash: 'new',
        keepSessionId: kept.id,
      });
      assert.deepEqual(changed, { kind: 'changed', endedSessionIds: [other.id] });
      assert.equal(stage.queries.credentialsById(ann)?.passwordHash, 'new');
      assert.deepEqual(
        stage.queries.sessions(ann, kept.id).map(({ id, current }) => [id, current]),
        [[kept.id, true]],
      );
    });

    test('[S1] a session was last active when its socket went, not when it came', (t) => {
      const stage = new Stage(t, factory);
      const [phone, desk] = [stage.session(), stage.session()];
      const ann = stage.person('ann', phone);
      stage.do('openSession', { userId: ann, session: desk, rehash: null });
      const start = stage.clock.now();
      const sockets = (...sessions: string[]) => {
        stage.clock.advance(60_000);
        const connections = sessions.map((sessionId) => ({
          sessionId,
          websocketId: `of ${sessionId}`,
          ipAddress: '198.51.100.7',
        }));
        stage.do('setPresence', { userId: ann, status: 'online', connections });
      };
      sockets(phone.id);
      sockets(phone.id, desk.id);
      sockets(desk.id);
      sockets();
      const active = new Map(
        stage.queries
          .sessions(ann, '')
          .map(({ id, last_activity }) => [id, Date.parse(last_activity) - start]),
      );
      assert.equal(active.get(phone.id), 180_000);
      assert.equal(active.get(desk.id), 240_000);
    });

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
