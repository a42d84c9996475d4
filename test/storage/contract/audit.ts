import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AUDIT_KEPT_MS } from '../../../server/storage/limits.ts';
import { removeBefore } from '../removing.ts';
import { Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';

const AUDIT = { actor: 'root', origin: 'console' };

/** What operators see: users, sessions, counts, and the record of what operators did. */
export const auditRules = (factory: StoreFactory): void => {
  describe('what operators see', () => {
    const records = async (stage: Stage) =>
      (await stage.queries.auditRecords({ before: null, limit: 99 }))
        .map(({ action, subject, target, detail }) => [action, subject?.username ?? target, detail])
        .reverse();

    test('each write of an operator leaves one record, if it changed something', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session();
      const ann = await stage.person('ann', session);
      const audit = AUDIT;
      const hash = Buffer.from('an invitation');
      const expires_at = stage.clock.now() + 1_000;
      for (let twice = 0; twice < 2; twice += 1) {
        await stage.do('setUserRole', { username: 'ann', role: 'admin', audit });
        await stage.do('endSession', { userId: ann, sessionId: session.id, audit });
        await stage.do('setUserDisabled', { username: 'ann', disabled: true, audit });
        await stage.do('unlockLogins', { username: 'ann', audit });
        await stage.do('unlockLogins', { key: '192.0.2.9', audit });
        await stage.do('revokeInvite', { id: 1, audit });
      }
      await stage.do('setUserRole', { username: 'ann', role: 'user', audit });
      await stage.do('setUserDisabled', { username: 'ann', disabled: false, audit });
      await stage.do('createPasswordReset', { username: 'ann', codeHash: hash, ttlMs: 1_000, audit });
      const { id } = await stage.do('createInvite', { hash, uses: 3, ttlMs: 1_000, audit });
      await stage.do('revokeInvite', { id, audit });
      for (const username of ['ann', 'nobody']) await stage.failLogin('192.0.2.9', username);
      await stage.do('unlockLogins', { username: 'ann', audit });
      await stage.do('unlockLogins', { key: '192.0.2.9', audit });
      const detail = { bytes: 7 };
      await stage.do('recordAudit', { audit, action: 'backup', subjectId: null, target: 'a file', detail });
      await stage.do('recordAudit', { audit, action: 'note', subjectId: ann, target: null, detail: null });
      assert.deepEqual(await records(stage), [
        ['user.promote', 'ann', null],
        ['user.revoke', 'ann', { session: session.id }],
        ['user.disable', 'ann', null],
        ['user.demote', 'ann', null],
        ['user.enable', 'ann', null],
        ['user.reset-password', 'ann', { expires_at }],
        ['invite.create', String(id), { uses: 3, expires_at }],
        ['invite.revoke', String(id), null],
        ['user.unlock', 'ann', { failures: 1 }],
        ['user.unlock', '192.0.2.9', { failures: 1 }],
        ['backup', 'a file', { bytes: 7 }],
        ['note', 'ann', null],
      ]);
    });

    test('what users do themselves leaves none', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session();
      const ann = await stage.person('ann', session);
      await stage.do('endSession', { userId: ann, sessionId: session.id });
      await stage.remove(ann);
      assert.deepEqual(await records(stage), []);
    });

    test('[P7] a record names a deleted user no longer', async (t) => {
      const stage = await Stage.open(t, factory);
      const ann = await stage.person('ann');
      await stage.do('setUserRole', { username: 'ann', role: 'admin', audit: AUDIT });
      await stage.do('deleteUser', { userId: ann, audit: AUDIT });
      assert.deepEqual(await records(stage), [
        ['user.promote', 'Deleted User', null],
        ['user.delete', 'Deleted User', null],
      ]);
      const [record] = await stage.queries.auditRecords({ before: null, limit: 1 });
      assert.deepEqual(record, {
        id: 2,
        at: stage.clock.now(),
        actor: 'root',
        origin: 'console',
        action: 'user.delete',
        subject: { id: ann, username: 'Deleted User' },
        target: null,
        detail: null,
      });
      const older = await stage.queries.auditRecords({ before: 2, limit: 9 });
      assert.deepEqual(
        older.map(({ id }) => id),
        [1],
      );
    });

    const note = async (stage: Stage, count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) {
        const input = { audit: AUDIT, action: 'note', subjectId: null, target: null, detail: null };
        await stage.do('recordAudit', input);
      }
    };
    const numbers = async (stage: Stage) =>
      (await stage.queries.auditRecords({ before: null, limit: 99 })).map(({ id }) => id).reverse();

    test('[P9] records of more than 400 days go in small steps, and the newest stays', async (t) => {
      const stage = await Stage.open(t, factory);
      await note(stage, 5);
      stage.clock.advance(AUDIT_KEPT_MS - 1);
      assert.deepEqual(await stage.do('prune', { budget: 10 }), { more: false });
      assert.deepEqual(await numbers(stage), [1, 2, 3, 4, 5]);
      stage.clock.advance(1);
      assert.deepEqual(await stage.do('prune', { budget: 2 }), { more: true });
      assert.deepEqual(await numbers(stage), [3, 4, 5]);
      await note(stage, 1);
      assert.deepEqual(await stage.do('prune', { budget: 10 }), { more: false });
      assert.deepEqual(await numbers(stage), [6]);
      stage.clock.advance(2 * AUDIT_KEPT_MS);
      await stage.store.settle();
      assert.deepEqual(await numbers(stage), [6]);
    });

    test('[P9] of too many records the oldest go', async (t) => {
      const stage = await Stage.open(t, factory);
      await note(stage, 9);
      assert.deepEqual(await stage.do('prune', { budget: 4, auditKept: 3 }), { more: true });
      assert.deepEqual(await numbers(stage), [5, 6, 7, 8, 9]);
      assert.deepEqual(await stage.do('prune', { budget: 4, auditKept: 3 }), { more: false });
      assert.deepEqual(await numbers(stage), [7, 8, 9]);
    });

    test('lists of users, by name and page', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session();
      const ann = await stage.person('ann', session);
      for (const name of ['anna', 'bert', 'anton']) await stage.person(name);
      await stage.remove(await stage.person('annabel'));
      const names = async (after: string | null, prefix: string, limit = 9) =>
        (await stage.queries.adminUsers({ after, prefix, limit })).map(({ username }) => username);
      assert.deepEqual(await names(null, ''), ['ann', 'anna', 'anton', 'bert']);
      assert.deepEqual(await names(null, 'AN', 2), ['ann', 'anna']);
      assert.deepEqual(await names('Anna', 'an', 2), ['anton']);
      const createdAt = stage.clock.now();
      const profile = { displayName: null, about: null, avatar: null };
      const common = { id: ann, username: 'ann', ...profile, role: 'user', createdAt, disabledAt: null };
      assert.deepEqual(await stage.queries.adminUser('ann'), { ...common, lastSeen: null, sessions: 1 });
      await stage.connect(ann, session.id);
      stage.clock.advance(session.ttlMs);
      assert.deepEqual(await stage.queries.adminUser('ann'), { ...common, lastSeen: createdAt, sessions: 0 });
      assert.equal(await stage.queries.adminUser('annabel'), null);
    });

    test('what users are called now, several at once', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann = '', ben = '', cleo = ''] = await stage.people('ann', 'ben', 'cleo');
      await stage.say(ben, ann, 'hello');
      await stage.remove(ben);
      const unknown = stage.ids.next();
      assert.deepEqual(await stage.queries.usernames([cleo, ben, unknown, ann]), [
        { userId: cleo, username: 'cleo' },
        { userId: ben, username: 'Deleted User' },
        { userId: ann, username: 'ann' },
      ]);
      assert.deepEqual(await stage.queries.usernames([]), []);
    });

    test('the sessions of a user', async (t) => {
      const stage = await Stage.open(t, factory);
      const session = stage.session();
      const ann = await stage.person('ann', session);
      const found = await stage.queries.adminSessions(ann);
      assert.deepEqual(
        found.map(({ id, current }) => [id, current]),
        [[session.id, false]],
      );
    });

    test('how much there is', async (t) => {
      const stage = await Stage.open(t, factory);
      const nothing = {
        ...{ users: 0, conversations: 0, messages: 0, reactions: 0 },
        ...{ attachments: 0, attachmentBytes: 0 },
      };
      assert.deepEqual(await stage.queries.storeCounts(), nothing);
      const [ann, ben, cleo] = [
        await stage.person('ann'),
        await stage.person('ben'),
        await stage.person('cleo'),
      ];
      await stage.say(ann, ben, 'one');
      await stage.say(ben, ann, 'two');
      await stage.say(ann, cleo, 'three');
      await stage.remove(cleo);
      const some = { ...nothing, users: 3, conversations: 2, messages: 3 };
      assert.deepEqual(await stage.queries.storeCounts(), some);
    });

    test('how many reactions are set: one that replaces another is one, and those of removed messages are none', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann = '', ben = ''] = await stage.people('ann', 'ben');
      const [one, other] = [stage.ids.next(), stage.ids.next()];
      const { sentAt } = await stage.say(ann, ben, 'one', one);
      stage.clock.advance(1_000);
      await stage.say(ben, ann, 'two', other);
      /** Also of what was counted before, however old that is. */
      const count = async (expected: number): Promise<void> => {
        for (const ms of [0, 70_000, 0]) {
          stage.clock.advance(ms);
          assert.equal((await stage.queries.storeCounts()).reactions, expected);
        }
      };
      await count(0);
      await stage.react(ann, one, '👍');
      await stage.react(ben, one, '👍');
      await count(2);
      await stage.react(ann, one, '🎉');
      await stage.react(ann, other, '🎉');
      await count(3);
      await stage.react(ann, one, null);
      await stage.react(ben, one, null);
      await stage.react(ben, one, '🎉');
      await count(2);
      await removeBefore(stage, sentAt + 1);
      await count(1);
      await stage.react(ben, other, '👍');
      await stage.react(ann, other, null);
      await count(1);
    });
  });
};
