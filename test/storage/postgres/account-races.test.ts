import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withoutPostgres } from '../../support/postgres.ts';
import { hash, kindsOf, SeveralHosts, times } from './several-hosts.ts';

const ROUNDS = 20;

describe('accounts, written by two hosts at the same moment', { skip: withoutPostgres }, () => {
  test('[A1] [A2] one of twenty gets a name, and only that one uses its invitation', async (t) => {
    const hosts = await SeveralHosts.open(t);
    for (let round = 0; round < 3; round += 1) {
      const codes = times(ROUNDS, (n) => hash(`code ${String(round)} ${String(n)}`));
      await Promise.all(codes.map((code) => hosts.do('createInvite', { hash: code })));
      const results = await Promise.all(
        codes.map((inviteHash, n) => {
          const name = n % 2 === 0 ? `ann${String(round)}` : `ANN${String(round)}`;
          return hosts.do('registerUser', { ...hosts.registration(name), inviteHash });
        }),
      );
      assert.deepEqual(kindsOf(results), { registered: 1, taken: ROUNDS - 1 });
    }
    const counts =
      'SELECT sum(uses), (SELECT count(*) FROM users), (SELECT count(*) FROM heads) FROM invites';
    assert.deepEqual(await hosts.rows(counts), [[3, 3, 3]]);
    assert.equal(hosts.retries, 0);
  });

  test('[A2] [A3] an invitation for three and an address with five an hour are never exceeded', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const inviteHash = hash('three');
    await hosts.do('createInvite', { hash: inviteHash, uses: 3 });
    const invited = await Promise.all(
      times(ROUNDS, (n) => hosts.do('registerUser', { ...hosts.registration(`i${String(n)}`), inviteHash })),
    );
    assert.deepEqual(kindsOf(invited), { registered: 3, 'invite-invalid': ROUNDS - 3 });
    const signups = { key: '192.0.2.9', perHour: 5 };
    const counted = await Promise.all(
      times(ROUNDS, (n) => hosts.do('registerUser', { ...hosts.registration(`s${String(n)}`), signups })),
    );
    assert.deepEqual(kindsOf(counted), { registered: 5, 'too-many': ROUNDS - 5 });
    assert.deepEqual(await hosts.rows('SELECT key, count FROM signups'), [['192.0.2.9', 5]]);
    assert.deepEqual(await hosts.rows('SELECT uses_left, uses FROM invites'), [[0, 3]]);
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM reserved_names'), [[8]]);
  });

  test('[A11] one link makes one admin, and of two hosts that start together one link is good', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const links = times(2, (n) => hash(`link ${String(n)}`));
    await Promise.all(links.map((each) => hosts.do('offerFirstAdmin', { hash: each, ttlMs: 60_000 })));
    const results = await Promise.all(
      times(ROUNDS, (n) =>
        hosts.do('registerUser', {
          ...hosts.registration(`a${String(n)}`),
          inviteHash: links[n % 2] ?? null,
          inviteRule: 'first-admin',
        }),
      ),
    );
    assert.deepEqual(kindsOf(results), { registered: 1, 'invite-invalid': ROUNDS - 1 });
    assert.deepEqual(await hosts.rows('SELECT role FROM users'), [['admin']]);
    assert.equal(hosts.retries, 0);
  });

  test('[A4] a hundred failed logins are a hundred, each with its own number', async (t) => {
    const hosts = await SeveralHosts.open(t);
    for (const name of ['ann', 'ben']) await hosts.user(name);
    const names = ['ann', 'ben', 'nobody', 'Ann'];
    const results = await Promise.all(times(100, (n) => hosts.settle('k', names[n % 4] ?? '', 'wrong')));
    assert.deepEqual(
      results.map(({ failures }) => failures).sort((a, b) => a - b),
      times(100, (n) => n + 1),
    );
    const byName = await hosts.rows(
      'SELECT u.username, f.failures FROM login_failures_of_user f JOIN users u ON u.row = f.user_row ORDER BY 1',
    );
    assert.deepEqual(byName, [
      ['ann', 50],
      ['ben', 25],
    ]);
  });

  test('[A4] of any number of guesses at three hosts at the same moment, exactly the limit reach the hash', async (t) => {
    const hosts = await SeveralHosts.open(t, { hosts: 3 });
    await hosts.user('ann');
    const limits = { maxFailures: 5, windowMs: 900_000 };
    let [held, heldMost] = [0, 0];
    /** The queue of a host, without its pauses. Returns whether the password was tried. */
    const guess = async (key: string, outcome: 'wrong' | 'right'): Promise<boolean> => {
      for (;;) {
        const slot = hosts.ids.next();
        const entry = await hosts.do('enterLogin', { key, slot, ...limits });
        if (entry.kind === 'limited') return false;
        if (entry.kind === 'wait') continue;
        held += 1;
        heldMost = Math.max(heldMost, held);
        await hosts.rows('SELECT pg_sleep(0.01)');
        held -= 1;
        await hosts.do('settleLogin', { key, slot, username: 'ann', outcome, windowMs: limits.windowMs });
        return true;
      }
    };
    for (let round = 0; round < 5; round += 1) {
      const key = `k${String(round)}`;
      const right = await Promise.all(times(10, () => guess(key, 'right')));
      assert.ok(right.every(Boolean));
      const wrong = await Promise.all(times(60, () => guess(key, 'wrong')));
      assert.equal(wrong.filter(Boolean).length, limits.maxFailures);
    }
    assert.ok(heldMost > 1 && heldMost <= limits.maxFailures, `${String(heldMost)} slots at once`);
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM login_slots'), [[0]]);
    assert.equal(hosts.retries, 0);
  });

  test('[A4] failures, successes and unlocking at once: the sum of an address stays that of its names', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const names = ['ann', 'ben', 'cleo'];
    const keys = ['k1', 'k2', 'k3'];
    for (const name of names) await hosts.user(name);
    await Promise.all(
      times(180, async (n) => {
        const key = keys[n % 3] ?? '';
        const username = names[Math.floor(n / 3) % 3] ?? '';
        if (n % 5 === 3) await hosts.settle(key, username, 'right');
        else if (n % 15 === 4) await hosts.do('unlockLogins', { username, audit: null });
        else await hosts.settle(key, username, 'wrong');
      }),
    );
    const counted = times(180, (n) => n).filter((n) => n % 5 !== 3 && n % 15 !== 4).length;
    const [[left, ofUsers] = [0, 0]] = await hosts.rows<[number, number]>(
      `SELECT coalesce(sum(failures), 0)::bigint,
         (SELECT coalesce(sum(failures), 0)::bigint FROM login_failures_of_user) FROM login_failures`,
    );
    assert.equal(left, ofUsers);
    assert.ok(left < counted, `${String(left)} of ${String(counted)}`);
    assert.equal(hosts.retries, 0);
  });

  test('[S2] [S3] of twenty uses of one refresh token one rotates it, and the others are repetitions', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const session = hosts.session('r0');
    await hosts.do('registerUser', { ...hosts.registration('ann'), session });
    for (let n = 0; n < 5; n += 1) {
      const [old, next] = [hash(`r${String(n)}`), hash(`r${String(n + 1)}`)];
      const rotation = { hash: old, successorHash: next, ttlMs: 86_400_000 };
      const results = await Promise.all(times(ROUNDS, () => hosts.do('rotateRefresh', rotation)));
      assert.deepEqual(kindsOf(results), { rotated: 1, repeated: ROUNDS - 1 });
    }
    assert.deepEqual(
      await hosts.rows('SELECT count(*), (SELECT count(*) FROM user_sessions) FROM spent_refresh_tokens'),
      [[5, 1]],
    );
    // Of a stolen one and its successor, used at once, no order leaves two sessions.
    const uses = ['r4', 'r5'].map((old, n) =>
      hosts.do('rotateRefresh', {
        hash: hash(old),
        successorHash: hash(n === 0 ? 'r5' : 'r6'),
        ttlMs: 1_000,
      }),
    );
    const kinds = (await Promise.all(uses)).map(({ kind }) => kind);
    assert.ok(['repeated,rotated', 'reused,rotated'].includes(kinds.join()), kinds.join());
  });

  test('[S5] a login that was checked against the old password leaves no session after the change', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const registration = hosts.registration(`ann${String(round)}`);
      await hosts.do('registerUser', registration);
      const late = times(3, () => hosts.session());
      const { id: userId, session: kept } = registration;
      const login = (n: number) =>
        hosts.do('openSession', {
          userId,
          session: late[n] ?? kept,
          verifiedHash: 'first',
          rehash: null,
        });
      const [first, changed, ...others] = await Promise.all([
        login(0),
        hosts.do('changePassword', {
          userId,
          verifiedHash: 'first',
          passwordHash: 'second',
          keepSessionId: kept.id,
        }),
        login(1),
        login(2),
      ]);
      assert.equal(changed.kind, 'changed');
      const opened = [first, ...others].filter(({ kind }) => kind === 'opened').length;
      for (const { kind } of [first, ...others]) seen.add(kind);
      assert.ok([first, ...others].every(({ kind }) => kind === 'opened' || kind === 'stale'));
      assert.equal('endedSessionIds' in changed && changed.endedSessionIds.length, opened);
      const left = await hosts.rows(
        `SELECT s.id FROM user_sessions s JOIN users u ON u.row = s.user_row WHERE u.id = '${userId}'`,
      );
      assert.deepEqual(left, [[kept.id]]);
    }
    t.diagnostic(`answers to the logins: ${[...seen].join(', ')}`);
  });

  test('[A9] a login during disabling leaves no session', async (t) => {
    const hosts = await SeveralHosts.open(t);
    for (let round = 0; round < ROUNDS; round += 1) {
      const username = `ann${String(round)}`;
      const userId = await hosts.user(username);
      const login = () =>
        hosts.do('openSession', { userId, session: hosts.session(), verifiedHash: 'first', rehash: null });
      await Promise.all([
        login(),
        hosts.do('setUserDisabled', { username, disabled: true, audit: null }),
        login(),
      ]);
    }
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM user_sessions'), [[0]]);
  });

  test('[A10] of twenty uses of one code one sets the password', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const userId = await hosts.user('ann');
    const codeHash = hash('code');
    await hosts.do('createPasswordReset', { username: 'ann', codeHash, ttlMs: 1_000, audit: null });
    const results = await Promise.all(
      times(ROUNDS, (n) =>
        hosts.do('usePasswordReset', { codeHash, passwordHash: `by ${String(n)}`, session: hosts.session() }),
      ),
    );
    assert.deepEqual(kindsOf(results), { used: 1, invalid: ROUNDS - 1 });
    const winner = results.findIndex(({ kind }) => kind === 'used');
    assert.deepEqual(await hosts.rows(`SELECT password_hash FROM users WHERE id = '${userId}'`), [
      [`by ${String(winner)}`],
    ]);
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM user_sessions'), [[1]]);
  });

  test('[P9] no number of logins at once exceeds the sessions of a user', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const userId = await hosts.user('ann');
    const login = () =>
      hosts.do('openSession', { userId, session: hosts.session(), verifiedHash: 'first', rehash: null });
    await Promise.all(times(130, login));
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM user_sessions'), [[100]]);
  });
});
