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

    test('[A1] names', (t) => {
      const stage = new Stage(t, factory);
      const ann = stage.person('Ann');
      assert.equal(stage.queries.userIdByName('aNN'), ann);
      assert.equal(stage.do('registerUser', registration(stage, 'ANN')).kind, 'taken');
      stage.do('deleteUser', { userId: ann });
      assert.equal(stage.do('registerUser', registration(stage, 'ann')).kind, 'taken');
      assert.equal(stage.queries.userIdByName('ann'), null);
    });

    test('[A2] invites', (t) => {
      const stage = new Stage(t, factory);
      stage.person('ann');
      const inviteHash = Buffer.from('an invite');
      const refused = stage.do('registerUser', { ...registration(stage, 'ben'), inviteHash });
      assert.equal(refused.kind, 'invite-invalid');
      stage.do('createInvite', { hash: inviteHash });
      assert.equal(stage.do('registerUser', { ...registration(stage, 'ann'), inviteHash }).kind, 'taken');
      assert.equal(
        stage.do('registerUser', { ...registration(stage, 'ben'), inviteHash }).kind,
        'registered',
      );
      assert.equal(
        stage.do('registerUser', { ...registration(stage, 'cleo'), inviteHash }).kind,
        'invite-invalid',
      );
    });

    test('[A3] registrations per hour', (t) => {
      const stage = new Stage(t, factory);
      const signups = { key: '192.0.2.9', perHour: 2 };
      const register = (name: string) => stage.do('registerUser', { ...registration(stage, name), signups });
      assert.equal(register('one').kind, 'registered');
      assert.equal(register('one').kind, 'taken');
      assert.equal(register('two').kind, 'registered');
      stage.clock.advance(1_800_000);
      assert.deepEqual(register('three'), { kind: 'too-many', retryAfterS: 1_800 });
      assert.equal(stage.queries.signups(signups.key)?.count, 2);
      stage.clock.advance(1_800_000);
      assert.equal(register('three').kind, 'registered');
    });

    test('[A4] a window that began in the future, as before the clock was set back, begins now', (t) => {
      const stage = new Stage(t, factory);
      const { clock } = stage;
      clock.advance(86_400_000);
      const signups = { key: '192.0.2.9', perHour: 1 };
      stage.do('registerUser', { ...registration(stage, 'one'), signups });
      stage.do('recordLoginFailure', { key: 'k', username: 'one', windowMs: 900_000 });
      stage.store.settle();
      clock.setBack(86_000_000);
      const now = clock.now();
      stage.store.settle();
      assert.deepEqual(stage.queries.loginFailures('k'), { failures: 1, firstAt: now });
      assert.deepEqual(stage.queries.signups(signups.key), { count: 1, firstAt: now });
      clock.advance(900_000);
      stage.store.settle();
      assert.equal(stage.queries.loginFailures('k'), null);
    });

    test('[A3] [A4] a clock that was ahead for a moment only, and that maintenance never saw so, shuts nobody out', (t) => {
      const stage = new Stage(t, factory);
      const { clock } = stage;
      const year = 365 * 86_400_000;
      stage.store.settle();
      clock.setBack(-year);
      const signups = { key: '192.0.2.9', perHour: 1 };
      stage.do('registerUser', { ...registration(stage, 'one'), signups });
      for (let i = 0; i < 5; i += 1)
        stage.do('recordLoginFailure', { key: 'k', username: 'one', windowMs: 900_000 });
      clock.setBack(year);
      const refused = stage.do('registerUser', { ...registration(stage, 'two'), signups });
      assert.deepEqual(refused, { kind: 'too-many', retryAfterS: 3_600 });
      const now = clock.now();
      stage.store.settle();
      assert.deepEqual(stage.queries.loginFailures('k'), { failures: 5, firstAt: now });
      clock.advance(3_600_000);
      stage.store.settle();
      assert.equal(stage.queries.loginFailures('k'), null);
      assert.equal(stage.do('registerUser', { ...registration(stage, 'two'), signups }).kind, 'registered');
    });

    test('[A4] failed logins are taken back by name, and belong to one address', (t) => {
      const stage = new Stage(t, factory);
      const fail = (key: string, username: string) =>
        stage.do('recordLoginFailure', { key, username, windowMs: 900_000 });
      const clear = (key: string, username: string) =>
        stage.do('clearLoginFailures', { key, username }).failures;
      for (const name of ['ann', 'ben', 'cleo']) stage.person(name);
      const { firstAt } = fail('k', 'ann');
      stage.clock.advance(60_000);
      fail('k', 'ben');
      fail('k', 'Ben');
      assert.deepEqual(fail('other', 'ben').failures, 1);
      assert.equal(clear('k', 'cleo'), 0);
      assert.equal(clear('k', 'BEN'), 2);
      assert.equal(clear('k', 'ben'), 0);
      assert.deepEqual(stage.queries.loginFailures('k'), { failures: 1, firstAt });
      assert.equal(stage.queries.loginFailures('other')?.failures, 1);
      stage.store.restart();
      assert.equal(clear('k', 'ann'), 1);
      assert.equal(stage.queries.loginFailures('k'), null);
      // What nobody is called is counted, and nobody can take it back.
      fail('k', 'nobody');
      stage.person('nobody');
      assert.equal(clear('k', 'nobody'), 0);
      assert.equal(stage.queries.loginFailures('k')?.failures, 1);
      stage.clock.advance(900_000);
      // A window that passed takes its names along.
      fail('k', 'ann');
      stage.clock.advance(900_000);
      assert.equal(fail('k', 'ben').failures, 1);
      assert.equal(clear('k', 'ann'), 0);
    });

    test('[A4] [A5] a deleted name is not taken back any more, and what it was counted for stays', (t) => {
      const stage = new Stage(t, factory);
      const ann = stage.person('ann');
      stage.do('recordLoginFailure', { key: 'k', username: 'ann', windowMs: 900_000 });
      stage.do('deleteUser', { userId: ann });
      assert.equal(stage.do('clearLoginFailures', { key: 'k', username: 'ann' }).failures, 0);
      assert.equal(stage.queries.loginFailures('k')?.failures, 1);
    });

    test('[A4] failed logins', (t) => {
      const stage = new Stage(t, factory);
      const fail = () => stage.do('recordLoginFailure', { key: 'k', username: 'ann', windowMs: 900_000 });
      stage.person('ann');
      const { firstAt } = fail();
      stage.clock.advance(600_000);
      assert.deepEqual(fail(), { failures: 2, firstAt });
      stage.store.restart();
      assert.deepEqual(stage.queries.loginFailures('k'), { failures: 2, firstAt });
      stage.clock.advance(300_000);
      assert.equal(fail().failures, 1);
      stage.do('clearLoginFailures', { key: 'k', username: 'ann' });
      assert.equal(stage.queries.loginFailures('k'), null);
      fail();
      stage.clock.advance(900_000);
      stage.store.settle();
      assert.equal(stage.queries.loginFailures('k'), null);
    });

    test('[A5] [A6] deletion', (t) => {
      const stage = new Stage(t, factory);
      const session = stage.session();
      const ann = stage.person('ann', session);
      const [ben, cleo, dora] = [stage.person('ben'), stage.person('cleo'), stage.person('dora')];
      const { conversationId } = stage.say(ann, ben, 'from ann');
      stage.say(ben, ann, 'from ben');
      stage.say(cleo, ann, 'from cleo');
      const deleted = stage.do('deleteUser', { userId: ann });
      assert.equal(deleted.kind, 'deleted');
      assert.deepEqual('endedSessionIds' in deleted && deleted.endedSessionIds, [session.id]);
      const user = { id: ann, username: 'Deleted User', deleted: true };
      assert.deepEqual(
        stage.told.map(({ userId, event }) => [userId, event.payload]).sort(),
        [ben, cleo].map((id) => [id, { change: 'deleted', user }]).sort(),
      );
      assert.equal(stage.queries.headCursor(dora), 0);
      assert.deepEqual(stage.log(ben).at(-1)?.payload, { change: 'deleted', user });
      assert.deepEqual(stage.queries.user(ben, ann), user);
      assert.deepEqual(
        stage.queries
          .messages(ben, conversationId, { limit: 9 })
          ?.messages.map(({ sender_name, content, is_anonymized }) => [sender_name, content, is_anonymized]),
        [
          ['Deleted User', 'from ann', true],
          ['ben', 'from ben', false],
        ],
      );
      assert.equal(stage.queries.session(session.id), null);
      assert.equal(stage.queries.credentials('ann'), null);
      assert.equal(stage.queries.credentialsById(ann), null);
      assert.equal(stage.queries.me(ann), null);
      assert.deepEqual(stage.queries.presenceOf([ann]), []);
      assert.deepEqual(stage.queries.sessions(ann, ''), []);
      assert.deepEqual(stage.queries.person(ann), { username: '', deleted: true });
      assert.equal(stage.do('deleteUser', { userId: ann }).kind, 'not-found');
      assert.equal(
        stage.do('openSession', { userId: ann, session: stage.session(), rehash: null }).kind,
        'not-found',
      );
      // The other one's marks go on, and tell nobody but themselves.
      assert.deepEqual(
        stage.mark(ben, conversationId, 1, 'read').map(({ userId }) => userId),
        [ben],
      );
    });

    test('[A7] lists of people', (t) => {
      const stage = new Stage(t, factory);
      const [ann] = [stage.person('ann'), stage.person('anna'), stage.person('bert')];
      stage.do('deleteUser', { userId: stage.person('annabel') });
      const names = (prefix: string) =>
        stage.queries.users(ann, prefix, 10).map((user) => 'created_at' in user && user.username);
      assert.deepEqual(names('AN'), ['anna']);
      assert.deepEqual(names(''), ['anna', 'bert']);
    });
  });
};
