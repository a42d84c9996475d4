import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type {
  AdminUserDetails,
  AdminUserPage,
  AuditResource,
  BackupList,
  InviteResource,
  ResetCode,
  ServerStatus,
} from '../../server/protocol/resources/admin.ts';
import type { InspectedHost } from '../../server/protocol/resources/inspector.ts';
import { ChatClient, expectStatus, freshName, PASSWORD } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { commandAnswer, runCommand } from '../support/operator-command.ts';
import { promote } from '../support/promote.ts';
import { say } from '../support/say.ts';
import { ServerProcess, sqliteOnly } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testInExtended } from '../support/scale.ts';
import { sessionOf } from '../support/token-states.ts';

const SECRET = 'the key of the admin tests, 32 bytes or more';
const PLANTED = 'canary: whatever an admin may see, it is not this';
const server = await ServerProcess.start({ after }, { PARLEY_JWT_SECRET: SECRET });
const admin = await ChatClient.register({ after }, server, freshName('admin'));
await promote(server, admin.username);

const person = (name: string): Promise<ChatClient> => ChatClient.register({ after }, server, freshName(name));
const login = (username: string, password: string) =>
  http('POST', `${server.url}/auth/login`, { body: { username, password } });

test('[A12] users in pages, one user with sessions, and sessions that end at once', async () => {
  const [first, second] = [await person('page'), await person('page')];
  const page = await admin.get<AdminUserPage>('/admin/api/users?prefix=page&limit=1');
  assert.deepEqual(
    page.users.map(({ username }) => username),
    [first.username],
  );
  const next = await admin.get<AdminUserPage>(
    `/admin/api/users?prefix=page&limit=1&after=${String(page.next)}`,
  );
  assert.deepEqual([next.users[0]?.username, next.next], [second.username, null]);
  const other = await ChatClient.login({ after }, server, first.username);
  const { socket } = await other.online();
  const path = `/admin/api/users/${first.username}`;
  const { user, sessions } = await admin.get<AdminUserDetails>(path);
  assert.deepEqual([user.sessions, sessions.length, user.role], [2, 2, 'user']);
  const id = sessionOf(other.accessToken);
  expectStatus(await admin.http('DELETE', `${path}/sessions/${id}`), 204);
  assert.equal((await socket.closed).code, 4409, '[P6]');
  expectStatus(await other.http('GET', '/users/me'), 401);
  expectStatus(await admin.http('DELETE', `${path}/sessions/${id}`), 404);
  assert.deepEqual(expectStatus(await admin.http('DELETE', `${path}/sessions`), 200).json(), { ended: 1 });
  expectStatus(await first.http('GET', '/users/me'), 401);
});

test('[A9] [A10] disabling, enabling, a code for a new password, deleting', async () => {
  const ada = await person('ada');
  const path = `/admin/api/users/${ada.username}`;
  const post = async (action: string) =>
    expectStatus(await admin.http('POST', `${path}/${action}`), 200).json<{ changed: boolean }>().changed;
  assert.deepEqual([await post('disable'), await post('disable')], [true, false]);
  expectStatus(await login(ada.username, PASSWORD), 403);
  assert.equal(await post('enable'), true);
  expectStatus(await login(ada.username, PASSWORD), 200);
  const { code } = expectStatus(await admin.http('POST', `${path}/reset-password`), 200).json<ResetCode>();
  const body = { code, new_password: 'Another-Horse-8' };
  expectStatus(await http('POST', `${server.url}/auth/reset`, { body }), 200);
  expectStatus(await login(ada.username, 'Another-Horse-8'), 200);
  expectStatus(await admin.http('DELETE', path), 204);
  expectStatus(await admin.http('GET', path), 404);
});

test('[A12] no admin shuts themselves out; another one can, and it counts at once', async () => {
  const other = await person('second');
  const own = `/admin/api/users/${admin.username.toUpperCase()}`;
  for (const [method, path] of [
    ['POST', `${own}/demote`],
    ['POST', `${own}/disable`],
    ['DELETE', own],
  ] as const)
    expectStatus(await admin.http(method, path), 409);
  expectStatus(await other.http('GET', '/admin/api/status'), 403);
  expectStatus(await admin.http('POST', `/admin/api/users/${other.username}/promote`), 200);
  expectStatus(await other.http('GET', '/admin/api/status'), 200);
  assert.equal((await other.get<{ role: string }>('/users/me')).role, 'admin');
  expectStatus(await admin.http('POST', `/admin/api/users/${other.username}/demote`), 200);
  expectStatus(await other.http('GET', '/admin/api/status'), 403);
  assert.equal((await other.get<{ role: string }>('/users/me')).role, 'user');
});

