import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';
import type { InviteRule } from '../../../server/storage/writes.ts';

const DAY_MS = 86_400_000;
const AUDIT = { actor: 'root', origin: 'console' };

/** What operators decide:
 *  A2 An invitation is good for its number of uses, until it expires or is revoked.
 *  A4 An operator can forget the failures of one name, or of one address.
 *  A9 No session of a disabled user exists, and none can begin.
 *  A10 A code for a new password is good once, until it expires or is replaced.
 *  A11 Whoever registers with the link of an empty store is its admin, and nobody else. */
export const administrationRules = (factory: StoreFactory): void => {
  describe('administration', () => {
    const disable = (stage: Stage, username: string, disabled = true) =>
      stage.do('setUserDisabled', { username, disabled, audit: AUDIT });
    const open = async (stage: Stage, userId: string) => (await stage.login(userId, stage.session())).kind;
    const makeReset = (stage: Stage, username: string, code: string, ttlMs = DAY_MS) =>
      stage.do('createPasswordReset', { username, codeHash: Buffer.from(code), ttlMs, audit: AUDIT });
    const useReset = (stage: Stage, code: string, session = stage.session()) =>
      stage.do('usePasswordReset', { codeHash: Buffer.from(code), passwordHash: `by ${code}`, session });

    test('roles', async (t) => {
      const stage = await Stage.open(t, factory);
      const ann = await stage.person('ann');
      const set = (username: string, role: 'user' | 'admin') =>
        stage.do('setUserRole', { username, role, audit: null });
      assert.equal((await stage.queries.adminUser('ann'))?.role, 'user');
      assert.deepEqual(await set('ANN', 'admin'), { kind: 'changed', userId: ann });
      assert.equal((await stage.queries.adminUser('Ann'))?.role, 'admin');
      assert.deepEqual(await set('ann', 'admin'), { kind: 'unchanged', userId: ann });
      assert.deepEqual(await set('nobody', 'admin'), { kind: 'not-found' });
      await stage.remove(ann);
      assert.deepEqual(await set('ann', 'admin'), { kind: 'not-found' });
    });

    test('[A9] disabling ends all sessions and refuses new ones; the history stays, and enabling undoes it', async (t) => {
      const stage = await Stage.open(t, factory);
      const [first, second] = [stage.session('r1'), stage.session()];
      const [ann, ben] = [await stage.person('ann', first), await stage.person('ben')];
      await stage.login(ann, second);
      const { conversationId } = await stage.say(ann, ben, 'from ann');
      const disabled = await disable(stage, 'Ann');
      assert.ok(disabled.kind === 'changed');
      assert.deepEqual([...disabled.endedSessionIds].sort(), [first.id, second.id].sort());
      assert.equal(disabled.userId, ann);
      assert.equal(await stage.queries.session(first.id), null);
      const rotation = { hash: first.refreshHash, successorHash: Buffer.from('r2'), ttlMs: DAY_MS };
      assert.equal((await stage.do('rotateRefresh', rotation)).kind, 'unknown');
      assert.equal(await open(stage, ann), 'disabled');
      assert.deepEqual(await disable(stage, 'ann'), { kind: 'unchanged', userId: ann, endedSessionIds: [] });
      assert.equal((await stage.queries.adminUser('ann'))?.disabledAt, stage.clock.now());
      await stage.store.restart();
      assert.equal(await open(stage, ann), 'disabled');
      // Others may still write to them: they may be enabled again.
      await stage.say(ben, ann, 'from ben');
      assert.deepEqual(await stage.history(ben, conversationId), ['from ann', 'from ben']);
      assert.deepEqual(await disable(stage, 'ann', false), {
        kind: 'changed',
        userId: ann,
        endedSessionIds: [],
      });
      assert.equal(await open(stage, ann), 'opened');
      assert.equal((await stage.queries.adminUser('ann'))?.disabledAt, null);
      assert.deepEqual(await stage.history(ann, conversationId), ['from ann', 'from ben']);
      assert.deepEqual(await disable(stage, 'nobody'), { kind: 'not-found' });
    });

    test('[A10] a code sets the password, ends all sessions, opens one, and is used up', async (t) => {
      const stage = await Stage.open(t, factory);
      const old = stage.session();
      const ann = await stage.person('ann', old);
      const made = await makeReset(stage, 'Ann', 'code');
      assert.deepEqual(made, { kind: 'created', userId: ann, expiresAt: stage.clock.now() + DAY_MS });
      const found = { userId: ann, username: 'ann' };
      assert.deepEqual(await stage.queries.passwordReset(Buffer.from('code')), found);
      const session = stage.session();
      const used = await useReset(stage, 'code', session);
      assert.deepEqual(used, { kind: 'used', userId: ann, endedSessionIds: [old.id] });
      assert.equal((await stage.queries.credentials('ann'))?.passwordHash, 'by code');
      assert.equal(await stage.queries.session(old.id), null);
      assert.equal((await stage.queries.session(session.id))?.userId, ann);
      assert.equal(await stage.queries.passwordReset(Buffer.from('code')), null);
      assert.equal((await useReset(stage, 'code')).kind, 'invalid');
      assert.equal((await makeReset(stage, 'nobody', 'x')).kind, 'not-found');
    });

    test('[A10] a code is replaced by the next one, expires, and goes with its user', async (t) => {
      const stage = await Stage.open(t, factory);
      const ann = await stage.person('ann');
      await makeReset(stage, 'ann', 'first');
      await makeReset(stage, 'ann', 'second', 1_000);
      assert.equal((await useReset(stage, 'first')).kind, 'invalid');
      stage.clock.advance(1_000);
      assert.equal(await stage.queries.passwordReset(Buffer.from('second')), null);
      assert.equal((await useReset(stage, 'second')).kind, 'invalid');
      await stage.store.settle();
      await makeReset(stage, 'ann', 'third');
      await stage.remove(ann);
      assert.equal(await stage.queries.passwordReset(Buffer.from('third')), null);
      assert.equal((await useReset(stage, 'third')).kind, 'invalid');
    });

    test('[A9] [A10] a code of a disabled user changes nothing, and is good again once they are enabled', async (t) => {
      const stage = await Stage.open(t, factory);
      await stage.person('ann');
      await makeReset(stage, 'ann', 'code');
      await disable(stage, 'ann');
      assert.equal((await useReset(stage, 'code')).kind, 'disabled');
      assert.equal((await stage.queries.credentials('ann'))?.passwordHash, 'hash of ann');
      await disable(stage, 'ann', false);
      assert.equal((await useReset(stage, 'code')).kind, 'used');
    });

    test('[A4] an operator forgets the failures of one name at all addresses, or those of one address', async (t) => {
      const stage = await Stage.open(t, factory);
      const fail = (key: string, username: string) => stage.failLogin(key, username);
      const unlock = (of: { username: string } | { key: string }) =>
        stage.do('unlockLogins', { ...of, audit: AUDIT });
      for (const name of ['ann', 'ben']) await stage.person(name);
      await fail('k', 'ann');
      await fail('k', 'ann');
      await fail('k', 'ben');
      await fail('other', 'ann');
      const forgotten = await unlock({ username: 'ANN' });
      assert.ok(forgotten.kind === 'unlocked');
      assert.deepEqual([...forgotten.keys].sort(), ['k', 'other']);
      assert.deepEqual([forgotten.failures, forgotten.more], [3, false]);
      assert.equal((await stage.loginFailures('k'))?.failures, 1);
      assert.equal(await stage.loginFailures('other'), null);
      await fail('k', 'nobody');
      assert.deepEqual(await unlock({ key: 'k' }), {
        kind: 'unlocked',
        failures: 2,
        keys: ['k'],
        more: false,
      });
      assert.equal(await stage.loginFailures('k'), null);
      assert.deepEqual(await unlock({ username: 'nobody' }), { kind: 'not-found' });
      const none = { kind: 'unlocked', failures: 0, keys: [], more: false };
      assert.deepEqual(await unlock({ username: 'ann' }), none);
    });

    test('[A4] a name that was tried from very many addresses is unlocked in several writes', async (t) => {
      const stage = await Stage.open(t, factory);
      await stage.person('ann');
      for (let n = 0; n < 501; n += 1) await stage.failLogin(`k${String(n)}`, 'ann');
      const unlock = async () => {
        const done = await stage.do('unlockLogins', { username: 'ann', audit: null });
        return done.kind === 'unlocked' ? [done.failures, done.more] : done.kind;
      };
      assert.deepEqual(
        [await unlock(), await unlock()],
        [
          [500, true],
          [1, false],
        ],
      );
    });

    test('[A11] whoever registers with the newest link of an empty store is its admin, once', async (t) => {
      const stage = await Stage.open(t, factory);
      const offer = (code: string, ttlMs = DAY_MS) =>
        stage.do('offerFirstAdmin', { hash: Buffer.from(code), ttlMs });
      const register = async (username: string, code: string, inviteRule: InviteRule = 'required') => {
        const registration = { id: stage.ids.next(), username, passwordHash: 'h', session: stage.session() };
        const inviteHash = Buffer.from(code);
        const input = { ...registration, inviteHash, inviteRule, signups: null };
        const done = await stage.do('registerUser', input);
        return done.kind === 'registered' ? done.role : done.kind;
      };
      assert.deepEqual(await offer('old'), { kind: 'offered', expiresAt: stage.clock.now() + DAY_MS });
      await offer('link');
      await stage.store.restart();
      for (const rule of ['required', 'first-admin'] as const)
        assert.equal(await register('ann', 'old', rule), 'invite-invalid');
      // Who comes first is nobody special, and does not take the link from the operator.
      assert.equal(await register('eve', 'old', 'optional'), 'user');
      assert.equal(await register('eve', 'link', 'first-admin'), 'taken');
      assert.deepEqual(await offer('third'), { kind: 'in-use' });
      assert.equal(await register('ann', 'link', 'first-admin'), 'admin');
      assert.equal((await stage.queries.adminUser('ann'))?.role, 'admin');
      assert.equal((await stage.queries.adminUser('eve'))?.role, 'user');
      for (const rule of ['required', 'first-admin'] as const)
        assert.equal(await register('ben', 'link', rule), 'invite-invalid');
      const [record] = await stage.queries.auditRecords({ before: null, limit: 2 });
      assert.deepEqual(
        [record?.actor, record?.origin, record?.action, record?.subject?.username],
        ['server', 'first-admin link', 'user.promote', 'ann'],
      );
    });

    test('[A11] a link that has ended is refused, and a store that had a user is not empty', async (t) => {
      const stage = await Stage.open(t, factory);
      await stage.do('offerFirstAdmin', { hash: Buffer.from('link'), ttlMs: 1_000 });
      stage.clock.advance(1_000);
      for (const inviteRule of ['required', 'first-admin', 'optional'] as const) {
        const registration = { id: stage.ids.next(), passwordHash: 'h', session: stage.session() };
        const input = { ...registration, username: 'ann', inviteHash: Buffer.from('link'), inviteRule };
        assert.deepEqual(await stage.do('registerUser', { ...input, signups: null }), {
          kind: 'invite-invalid',
        });
      }
      await stage.remove(await stage.person('ben'));
      const again = await stage.do('offerFirstAdmin', { hash: Buffer.from('new'), ttlMs: 1_000 });
      assert.deepEqual(again, { kind: 'in-use' });
    });

    test('[A2] invitations with a number of uses, an expiry, and an end', async (t) => {
      const stage = await Stage.open(t, factory);
      const invite = async (code: string, uses?: number, ttlMs?: number) =>
        (
          await stage.do('createInvite', {
            hash: Buffer.from(code),
            ...(uses !== undefined && { uses }),
            ...(ttlMs !== undefined && { ttlMs }),
          })
        ).id;
      const register = async (username: string, code: string) =>
        (
          await stage.do('registerUser', {
            id: stage.ids.next(),
            username,
            passwordHash: 'h',
            session: stage.session(),
            inviteHash: Buffer.from(code),
            signups: null,
          })
        ).kind;
      const [twice, brief, ended] = [
        await invite('twice', 2),
        await invite('brief', 1, 1_000),
        await invite('ended', 9),
      ];
      const created = stage.clock.now();
      assert.equal(await register('ann', 'twice'), 'registered');
      assert.equal(await register('ann', 'twice'), 'taken');
      assert.equal(await register('ben', 'twice'), 'registered');
      assert.equal(await register('cleo', 'twice'), 'invite-invalid');
      assert.equal(await register('cleo', 'ended'), 'registered');
      const revoke = async (id: number) => (await stage.do('revokeInvite', { id, audit: null })).kind;
      assert.deepEqual(
        [await revoke(ended), await revoke(ended), await revoke(77)],
        ['revoked', 'unchanged', 'not-found'],
      );
      assert.equal(await register('dora', 'ended'), 'invite-invalid');
      stage.clock.advance(999);
      assert.equal(await register('dora', 'brief'), 'registered');
      const late = await invite('late', 1, 1_000);
      stage.clock.advance(1_000);
      assert.equal(await register('eve', 'late'), 'invite-invalid');
      const common = { createdAt: created, usedAt: created, expiresAt: null, revokedAt: null };
      assert.deepEqual(await stage.queries.invites({ before: late, limit: 9 }), [
        { ...common, id: ended, usesLeft: 8, uses: 1, revokedAt: created },
        { ...common, id: brief, usesLeft: 0, uses: 1, usedAt: created + 999, expiresAt: created + 1_000 },
        { ...common, id: twice, usesLeft: 0, uses: 2 },
      ]);
      assert.deepEqual(
        (await stage.queries.invites({ before: null, limit: 1 })).map(({ id }) => id),
        [late],
      );
    });
  });
};
