import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ChatClient, expectStatus, PASSWORD } from '../support/chat-client.ts';
import { http, type HttpAnswer } from '../support/http-client.ts';
import { operatorEntry } from '../support/paths.ts';
import { ServerProcess } from '../support/server-process.ts';

const register = (server: ServerProcess, body: object): Promise<HttpAnswer> =>
  http('POST', `${server.url}/auth/register`, { body: { password: PASSWORD, ...body } });

/** What `npm run parley -- invite` prints, beside the running server. */
const invite = async (dataDir: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [operatorEntry, 'invite'], {
    env: { PATH: process.env['PATH'], PARLEY_DATA_DIR: dataDir },
  });
  return stdout.trim();
};

test('[A2] by invitation: a code is good once, and is not used up by a registration that fails', async (t) => {
  const server = await ServerProcess.start(t, { PARLEY_REGISTRATION: 'invite' });
  expectStatus(await register(server, { username: 'ada' }), 403);
  expectStatus(await register(server, { username: 'ada', invite: 'made-up' }), 403);
  const code = await invite(server.dataDir);
  expectStatus(await register(server, { username: 'a', invite: code }), 400);
  expectStatus(await register(server, { username: 'ada', password: 'weak', invite: code }), 400);
  const answers = await Promise.all(
    ['ada', 'ben', 'cyd'].map((username) => register(server, { username, invite: code })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 403, 403]);
  const taken = await invite(server.dataDir);
  assert.notEqual(taken, code);
  const first = answers.find(({ status }) => status === 201)?.json<{ user: { username: string } }>();
  const username = first?.user.username ?? '';
  expectStatus(await register(server, { username, invite: taken }), 409);
  await server.kill('SIGKILL');
  await server.restart();
  expectStatus(await register(server, { username: 'dora', invite: code }), 403);
  expectStatus(await register(server, { username: 'dora', invite: ` ${taken.toUpperCase()} ` }), 201);
  const login = { body: { username, password: PASSWORD } };
  expectStatus(await http('POST', `${server.url}/auth/login`, login), 200);
});

test('closed: nobody new, with a code neither; who is in may sign in', async (t) => {
  const server = await ServerProcess.start(t);
  await ChatClient.register(t, server, 'ada.lovelace');
  const code = await invite(server.dataDir);
  await server.kill('SIGTERM');
  await server.restart({ PARLEY_REGISTRATION: 'closed' });
  expectStatus(await register(server, { username: 'ben' }), 403);
  expectStatus(await register(server, { username: 'ben', invite: code }), 403);
  await ChatClient.login(t, server, 'ada.lovelace');
});

/** SPEC §3 on names and passwords. */
const refused: readonly (readonly [string, object])[] = [
  ['a short name', { username: 'ab' }],
  ['a long name', { username: 'a'.repeat(33) }],
  ['a name with a space', { username: 'ada lovelace' }],
  ['a name of another script', { username: 'адa.l' }],
  ['a name with a letter that folds into k', { username: '\u212aelvin' }],
  ['no name', {}],
  ['a short password', { username: 'ada', password: 'Aa1aaaa' }],
  ['no upper case', { username: 'ada', password: 'correct-horse-7' }],
  ['no lower case', { username: 'ada', password: 'CORRECT-HORSE-7' }],
  ['no digit', { username: 'ada', password: 'Correct-Horse' }],
  ['a long password', { username: 'ada', password: `Aa1${'x'.repeat(254)}` }],
  ['a common password', { username: 'ada', password: 'Password123' }],
  ['a password with the name', { username: 'lovelace', password: 'x-LoveLace-77' }],
  ['an unknown field', { username: 'ada', admin: true }],
  ['a name that is no text', { username: 7 }],
];
test('names and passwords that are refused are told why, field by field', async (t) => {
  const server = await ServerProcess.start(t);
  for (const [what, body] of refused) {
    const answer = await register(server, body);
    assert.equal(answer.status, 400, what);
    const { errors = [] } = answer.json<{ errors?: { path: string; message: string }[] }>();
    assert.ok(errors.length > 0 && errors.every(({ message }) => message !== ''), `${what}: ${answer.text}`);
  }
  const odd = 'ℌ-Ünïcödé-pässwörd-7';
  expectStatus(await register(server, { username: 'Ada_L.-9', password: odd }), 201);
  const login = (password: string) =>
    http('POST', `${server.url}/auth/login`, { body: { username: 'aDA_l.-9', password } });
  expectStatus(await login(odd.normalize('NFD')), 200);
  expectStatus(await login(odd.normalize('NFKC')), 200);
});
