import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatClient, expectStatus, freshName, PASSWORD } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { commandAnswer, runCommand } from '../support/operator-command.ts';
import { isSample, testInExtended } from '../support/scale.ts';
import { ServerProcess, sqliteOnly } from '../support/server-process.ts';

const server = await ServerProcess.start({ after }, { PARLEY_REGISTRATION: 'invite' });
const { dataDir } = server;

const registered = async (username: string, invite: string) =>
  http('POST', `${server.url}/auth/register`, { body: { username, password: PASSWORD, invite } });

/** Somebody who was invited, as everybody is here. */
const person = async (t: Parameters<typeof ChatClient.login>[0], name: string): Promise<ChatClient> => {
  const { code } = await commandAnswer<{ code: string }>(dataDir, ['invite', 'create']);
  const username = freshName(name);
  expectStatus(await registered(username, code), 201);
  return ChatClient.login(t, server, username);
};

const login = async (username: string, password = PASSWORD): Promise<number> =>
  (await http('POST', `${server.url}/auth/login`, { body: { username, password } })).status;

test('an operator lists, shows, disables, enables and deletes users, and ends their sessions', async (t) => {
  const ada = await person(t, 'ada');
  const { socket } = await ada.online();
  const run = (...args: string[]) => runCommand(dataDir, ['user', ...args]);
  assert.match((await run('list', 'ada')).stdout, /^NAME .*SESSIONS\nada\.\d+ /);
  assert.match(
    (await run('show', ada.username.toUpperCase())).stdout,
    /role: user\n[^]*SESSION .*\n[\da-f-]{36} /,
  );
  assert.match((await run('disable', ada.username)).stdout, /is disabled/);
  assert.equal((await socket.closed).code, 4409);
  assert.equal(await login(ada.username), 403);
  assert.match((await run('enable', ada.username)).stdout, /can log in again/);
  assert.equal(await login(ada.username), 200);
  assert.match((await run('revoke', ada.username, '--all')).stdout, /^1 session of/);
  const refused = await run('delete', ada.username);
  assert.deepEqual([refused.code, refused.stdout], [64, '']);
  assert.match(refused.stderr, /cannot be undone/);
  assert.match((await run('delete', ada.username, '--yes')).stdout, /is deleted/);
  assert.equal(await login(ada.username), 401);
  const unknown = await run('show', 'nobody.here');
  assert.deepEqual([unknown.code, unknown.stderr], [1, 'There is no user nobody.here.\n']);
});

test('[A10] a lost password: the operator gives out a code, and its owner chooses a new one', async (t) => {
  const ada = await person(t, 'ada');
  const { code } = await commandAnswer<{ code: string }>(dataDir, ['user', 'reset-password', ada.username]);
  const body = { code, new_password: 'Another-Horse-8' };
  expectStatus(await http('POST', `${server.url}/auth/reset`, { body }), 200);
  assert.equal(await login(ada.username), 401);
  assert.equal(await login(ada.username, 'Another-Horse-8'), 200);
});

test('[A4] somebody who is locked out is let in again at once', async (t) => {
  const ada = await person(t, 'ada');
  for (let n = 0; n < 5; n += 1) await login(ada.username, 'Wrong-Horse-77');
  assert.equal(await login(ada.username), 429);
  const { failures } = await commandAnswer<{ failures: number }>(dataDir, ['user', 'unlock', '127.0.0.1']);
  assert.ok(failures >= 5);
  assert.equal(await login(ada.username), 200);
});

