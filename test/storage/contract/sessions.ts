import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';

/** Sessions and presence:
 *  S1 A session is found by its id until it ends; ending one that is not one's own is not-found.
 *  S2 A refresh token is good once; the session goes on with its successor.
 *  S3 The same old token within the grace, its successor unused, gets the same successor.
 *  S4 Any other use of a spent token ends the session.
 *  S5 A password change ends all sessions but the one named.
 *  S6 Presence names the sessions that have sockets; after a restart nobody is online, last_seen stays.
 *  S7 Presence is seen only by people who share a conversation. */
export const sessionRules = (factory: StoreFactory): void => {
  describe('sessions', () => {
    const day = 86_400_000;
    const rotation = (old: string, next: string) => ({
      hash: Buffer.from(old),
      successorHash: Buffer.from(next),
      graceMs: 30_000,
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
      stage.clock.advance(29_000);
      assert.equal(stage.do('rotateRefresh', rotation('r0', 'r1')).kind, 'repeated');
      assert.equal(stage.do('rotateRefresh', rotation('r1', 'r2')).kind, 'rotated');
      assert.equal(stage.do('rotateRefresh', rotation('r0', 'r1')).kind, 'reused');
      assert.equal(stage.queries.session(session.id), null);
      assert.equal(stage.do('rotateRefresh', rotation('r2', 'r3')).kind, 'unknown');
      assert.equal(stage.do('rotateRefresh', rotation('never', 'r9')).kind, 'unknown');
    });

    test('[S4] after the grace a repeat is a theft; after expiry nothing is known', (t) => {
      const stage = new Stage(t, factory);
      stage.person('ann', stage.session('a0'));
      stage.do('rotateRefresh', rotation('a0', 'a1'));
      stage.clock.advance(30_001);
      assert.equal(stage.do('rotateRefresh', rotation('a0', 'a1')).kind, 'reused');
      stage.person('ben', stage.session('b0'));
      stage.clock.advance(day);
      assert.equal(stage.do('rotateRefresh', rotation('b0', 'b1')).kind, 'unknown');
      stage.store.settle();
      assert.equal(stage.do('rotateRefresh', rotation('b0', 'b1')).kind, 'unknown');
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
  });
};