test('[A4] a locked address is unlocked', async () => {
  const ada = await person('locked');
  for (let n = 0; n < 5; n += 1) await login(ada.username, 'Wrong-Password-1');
  expectStatus(await login(ada.username, PASSWORD), 429);
  const body = { target: ada.username };
  const answer = expectStatus(await admin.http('POST', '/admin/api/unlock', { body }), 200);
  assert.deepEqual(answer.json(), { failures: 5 });
  const byAddress = expectStatus(
    await admin.http('POST', '/admin/api/unlock', { body: { target: '127.0.0.1' } }),
    200,
  );
  assert.deepEqual(byAddress.json(), { failures: 0 });
  expectStatus(await login(ada.username, PASSWORD), 200);
  expectStatus(await admin.http('POST', '/admin/api/unlock', { body: { target: 'nobody.at.all' } }), 404);
});

test('[A2] invitations are made, listed and revoked', async () => {
  const body = { uses: 3, expires_in_s: 3600 };
  const made = expectStatus(await admin.http('POST', '/admin/api/invites', { body }), 201);
  const { id, code } = made.json<{ id: number; code: string }>();
  assert.match(code, /^[0-9a-f]{32}$/);
  expectStatus(await admin.http('DELETE', `/admin/api/invites/${String(id)}`), 204);
  const listed = await admin.http('GET', '/admin/api/invites?limit=1');
  const [invite] = listed.json<{ invites: InviteResource[] }>().invites;
  assert.deepEqual([invite?.id, invite?.uses_left], [id, 3]);
  assert.notEqual(invite?.revoked_at, null);
  assert.ok(!listed.text.includes(code), 'the code is shown once');
});

test('what an admin does is in the audit log under their name, and secrets are in no settings', async () => {
  const ada = await person('audited');
  expectStatus(await admin.http('POST', `/admin/api/users/${ada.username}/disable`), 200);
  const { records } = await admin.get<{ records: AuditResource[] }>('/admin/api/audit?limit=1');
  const [record] = records;
  assert.deepEqual(
    [record?.action, record?.actor, record?.actor_username, record?.origin, record?.user?.username],
    ['user.disable', `admin:${admin.id}`, admin.username, 'admin page', ada.username],
  );
  const settings = await admin.http('GET', '/admin/api/settings');
  assert.ok(settings.text.includes('{"name":"PARLEY_JWT_SECRET","value":"given"}'), settings.text);
  assert.ok(!settings.text.includes(SECRET));
});

test('[A12] no answer of an admin route holds a message, or a part of one', async () => {
  const [ada, ben] = [await person('ada'), await person('ben')];
  const { socket } = await ada.online();
  await say(socket, ben, PLANTED);
  const { messages } = await admin.get<ServerStatus>('/admin/api/status');
  assert.ok(messages >= 1);
  const { paths } = (await admin.http('GET', '/openapi.json')).json<{ paths: Record<string, object> }>();
  const asked = Object.entries(paths).filter(([path]) => path.startsWith('/admin/api/'));
  assert.ok(asked.length > 12);
  for (const [path, methods] of asked) {
    if (!('get' in methods)) continue;
    const { status, text } = await admin.http('GET', path.replace('{username}', ada.username));
    assert.equal(status, 200, `${path} ${text}`);
    for (const word of PLANTED.split(' ')) assert.ok(word.length < 6 || !text.includes(word), path);
  }
  // An admin is nobody in a conversation of others.
  const { id } = await ada.conversationWith(ben);
  expectStatus(await admin.http('GET', `/conversations/${id}/messages`), 404);
});