testInExtended('[A2] an invitation for several people, one that is revoked, and the list', async () => {
  const { code, id } = await commandAnswer<{ code: string; id: number }>(dataDir, [
    ...['invite', 'create', '--uses', '2', '--expires', '1h'],
  ]);
  expectStatus(await registered(freshName('ben'), code), 201);
  const revoked = await runCommand(dataDir, ['invite', 'revoke', String(id)]);
  assert.match(revoked.stdout, /is revoked/);
  expectStatus(await registered(freshName('cyd'), code), 403);
  const { stdout } = await runCommand(dataDir, ['invite', 'list']);
  assert.match(stdout, new RegExp(`^${String(id)} +revoked +1 +1 `, 'm'));
  assert.doesNotMatch(stdout, new RegExp(code));
  for (const args of [
    ['--expires', 'soon'],
    ['--uses', '0'],
    ['--uses', 'many'],
    ['--colour', 'red'],
  ])
    assert.equal((await runCommand(dataDir, ['invite', 'create', ...args])).code, 64, args.join(' '));
});

test(
  'what operators change is in the audit log; status works for a running and a stopped server',
  { skip: sqliteOnly },
  async (t) => {
    const ada = await person(t, 'ada');
    await runCommand(dataDir, ['user', 'promote', ada.username]);
    const { stdout } = await runCommand(dataDir, ['audit', '--limit', '1']);
    assert.match(stdout, new RegExp(` command line +user\\.promote +${ada.username.replace('.', '\\.')}`));
    const status = await commandAnswer<{ running: boolean; users: number; threads: string[] }>(dataDir, [
      'status',
    ]);
    assert.equal(status.running, true);
    assert.ok(status.threads.includes('writer'));
    await server.kill('SIGTERM');
    const stopped = await commandAnswer<typeof status>(dataDir, ['status']);
    assert.deepEqual([stopped.running, stopped.users, stopped.threads], [false, status.users, null]);
    assert.match((await runCommand(dataDir, ['user', 'disable', ada.username])).stdout, /is disabled/);
    await server.restart();
    assert.equal(await login(ada.username), 403);
  },
);

testInExtended(
  'a new signing key logs nobody out, also over a restart; one in a variable is not the server’s to change',
  { skip: sqliteOnly },
  async (t) => {
    const ada = await person(t, 'ada');
    const me = async (): Promise<number> => (await ada.http('GET', '/users/me')).status;
    const rotated = await runCommand(dataDir, ['rotate-secret']);
    assert.match(rotated.stdout, /^There is a new signing key\. Tokens of the old one are good until \d{4}-/);
    assert.equal(await me(), 200);
    await server.restart();
    assert.equal(await me(), 200);
    await ada.refresh();
    assert.equal(await me(), 200);
    await server.kill('SIGTERM');
    const given = await runCommand(dataDir, ['rotate-secret'], { PARLEY_JWT_SECRET: 'x'.repeat(40) });
    assert.equal(given.code, 1);
    assert.match(given.stderr, /is given in PARLEY_JWT_SECRET: change it there/);
    assert.equal((await runCommand(dataDir, ['rotate-secret'])).code, 0);
    await server.restart();
    assert.equal(await me(), 200);
  },
);

testInExtended('the doctor looks at a running and at a stopped server', { skip: sqliteOnly }, async () => {
  const { findings } = await commandAnswer<{ findings: { check: string }[] }>(dataDir, ['doctor']);
  assert.ok(findings.length >= 8);
  assert.match((await runCommand(dataDir, ['doctor'])).stdout, /^CHECK +RESULT\npermissions +ok /);
});

testInExtended('every command explains itself, and completion is offered', async () => {
  const top = await runCommand(dataDir, ['--help']);
  const names = Array.from(top.stdout.matchAll(/^ {2}parley (\w+)/gm), ([, name = '']) => name);
  assert.ok(names.length > 5, top.stdout);
  for (const name of names.filter((_, at) => !isSample || at % 4 === 0)) {
    const { code, stdout } = await runCommand(dataDir, [name, '--help']);
    assert.equal(code, 0, name);
    assert.match(stdout, new RegExp(`parley ${name}`));
  }
  const { stdout } = await runCommand(dataDir, ['--get-yargs-completions', 'parley', 'user', 're']);
  assert.match(stdout, /reset-password/);
});
