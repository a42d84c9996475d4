import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';

/** Accounts:
 *  A1 A name is one person's for ever; a deleted person's name is never given out again.
 *  A2 An invite is good once, and is not used up by a registration that fails.
 *  A3 Registrations are counted per key and hour; only those that succeed.
 *  A4 Failed logins are counted from the first of the window on, over restarts too; a window that has passed starts anew. A success
 *     takes back those of its name.
 *  A5 Deletion is one transaction: name, sessions, presence, password are gone at once, the other's history stays.
 *  A6 Everybody who shares a conversation with a deleted person is told by an event of their log.
 *  A7 A list of people leaves out oneself and deleted people. */
export const accountRules = (factory: StoreFactory): void => {
  describe('accounts', () => {
    const registration = (stage: Stage, username: string) => ({
      id: stage.ids.next(),
      username,
      passwordHash: 'h',
      session: stage.session(),
      inviteHash: null as Uint8Array | null,
      signups: null as { key: string; perHour: number } | null,
    });

    test('[A1] names', async (t) => {
      const stage = await Stage.open(t, factory);
      const ann = await stage.person('Ann');
      assert.equal(await stage.queries.userIdByName('aNN'), ann);
      assert.equal((await stage.do('registerUser', registration(stage, 'ANN'))).kind, 'taken');
      await stage.remove(ann);
      assert.equal((await stage.do('registerUser', registration(stage, 'ann'))).kind, 'taken');
      assert.equal(await stage.queries.userIdByName('ann'), null);
    });

    test('[A2] invites', async (t) => {
      const stage = await Stage.open(t, factory);
      await stage.person('ann');
      const inviteHash = Buffer.from('an invite');
      const refused = await stage.do('registerUser', { ...registration(stage, 'ben'), inviteHash });
      assert.equal(refused.kind, 'invite-invalid');
      await stage.do('createInvite', { hash: inviteHash });
      assert.equal(
        (await stage.do('registerUser', { ...registration(stage, 'ann'), inviteHash })).kind,
        'taken',
      );
      assert.equal(
        (await stage.do('registerUser', { ...registration(stage, 'ben'), inviteHash })).kind,
        'registered',
      );
      assert.equal(
        (await stage.do('registerUser', { ...registration(stage, 'cleo'), inviteHash })).kind,
        'invite-invalid',
      );
    });

    test('[A3] registrations per hour', async (t) => {
      const stage = await Stage.open(t, factory);
      const signups = { key: '192.0.2.9', perHour: 2 };
      const register = (name: string) => stage.do('registerUser', { ...registration(stage, name), signups });
      assert.equal((await register('one')).kind, 'registered');
      assert.equal((await register('one')).kind, 'taken');
      assert.equal((await register('two')).kind, 'registered');
      stage.clock.advance(1_800_000);
      assert.deepEqual(await register('three'), { kind: 'too-many', retryAfterS: 1_800 });
      assert.equal((await stage.queries.signups(signups.key))?.count, 2);
      stage.clock.advance(1_800_000);
      assert.equal((await register('three')).kind, 'registered');
    });

    test('[A4] a window that began in the future, as before the clock was set back, begins now', async (t) => {
      const stage = await Stage.open(t, factory);
      const { clock } = stage;
      clock.advance(86_400_000);
      const signups = { key: '192.0.2.9', perHour: 1 };
      await stage.do('registerUser', { ...registration(stage, 'one'), signups });
      await stage.failLogin('k', 'one');
      await stage.store.settle();
      clock.setBack(86_000_000);
      const now = clock.now();
      await stage.store.settle();
      assert.deepEqual(await stage.loginFailures('k'), { failures: 1, firstAt: now });
      assert.deepEqual(await stage.queries.signups(signups.key), { count: 1, firstAt: now });
      clock.advance(900_000);
      await stage.store.settle();
      assert.equal(await stage.loginFailures('k'), null);
    });

    test('[A3] [A4] a clock that was ahead for a moment only, and that maintenance never saw so, shuts nobody out', async (t) => {
      const stage = await Stage.open(t, factory);
      const { clock } = stage;
      const year = 365 * 86_400_000;
      await stage.store.settle();
      clock.setBack(-year);
      const signups = { key: '192.0.2.9', perHour: 1 };
      await stage.do('registerUser', { ...registration(stage, 'one'), signups });
      for (let i = 0; i < 5; i += 1) await stage.failLogin('k', 'one');
      clock.setBack(year);
      const refused = await stage.do('registerUser', { ...registration(stage, 'two'), signups });
      assert.deepEqual(refused, { kind: 'too-many', retryAfterS: 3_600 });
      const now = clock.now();
      await stage.store.settle();
      assert.deepEqual(await stage.loginFailures('k'), { failures: 5, firstAt: now });
      clock.advance(3_600_000);
      await stage.store.settle();
      assert.equal(await stage.loginFailures('k'), null);
      assert.equal(
        (await stage.do('registerUser', { ...registration(stage, 'two'), signups })).kind,
        'registered',
      );
    });

    test('[A4] failed logins are taken back by name, and belong to one address', async (t) => {
      const stage = await Stage.open(t, factory);
      const fail = (key: string, username: string) => stage.failLogin(key, username);
      const clear = (key: string, username: string) => stage.clearLogins(key, username);
      for (const name of ['ann', 'ben', 'cleo']) await stage.person(name);
      const { firstAt } = await fail('k', 'ann');
      stage.clock.advance(60_000);
      await fail('k', 'ben');
      await fail('k', 'Ben');
      assert.deepEqual((await fail('other', 'ben')).failures, 1);
      assert.equal(await clear('k', 'cleo'), 0);
      assert.equal(await clear('k', 'BEN'), 2);
      assert.equal(await clear('k', 'ben'), 0);
      assert.deepEqual(await stage.loginFailures('k'), { failures: 1, firstAt });
      assert.equal((await stage.loginFailures('other'))?.failures, 1);
      await stage.store.restart();
      assert.equal(await clear('k', 'ann'), 1);
      assert.equal(await stage.loginFailures('k'), null);
      // What nobody is called is counted, and nobody can take it back.
      await fail('k', 'nobody');
      await stage.person('nobody');
      assert.equal(await clear('k', 'nobody'), 0);
      assert.equal((await stage.loginFailures('k'))?.failures, 1);
      stage.clock.advance(900_000);
      // A window that passed takes its names along.
      await fail('k', 'ann');
      stage.clock.advance(900_000);
      assert.equal((await fail('k', 'ben')).failures, 1);
      assert.equal(await clear('k', 'ann'), 0);
    });

    test('[A4] [A5] a deleted name is not taken back any more, and what it was counted for stays', async (t) => {
      const stage = await Stage.open(t, factory);
      const ann = await stage.person('ann');
      await stage.failLogin('k', 'ann');
      await stage.remove(ann);
      assert.equal(await stage.clearLogins('k', 'ann'), 0);
      assert.equal((await stage.loginFailures('k'))?.failures, 1);
    });

    test('[A4] failed logins', async (t) => {
      const stage = await Stage.open(t, factory);
      const fail = () => stage.failLogin('k', 'ann');
      await stage.person('ann');
      const { firstAt } = await fail();
      stage.clock.advance(600_000);
      assert.deepEqual(await fail(), { failures: 2, firstAt });
      await stage.store.restart();
      assert.deepEqual(await stage.loginFailures('k'), { failures: 2, firstAt });
      stage.clock.advance(300_000);
      assert.equal((await fail()).failures, 1);
      await stage.clearLogins('k', 'ann');
      assert.equal(await stage.loginFailures('k'), null);
      await fail();
      stage.clock.advance(900_000);
      await stage.store.settle();
      assert.equal(await stage.loginFailures('k'), null);
    });

    test('[A5] [A6] deletion', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session();
      const ann = await stage.person('ann', session);
      const [ben, cleo, dora] = [
        await stage.person('ben'),
        await stage.person('cleo'),
        await stage.person('dora'),
      ];
      const { conversationId } = await stage.say(ann, ben, 'from ann');
      await stage.say(ben, ann, 'from ben');
      await stage.say(cleo, ann, 'from cleo');
      const deleted = await stage.remove(ann);
      assert.equal(deleted.kind, 'deleted');
      assert.deepEqual('endedSessionIds' in deleted && deleted.endedSessionIds, [session.id]);
      const user = { id: ann, username: 'Deleted User', deleted: true };
      assert.deepEqual(
        stage.told.map(({ userId, event }) => [userId, event.payload]).sort(),
        [ben, cleo].map((id) => [id, { change: 'deleted', user }]).sort(),
      );
      assert.equal(await stage.queries.headCursor(dora), 0);
      assert.deepEqual((await stage.log(ben)).at(-1)?.payload, { change: 'deleted', user });
      assert.deepEqual(await stage.queries.user(ben, ann), user);
      assert.deepEqual(
        (await stage.queries.messages(ben, conversationId, { limit: 9 }))?.messages.map(
          ({ sender_name, content, is_anonymized }) => [sender_name, content, is_anonymized],
        ),
        [
          ['Deleted User', 'from ann', true],
          ['ben', 'from ben', false],
        ],
      );
      assert.equal(await stage.queries.session(session.id), null);
      assert.equal(await stage.queries.credentials('ann'), null);
      assert.equal(await stage.queries.credentialsById(ann), null);
      assert.equal(await stage.queries.me(ann), null);
      assert.deepEqual(await stage.queries.presenceOf([ann]), []);
      assert.deepEqual(await stage.queries.sessions(ann, ''), []);
      assert.equal((await stage.remove(ann)).kind, 'not-found');
      assert.equal((await stage.login(ann, stage.session())).kind, 'not-found');
      // The other one's marks go on, and tell nobody but themselves.
      assert.deepEqual(
        (await stage.mark(ben, conversationId, 1, 'read')).map(({ userId }) => userId),
        [ben],
      );
    });

    test('[A7] lists of people', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann] = [await stage.person('ann'), await stage.person('anna'), await stage.person('bert')];
      await stage.remove(await stage.person('annabel'));
      const names = async (prefix: string) =>
        (await stage.queries.users(ann, prefix, 10)).map((user) => 'created_at' in user && user.username);
      assert.deepEqual(await names('AN'), ['anna']);
      assert.deepEqual(await names(''), ['anna', 'bert']);
    });
  });
};