test('[P9] each thread tells of itself, and the writer of its commits', async () => {
  const ada = await person('ada');
  const { socket } = await ada.online();
  await say(socket, admin, 'hello');
  const writer = async () =>
    (await admin.get<InspectedHost>('/admin/api/threads')).threads.find(({ name }) => name === 'writer');
  await eventually('a commit in the figures', async () => {
    const commits = (await writer())?.commits ?? null;
    return commits !== null && commits.writes_per_second > 0 && commits.p99_ms > 0;
  });
  const { threads } = await admin.get<InspectedHost>('/admin/api/threads');
  assert.equal(threads[0]?.name, 'edge');
  assert.ok(threads[0].actors >= 1, 'the connection of ada');
  assert.ok(threads.every(({ restarts }) => restarts === 0));
});

testInExtended('[P11] a backup is begun, proven and listed', { skip: sqliteOnly }, async (t) => {
  const own = await ServerProcess.start(t, { PARLEY_BACKUP_DIR: tempDir(t) });
  const ada = await ChatClient.register(t, own, freshName('ada'));
  await promote(own, ada.username);
  const list = () => ada.get<BackupList>('/admin/api/backups');
  assert.deepEqual([(await list()).backups, (await list()).schedule?.keep], [[], 7]);
  const start = async () =>
    expectStatus(await ada.http('POST', '/admin/api/backups'), 202).json<{ started: boolean }>().started;
  assert.deepEqual([await start(), await start()], [true, false]);
  await eventually('the proven backup', async () => (await list()).backups.length === 1, 60_000);
  const { backups, running, failures } = await list();
  assert.deepEqual([running, failures], [false, 0]);
  assert.ok((backups[0]?.bytes ?? 0) > 10_000);
});

testInExtended(
  '[P11] parley backups begins one, waits until it is proven, and lists them; without a server it lists and says so',
  { skip: sqliteOnly },
  async (t) => {
    const settings = { PARLEY_BACKUP_DIR: tempDir(t) };
    const own = await ServerProcess.start(t, settings);
    const run = (...args: string[]) => runCommand(own.dataDir, ['backups', ...args], settings);
    assert.match((await run()).stdout, /^one every 24 h|^one every /);
    const made = await run('start', '--json');
    const { name, started } = JSON.parse(made.stdout) as { name: string; started: boolean };
    assert.deepEqual([made.code, made.stderr, started], [0, '', true]);
    const listed = await run('list');
    assert.match(listed.stdout, new RegExp(`^MADE +SIZE +FILE\\n\\d.* KB +${name}$`, 'm'));
    const { records } = await commandAnswer<{ records: AuditResource[] }>(own.dataDir, ['audit']);
    // The command of the schedule is one of the server's account.
    assert.deepEqual(
      records.map(({ action }) => action),
      ['backup', 'backup.start'],
    );
    await own.kill('SIGTERM');
    assert.equal((await run('list')).stdout, listed.stdout);
    const refused = await run('start');
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(refused.stderr, /^No server runs here, which makes the scheduled backups\./);
    const without = await runCommand(own.dataDir, ['backups', 'start']);
    assert.match(without.stderr, /^There is no schedule of backups here\. Set PARLEY_BACKUP_DIR/);
    const mistaken = await runCommand(own.dataDir, ['backup', 'list']);
    assert.deepEqual([mistaken.code, mistaken.stdout], [64, '']);
    assert.match(mistaken.stderr, /parley backups list/);
    const inspected = await runCommand(own.dataDir, ['inspect']);
    assert.deepEqual(
      [inspected.code, inspected.stderr],
      [1, 'No server runs here that could be looked at.\n'],
    );
  },
);

testInExtended(
  '[P11] a scheduled backup that cannot be proven ends the command with 1',
  { skip: sqliteOnly },
  async (t) => {
    const settings = { PARLEY_BACKUP_DIR: join(tempDir(t), 'file') };
    const own = await ServerProcess.start(t, settings);
    writeFileSync(settings.PARLEY_BACKUP_DIR, 'no folder');
    const refused = await runCommand(own.dataDir, ['backups', 'start'], settings);
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(refused.stderr, /could not be made or not be proven/);
    const listed = await runCommand(own.dataDir, ['backups'], settings);
    assert.match(listed.stdout, /; 1 backup failed since the server started$/m);
  },
);
