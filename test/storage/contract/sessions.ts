import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SPENT_MAX } from '../../../server/storage/limits.ts';
import { Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';

/** Sessions:
 *  S1 A session is found by its id until it ends; ending one that is not one's own is not-found.
 *  S2 A refresh token is good once; the session goes on with its successor.
 *  S3 As long as the successor was not used, the same old token gets the same successor, until the session ends.
 *  S4 Any other use of a spent token ends the session.
 *  S9 A session ends one lifetime after it was made or last renewed, and no clock that is wrong for a moment ends it.
 *  S5 A password change ends all sessions but the one named.
 *  S10 A login, a new password and a deletion name the hash that the password was checked against, and do nothing if another
 *     one is stored. */
export const sessionRules = (factory: StoreFactory): void => {
  describe('sessions', () => {
    const day = 86_400_000;
    const rotation = (old: string, next: string) => ({
      hash: Buffer.from(old),
      successorHash: Buffer.from(next),
      ttlMs: day,
    });

    test('[S1] a session until its end', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session();
      const ann = await stage.person('ann', session);
      const ben = await stage.person('ben');
      assert.equal((await stage.queries.session(session.id))?.userId, ann);
      assert.equal((await stage.do('endSession', { userId: ben, sessionId: session.id })).kind, 'not-found');
      assert.equal((await stage.do('endSession', { userId: ann, sessionId: session.id })).kind, 'ended');
      assert.equal(await stage.queries.session(session.id), null);
    });

    test('[S2] [S3] [S4] rotation, a lost answer, a theft', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session('r0');
      await stage.person('ann', session);
      assert.equal((await stage.do('rotateRefresh', rotation('r0', 'r1'))).kind, 'rotated');
      stage.clock.advance(3_600_000);
      assert.equal((await stage.do('rotateRefresh', rotation('r0', 'r1'))).kind, 'repeated');
      await stage.store.restart();
      assert.equal((await stage.do('rotateRefresh', rotation('r0', 'r1'))).kind, 'repeated');
      assert.equal((await stage.do('rotateRefresh', rotation('r1', 'r2'))).kind, 'rotated');
      assert.equal((await stage.do('rotateRefresh', rotation('r0', 'r1'))).kind, 'reused');
      assert.equal(await stage.queries.session(session.id), null);
      assert.equal((await stage.do('rotateRefresh', rotation('r2', 'r3'))).kind, 'unknown');
      assert.equal((await stage.do('rotateRefresh', rotation('never', 'r9'))).kind, 'unknown');
    });

    test('[S3] [S4] each token is repeated until its successor is used, and from then on ends the session, however old', async (t) => {
      for (const back of [1, 2, 7]) {
        const stage = await Stage.open(t, factory);
        const session = stage.session('r0');
        await stage.person('ann', session);
        const rotate = async (n: number) =>
          (await stage.do('rotateRefresh', rotation(`r${String(n)}`, `r${String(n + 1)}`))).kind;
        for (let n = 0; n < 8; n += 1) {
          assert.equal(await rotate(n), 'rotated');
          stage.clock.advance(3_600_000);
          assert.equal(await rotate(n), 'repeated');
          await stage.store.settle();
        }
        assert.equal(await rotate(7 - back), 'reused', String(back));
        assert.equal(await stage.queries.session(session.id), null);
      }
    });

    test('[S3] a repeat lasts as long as the session that it belongs to, and makes it no longer', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session('b0');
      await stage.person('ben', session);
      stage.clock.advance(day - 1);
      assert.equal((await stage.do('rotateRefresh', rotation('b0', 'b1'))).kind, 'rotated');
      // Long after the end that the old token itself had.
      stage.clock.advance(day - 1);
      await stage.store.settle();
      assert.equal((await stage.do('rotateRefresh', rotation('b0', 'b1'))).kind, 'repeated');
      stage.clock.advance(1);
      assert.equal((await stage.do('rotateRefresh', rotation('b0', 'b1'))).kind, 'unknown');
      assert.equal((await stage.do('rotateRefresh', rotation('b1', 'b2'))).kind, 'unknown');
      await stage.store.settle();
      assert.equal((await stage.do('rotateRefresh', rotation('b0', 'b1'))).kind, 'unknown');
      assert.equal(await stage.queries.session(session.id), null);
    });

    test('[S3] under another key the successor can not be given again; that is no theft', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session('r0');
      await stage.person('ann', session);
      await stage.do('rotateRefresh', rotation('r0', 'r1'));
      assert.equal(
        (await stage.do('rotateRefresh', rotation('r0', 'made with another key'))).kind,
        'unknown',
      );
      assert.notEqual(await stage.queries.session(session.id), null);
      assert.equal((await stage.do('rotateRefresh', rotation('r1', 'r2'))).kind, 'rotated');
    });

    test('[S3] [P9] of one session the last 1,024 spent tokens are known, over a clock that was set back too', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session('r0');
      await stage.person('ann', session);
      const rotate = async (n: number) =>
        (await stage.do('rotateRefresh', rotation(`r${String(n)}`, `r${String(n + 1)}`))).kind;
      stage.clock.setBack(-3_600_000);
      for (let n = 0; n <= SPENT_MAX; n += 1) {
        assert.equal(await rotate(n), 'rotated');
        if (n === 600) stage.clock.setBack(3_600_000);
      }
      assert.equal(await rotate(SPENT_MAX), 'repeated');
      assert.equal(await rotate(0), 'unknown', 'the oldest is no longer known, and ends nothing');
      assert.notEqual(await stage.queries.session(session.id), null);
      assert.equal(await rotate(1), 'reused');
      assert.equal(await stage.queries.session(session.id), null);
    });

    test('[S4] after its end nothing of a session is known', async (t) => {
      const stage = await Stage.open(t, factory);
      await stage.person('ben', stage.session('b0'));
      stage.clock.advance(day);
      assert.equal((await stage.do('rotateRefresh', rotation('b0', 'b1'))).kind, 'unknown');
      await stage.store.settle();
      assert.equal((await stage.do('rotateRefresh', rotation('b0', 'b1'))).kind, 'unknown');
    });

    test('[S9] a session made or renewed while the clock was ahead works on, and ends one lifetime after its next renewal', async (t) => {
      const stage = await Stage.open(t, factory);
      const [before, renewed, made] = [stage.session('b0'), stage.session('c0'), stage.session('d0')];
      const ann = await stage.person('ann', before);
      await stage.login(ann, renewed);
      stage.clock.setBack(-day / 2);
      await stage.login(ann, made);
      assert.equal((await stage.do('rotateRefresh', rotation('c0', 'c1'))).kind, 'rotated');
      await stage.store.settle();
      stage.clock.setBack(day / 2);
      await stage.store.settle();
      assert.equal((await stage.do('rotateRefresh', rotation('c0', 'c1'))).kind, 'repeated');
      for (const { created_at, last_activity } of await stage.queries.sessions(ann, made.id)) {
        assert.ok(Date.parse(created_at) <= stage.clock.now());
        assert.ok(Date.parse(last_activity) <= stage.clock.now());
      }
      for (const [old, next] of [
        ['b0', 'b1'],
        ['c1', 'c2'],
        ['d0', 'd1'],
      ] as const)
        assert.equal((await stage.do('rotateRefresh', rotation(old, next))).kind, 'rotated', old);
      stage.clock.advance(day);
      for (const token of ['b1', 'c2', 'd1'])
        assert.equal((await stage.do('rotateRefresh', rotation(token, 'next'))).kind, 'unknown', token);
    });

    test('[S9] a clock that is wrong for a moment, ahead or behind, ends no session', async (t) => {
      const stage = await Stage.open(t, factory);
      await stage.person('ann', stage.session('r0'));
      stage.clock.setBack(-day);
      assert.equal((await stage.do('rotateRefresh', rotation('r0', 'r1'))).kind, 'unknown');
      stage.clock.setBack(day);
      const since1970 = stage.clock.now();
      stage.clock.setBack(since1970);
      await stage.store.restart();
      await stage.store.settle();
      stage.clock.setBack(-since1970);
      await stage.store.settle();
      assert.equal((await stage.do('rotateRefresh', rotation('r0', 'r1'))).kind, 'rotated');
    });

    test('[S1] [S4] what an ended session has spent ends no other one', async (t) => {
      const stage = await Stage.open(t, factory);
      const ann = await stage.person('ann', stage.session('a0'));
      for (let n = 0; n < 5; n += 1)
        await stage.do('rotateRefresh', rotation(`a${String(n)}`, `a${String(n + 1)}`));
      const [session] = await stage.queries.sessions(ann, '');
      assert.equal(
        (await stage.do('endSession', { userId: ann, sessionId: session?.id ?? '' })).kind,
        'ended',
      );
      const later = stage.session('b0');
      const ben = await stage.person('ben', later);
      for (let n = 0; n < 6; n += 1)
        assert.equal((await stage.do('rotateRefresh', rotation(`a${String(n)}`, 'x'))).kind, 'unknown');
      assert.equal((await stage.queries.session(later.id))?.userId, ben);
    });

    test('[S5] a new password ends the other sessions', async (t) => {
      const stage = await Stage.open(t, factory);
      const kept = stage.session();
      const ann = await stage.person('ann', kept);
      const other = stage.session();
      assert.equal((await stage.login(ann, other, 'better')).kind, 'opened');
      assert.equal((await stage.queries.credentials('ANN'))?.passwordHash, 'better');
      const changed = await stage.changePassword(ann, 'new', kept.id);
      assert.deepEqual(changed, { kind: 'changed', endedSessionIds: [other.id] });
      assert.equal((await stage.queries.credentialsById(ann))?.passwordHash, 'new');
      assert.deepEqual(
        (await stage.queries.sessions(ann, kept.id)).map(({ id, current }) => [id, current]),
        [[kept.id, true]],
      );
    });

    test('[S10] what was checked against a hash that is no longer stored changes nothing, and is told to be stale', async (t) => {
      const stage = await Stage.open(t, factory);
      const kept = stage.session();
      const ann = await stage.person('ann', kept);
      const verifiedHash = 'hash of another';
      const late = stage.session();
      assert.deepEqual(
        await stage.do('openSession', { userId: ann, session: late, verifiedHash, rehash: 'better' }),
        { kind: 'stale' },
      );
      assert.equal(await stage.queries.session(late.id), null);
      const change = { userId: ann, verifiedHash, passwordHash: 'new', keepSessionId: late.id };
      assert.deepEqual(await stage.do('changePassword', change), { kind: 'stale' });
      assert.deepEqual(await stage.do('deleteUser', { userId: ann, verifiedHash }), { kind: 'stale' });
      assert.deepEqual(stage.told, []);
      assert.equal((await stage.queries.session(kept.id))?.userId, ann);
      assert.equal(await stage.hashOf(ann), 'hash of ann');
      // With the stored one each of them goes on; a rehash is the stored one from then on.
      assert.deepEqual(await stage.login(ann, late, 'better'), { kind: 'opened' });
      assert.deepEqual(
        await stage.do('openSession', {
          userId: ann,
          session: stage.session(),
          verifiedHash: 'hash of ann',
          rehash: null,
        }),
        { kind: 'stale' },
      );
      assert.equal((await stage.changePassword(ann, 'new', late.id)).kind, 'changed');
      const audit = { actor: 'root', origin: 'console' };
      assert.equal(
        (await stage.do('deleteUser', { userId: ann, audit })).kind,
        'deleted',
        'without a password',
      );
      assert.equal((await stage.do('deleteUser', { userId: ann, verifiedHash })).kind, 'not-found');
    });

    test('[S1] a session was last active when its socket went, not when it came', async (t) => {
      const stage = await Stage.open(t, factory);
      const [phone, desk] = [stage.session(), stage.session()];
      const ann = await stage.person('ann', phone);
      await stage.login(ann, desk);
      const start = stage.clock.now();
      stage.clock.advance(60_000);
      await stage.connect(ann, phone.id);
      stage.clock.advance(60_000);
      const { socketId } = await stage.connect(ann, desk.id);
      stage.clock.advance(60_000);
      await stage.disconnect(ann, { keep: [socketId] });
      stage.clock.advance(60_000);
      await stage.disconnect(ann);
      const active = new Map(
        (await stage.queries.sessions(ann, '')).map(({ id, last_activity }) => [
          id,
          Date.parse(last_activity) - start,
        ]),
      );
      assert.equal(active.get(phone.id), 180_000);
      assert.equal(active.get(desk.id), 240_000);
    });
  });
};
