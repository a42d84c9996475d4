import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { INTERNAL, UNAVAILABLE, type CommitStats } from '../../../server/storage/outcome.ts';
import { DatabaseError } from '../../../server/storage/postgres/database-error.ts';
import { statement, type Database } from '../../../server/storage/postgres/sql.ts';
import type { AccountWriteMessage } from '../../../server/storage/postgres/writes/account-write.ts';
import { AccountWriter } from '../../../server/storage/postgres/writes/account-writer.ts';
import { applyAccountWrite } from '../../../server/storage/postgres/writes/apply-account-write.ts';
import { storable } from '../../../server/storage/postgres/writes/storable.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { withoutPostgres } from '../../support/postgres.ts';
import { hash, SeveralHosts, times } from './several-hosts.ts';

const AUDIT = { actor: 'root\0', origin: 'a\0b' };

/** A transaction that ends when the test says so. */
interface Held {
  end(error?: Error): void;
}

const heldDatabase = () => {
  const held: Held[] = [];
  const database: Pick<Database, 'transaction'> = {
    transaction: () =>
      new Promise((resolve, reject) => {
        held.push({
          end(error) {
            if (error === undefined) resolve({ result: { kind: 'ok' }, events: [] } as never);
            else reject(error);
          },
        });
      }),
  };
  return { held, database };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const endSession = (userId: string): AccountWriteMessage => ({
  type: 'endSession',
  input: { userId, sessionId: 's' },
});

describe('the writer of accounts', () => {
  test('four at a time, those of one user one after the other, and answers in order', async () => {
    const { held, database } = heldDatabase();
    const stats: CommitStats[] = [];
    const writer = new AccountWriter(database, {
      clock: new ManualClock(),
      onCommit: (each) => stats.push(each),
    });
    const committing = writer.commit([
      ...times(3, () => endSession('ann')),
      ...times(4, (n) => endSession(`user ${String(n)}`)),
    ]);
    await turn();
    // Ann's first, and three others.
    assert.equal(held.length, 4);
    held[0]?.end();
    await turn();
    assert.equal(held.length, 5);
    held[1]?.end(new DatabaseError('unavailable', '57P01', 'shutting down'));
    await turn();
    for (let at = 0; at < 7; at += 1) {
      held[at]?.end();
      await turn();
    }
    const outcomes = await committing;
    assert.equal(held.length, 7);
    assert.deepEqual(
      outcomes.map(({ ok }) => ok),
      [true, true, true, false, true, true, true],
    );
    assert.deepEqual(stats, [{ size: 7, durationMs: 0, failures: 1, cause: '57P01' }]);
  });

  test('a heartbeat and a probe wait for no other write', async () => {
    const { held, database } = heldDatabase();
    const writer = new AccountWriter(database, { clock: new ManualClock() });
    void writer.commit(times(9, (n) => endSession(`user ${String(n)}`)));
    await turn();
    assert.equal(held.length, 4);
    const urgent: readonly AccountWriteMessage[] = [
      { type: 'heartbeat', input: { hostId: 'h', registers: null } },
      { type: 'probe', input: {} },
    ];
    const answered = urgent.map((write) => writer.commit([write]));
    await turn();
    assert.equal(held.length, 4 + urgent.length);
    for (const each of held.slice(4)) each.end();
    assert.ok((await Promise.all(answered)).flat().every(({ ok }) => ok));
  });

  test('[P9] writes about connections share transactions of at most 64; two of one user do not', async () => {
    const { held, database } = heldDatabase();
    const writer = new AccountWriter(database, { clock: new ManualClock() });
    const settle = (n: number): AccountWriteMessage => ({
      type: 'settlePresence',
      input: { userId: `user ${String(n)}`, tellAnyway: false },
    });
    const crowd = writer.commit(times(65, settle));
    await turn();
    assert.equal(held.length, 2);
    for (const each of held) each.end(new DatabaseError('unavailable', '57P01', 'shutting down'));
    assert.ok((await crowd).every((outcome) => !outcome.ok && outcome.fault === UNAVAILABLE));
    assert.equal(held.length, 2, 'a database that is away is not asked again for each');
    void writer.commit([settle(1), settle(2), settle(1), endSession('ann'), settle(3)]);
    await turn();
    assert.equal(held.length, 2 + 3, 'the second of user 1 waits for the first');
  });

  test('a fault of the database is unavailable, one of the write is internal, and both say why', async () => {
    const causes: string[] = [];
    const failing = async (error: Error) => {
      const database = { transaction: () => Promise.reject(error) };
      const outcome = await applyAccountWrite(database, { type: 'probe', input: {} }, 0, (cause) =>
        causes.push(cause),
      );
      return outcome.ok ? null : outcome.fault;
    };
    assert.equal(await failing(new DatabaseError('unavailable', '53300', 'too many')), UNAVAILABLE);
    assert.equal(await failing(new DatabaseError('unknown-outcome', '', 'no answer')), UNAVAILABLE);
    assert.equal(await failing(new DatabaseError('statement', '23505', 'twice')), INTERNAL);
    assert.equal(await failing(new Error('a bug')), INTERNAL);
    assert.deepEqual(causes, ['53300', 'no answer', '23505', 'a bug']);
  });

  test('U+0000 becomes U+FFFD in texts, at any depth, and bytes stay', () => {
    const bytes = Buffer.from([0, 1]);
    const given = { a: 'x\0y', b: ['\0', 1, null, bytes], c: { 'k\0': true } };
    const fits = { a: 'x\u{FFFD}y', b: ['\u{FFFD}', 1, null, bytes], c: { 'k\u{FFFD}': true } };
    assert.deepEqual(storable(given), fits);
    assert.equal(storable(fits), fits);
  });
});

describe('writes of accounts', { skip: withoutPostgres }, () => {
  test('a connection that cannot be stored takes no other along', async (t) => {
    const hosts = await SeveralHosts.open(t, { hosts: 1 });
    const hostId = await hosts.register();
    await hosts.change("ALTER TABLE connections ADD CHECK (ip_address <> 'refused')");
    const people = times(4, (n) => hosts.registration(`user${String(n)}`));
    for (const person of people) await hosts.do('registerUser', person);
    const writer = new AccountWriter(hosts.database, { clock: hosts.clock });
    const outcomes = await writer.commit(
      people.map(({ id, session }, n) => ({
        type: 'openConnection',
        input: {
          ...{ userId: id, sessionId: session.id, hostId, socketId: hosts.ids.next(), visible: true },
          ...{ ipAddress: n === 2 ? 'refused' : '192.0.2.1', tellAnyway: false },
        },
      })),
    );
    assert.deepEqual(
      outcomes.map(({ ok }) => ok),
      [true, true, false, true],
    );
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM connections'), [[3]]);
  });

  test('no text of an input fails a write', async (t) => {
    const hosts = await SeveralHosts.open(t, { hosts: 1 });
    const userId = await hosts.user('ann');
    const session = { ...hosts.session(), userAgent: 'a\0b', ipAddress: '\0' };
    await hosts.do('openSession', { userId, session, verifiedHash: 'first', rehash: null });
    const hostId = await hosts.register('\0');
    const connection = { hostId, socketId: hosts.ids.next(), sessionId: session.id, ipAddress: '\0' };
    await hosts.do('openConnection', { userId, ...connection, visible: true, tellAnyway: false });
    await hosts.settle('k\0', 'ann\0', 'wrong');
    await hosts.settle('k\0', 'ann\0', 'right');
    const detail = { 'a\0': 'b\0' };
    const audited = { action: 'x\0', subjectId: userId, target: '\0', detail };
    await hosts.do('recordAudit', { audit: AUDIT, ...audited });
    const unlocked = await hosts.do('unlockLogins', { key: 'k\0', audit: AUDIT });
    assert.equal('failures' in unlocked && unlocked.failures, 1);
    const username = 'ann\0';
    const codeHash = Buffer.from([0]);
    const answers = [
      await hosts.do('unlockLogins', { username, audit: AUDIT }),
      await hosts.do('setUserRole', { username, role: 'admin', audit: AUDIT }),
      await hosts.do('setUserDisabled', { username, disabled: true, audit: AUDIT }),
      await hosts.do('createPasswordReset', { username, codeHash, ttlMs: 1, audit: AUDIT }),
    ];
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      times(4, () => 'not-found'),
    );
    assert.deepEqual(await hosts.rows('SELECT user_agent FROM user_sessions ORDER BY row DESC LIMIT 1'), [
      ['a\u{FFFD}b'],
    ]);
  });

  test('a write that fails has changed nothing', async (t) => {
    const hosts = await SeveralHosts.open(t, { hosts: 1 });
    const first = hosts.registration('ann');
    await hosts.do('registerUser', first);
    await hosts.do('createInvite', { hash: hash('code') });
    const signups = { key: 'k', perHour: 9 };
    const again = { ...hosts.registration('ben'), id: first.id, inviteHash: hash('code'), signups };
    const outcome = await hosts.outcome({ type: 'registerUser', input: again });
    assert.deepEqual(outcome, { ok: false, fault: INTERNAL });
    const counts = await hosts.rows(
      `SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM reserved_names),
         (SELECT count(*) FROM signups), (SELECT uses_left FROM invites), (SELECT count(*) FROM user_sessions)`,
    );
    assert.deepEqual(counts, [[1, 1, 0, 1, 1]]);
    assert.equal((await hosts.do('registerUser', { ...again, id: hosts.ids.next() })).kind, 'registered');
  });

  test('maintenance removes at most its budget, passes over what another host has locked, and waits for nobody', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const userId = await hosts.user('ann');
    for (let n = 0; n < 30; n += 1) {
      await hosts.do('openSession', {
        userId,
        session: hosts.session(),
        verifiedHash: 'first',
        rehash: null,
      });
      await hosts.settle(`k${String(n)}`, 'ann', 'wrong', 1_000);
    }
    hosts.clock.advance(86_400_000);
    const count = 'SELECT (SELECT count(*) FROM user_sessions), (SELECT count(*) FROM login_failures)';
    const locked = [
      'SELECT 1 FROM user_sessions WHERE row <= 4 FOR UPDATE',
      `SELECT 1 FROM login_failures WHERE key IN ('k1', 'k2') FOR UPDATE`,
    ];
    await hosts.database.transaction(async (sql) => {
      for (const text of locked) await sql.query(statement('', text));
      const both = () => Promise.all(times(2, () => hosts.do('prune', { budget: 10 })));
      assert.deepEqual(
        await both(),
        times(2, () => ({ more: true })),
      );
      while ((await both()).some(({ more }) => more));
      assert.deepEqual(await hosts.rows(count), [[4, 2]]);
    });
    assert.deepEqual(await hosts.do('prune', { budget: 10 }), { more: false });
    assert.deepEqual(await hosts.rows(count), [[0, 0]]);
  });
});
