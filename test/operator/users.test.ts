import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { parseConfig, type Config } from '../../server/config/config.ts';
import { hashTypedCode } from '../../server/edge/auth/refresh-tokens.ts';
import { makePerform } from '../../server/operator/perform.ts';
import type { Operator } from '../../server/operator/operator.ts';
import { RESET_TTL_MS } from '../../server/operator/users.ts';
import type { QueryName, Reads } from '../../server/storage/reads.ts';
import type { WriteName, Writes } from '../../server/storage/writes.ts';
import { Stage } from '../storage/stage.ts';
import { sqliteFactory } from '../storage/sqlite-store.ts';

const by = { account: 'root' };

/** The operator's requests on a real store. What a running server would be told is only noted. */
const setUp = async (t: TestContext) => {
  const stage = await Stage.open(t, sqliteFactory);
  const told: unknown[] = [];
  const { clock, ids } = stage;
  const operator: Operator = {
    dataDir: '/nowhere',
    config: configOf(),
    attachments: { read: () => Promise.resolve(null), hold: () => () => undefined },
    backups: null,
    traces: null,
    inspected: () => null,
    figures: null,
    rotateSigningKey: () => clock.now() + 3_600_000,
    write: <W extends WriteName>(type: W, input: Writes[W]['in']) => stage.do(type, input),
    read: <Q extends QueryName>(name: Q, ...args: Parameters<Reads[Q]>) => stage.queries[name](...args),
    copyDatabase: () => Promise.reject(new Error('not here')),
    closeSockets(userId, sessionIds, code, reason) {
      if (sessionIds.length > 0) told.push({ userId, sessionIds, code, reason });
    },
    reloadThrottle(key) {
      told.push(key);
    },
  };
  return { stage, told, perform: makePerform({ operator, ids, clock }) };
};

/** That of a server without a variable. */
const configOf = (): Config => {
  const parsed = parseConfig({});
  assert.ok('config' in parsed);
  return parsed.config;
};

const NOBODY = { name: 'OperatorError', message: 'There is no user ben.' };

test('[A9] disabling closes the sockets of the sessions that it ended; enabling closes none', async (t) => {
  const { stage, told, perform } = await setUp(t);
  const session = stage.session();
  const userId = await stage.person('ann', session);
  const input = { username: 'ann' };
  assert.deepEqual(await perform({ command: 'user.disable', input, by }), { changed: true });
  const closed = [{ userId, sessionIds: [session.id], code: 4409, reason: 'account disabled' }];
  assert.deepEqual(told, closed);
  assert.deepEqual(await perform({ command: 'user.disable', input, by }), { changed: false });
  assert.deepEqual(await perform({ command: 'user.enable', input, by }), { changed: true });
  await assert.rejects(perform({ command: 'user.disable', input: { username: 'ben' }, by }), NOBODY);
  assert.deepEqual(told, closed);
});

test('an operator who deletes a user or ends a session closes the sockets', async (t) => {
  const { stage, told, perform } = await setUp(t);
  const [first, second] = [stage.session(), stage.session()];
  const userId = await stage.person('ann', first);
  await stage.login(userId, second);
  const revoke = (session_id: string | null) =>
    perform({ command: 'user.revoke', input: { username: 'ann', session_id }, by });
  assert.deepEqual(await revoke(first.id), { ended: 1 });
  await assert.rejects(revoke(first.id), /ann has no session/);
  await perform({ command: 'user.delete', input: { username: 'ann' }, by });
  await assert.rejects(perform({ command: 'user.delete', input: { username: 'ann' }, by }), /no user ann/);
  assert.deepEqual(told, [
    { userId, sessionIds: [first.id], code: 4409, reason: 'session revoked' },
    { userId, sessionIds: [second.id], code: 4403, reason: 'account deleted' },
  ]);
});

test('all sessions of a user can be ended at once', async (t) => {
  const { stage, perform } = await setUp(t);
  const userId = await stage.person('ann');
  await stage.login(userId, stage.session());
  const input = { username: 'ann', session_id: null };
  assert.deepEqual(await perform({ command: 'user.revoke', input, by }), { ended: 2 });
  assert.deepEqual(await perform({ command: 'user.revoke', input, by }), { ended: 0 });
});

test('[A10] a code for a new password is made, and only its hash is stored', async (t) => {
  const { stage, perform } = await setUp(t);
  const userId = await stage.person('ann');
  const made = await perform({ command: 'user.reset-password', input: { username: 'ann' }, by });
  assert.match(made.code, /^[0-9a-f]{32}$/, '128 bits');
  assert.equal(Date.parse(made.expires_at), stage.clock.now() + RESET_TTL_MS);
  const typed = hashTypedCode(` ${made.code.toUpperCase()} `);
  assert.equal((await stage.queries.passwordReset(typed))?.userId, userId);
  await assert.rejects(perform({ command: 'user.reset-password', input: { username: 'ben' }, by }), NOBODY);
});

test('[A4] unlocking tells the throttle of every address, however many there are', async (t) => {
  const { stage, told, perform } = await setUp(t);
  await stage.person('ann');
  for (let n = 0; n < 501; n += 1) await stage.failLogin(`k${String(n)}`, 'ann');
  const unlock = (target: string) => perform({ command: 'user.unlock', input: { target }, by });
  assert.deepEqual(await unlock('ann'), { failures: 501 });
  assert.equal(told.length, 501);
  await assert.rejects(unlock('ben'), NOBODY);
});

test('[A4] an address as an operator types it, and a name that looks like one', async (t) => {
  const { stage, told, perform } = await setUp(t);
  await stage.person('192.0.2.9');
  for (const key of ['192.0.2.9', '2001:db8:1:2::/64', 'elsewhere']) await stage.failLogin(key, '192.0.2.9');
  const unlock = (target: string) => perform({ command: 'user.unlock', input: { target }, by });
  assert.deepEqual(await unlock('2001:DB8:1:2:3::9'), { failures: 1 });
  assert.deepEqual(told, ['2001:db8:1:2::/64']);
  assert.deepEqual(await unlock(' ::ffff:192.0.2.9 '), { failures: 1 });
  assert.deepEqual(await unlock('192.0.2.9'), { failures: 1 }, 'by name, at the address that was left');
});

test('every change is in the audit log, with who made it', async (t) => {
  const { stage, perform } = await setUp(t);
  await stage.person('ann');
  const input = { username: 'ann' };
  await perform({ command: 'user.promote', input, by: { account: 'ada as root' } });
  await perform({ command: 'user.promote', input, by });
  const { id } = await perform({ command: 'invite.create', input: { uses: 2, ttl_ms: 1000 }, by });
  await perform({ command: 'invite.revoke', input: { id }, by });
  const { records } = await perform({ command: 'audit.list', input: { before: null, limit: 10 }, by });
  assert.deepEqual(
    records.map(({ actor, origin, action, user }) => [actor, origin, action, user?.username ?? null]),
    [
      ['root', 'command line', 'invite.revoke', null],
      ['root', 'command line', 'invite.create', null],
      ['ada as root', 'command line', 'user.promote', 'ann'],
    ],
  );
});
