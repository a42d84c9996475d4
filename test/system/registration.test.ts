import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { ChatClient, expectStatus, PASSWORD, type Place } from '../support/chat-client.ts';
import { http, type HttpAnswer } from '../support/http-client.ts';
import { operatorEntry } from '../support/paths.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess, sqliteOnly } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';
import { tempDir } from '../support/temp-dir.ts';

const register = (server: Place, body: object): Promise<HttpAnswer> =>
  http('POST', `${server.url}/auth/register`, { body: { password: PASSWORD, ...body } });

/** The fields that an error names. */
const pathsOf = (answer: HttpAnswer): string[] =>
  (answer.json<{ errors?: { path: string }[] }>().errors ?? []).map(({ path }) => path);

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run parley -- invite` in a folder, to its end. */
const runInvite = async (cwd: string, env: Readonly<Record<string, string>>): Promise<Ran> => {
  const options = { cwd, env: { PATH: process.env['PATH'], ...env } };
  const command = promisify(execFile)(process.execPath, [operatorEntry, 'invite'], options);
  return command.then(
    (ran) => ({ code: 0, ...ran }),
    (error: unknown) => error as Ran,
  );
};

/** The code that it prints, beside the running server. */
const invite = async (dataDir: string, registration = 'invite'): Promise<string> => {
  const env = { PARLEY_DATA_DIR: dataDir, PARLEY_REGISTRATION: registration };
  const { code, stdout, stderr } = await runInvite(dataDir, env);
  assert.equal(code, 0, stderr);
  return stdout.trim();
};

test('[A2] by invitation: a code is good once, and is not used up by a registration that fails', async (t) => {
  const server = await ServerProcess.start(t, { PARLEY_REGISTRATION: 'invite' });
  for (const code of [undefined, 'made-up']) {
    const refused = await register(server, { username: 'ada', ...(code !== undefined && { invite: code }) });
    expectStatus(refused, 403);
    assert.deepEqual(pathsOf(refused), ['invite'], '[A8]');
  }
  const code = await invite(server.dataDir);
  await server.run.line('control.command', (line) => line['command'] === 'invite.create');
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
  for (const more of [{}, { invite: code }]) {
    const refused = await register(server, { username: 'ben', ...more });
    expectStatus(refused, 403);
    assert.deepEqual(pathsOf(refused), [], '[A8]');
  }
  await ChatClient.login(t, server, 'ada.lovelace');
});

testInExtended(
  '[A2] where there is no database the command makes none, and names the variable and the place',
  async (t) => {
    const cwd = tempDir(t);
    const empty = join(cwd, 'empty');
    mkdirSync(empty);
    const file = join(cwd, 'a-file');
    writeFileSync(file, '');
    for (const [env, place] of [
      [{}, join(realpathSync(cwd), 'data')],
      [{ PARLEY_DATA_DIR: empty }, empty],
      [{ PARLEY_DATA_DIR: join(cwd, 'no', 'such') }, join(cwd, 'no', 'such')],
      [{ PARLEY_DATA_DIR: file }, file],
    ] as const) {
      const { code, stdout, stderr } = await runInvite(cwd, env);
      assert.equal(code, 78, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /^PARLEY_DATA_DIR: /);
      assert.ok(stderr.includes(place), `${stderr} does not name ${place}`);
      assert.doesNotMatch(stderr, /\n\s+at /, 'a sentence, no stack');
    }
    assert.deepEqual(readdirSync(cwd).sort(), ['a-file', 'empty']);
    assert.deepEqual(readdirSync(empty), []);
  },
);

testInExtended(
  '[A2] a database of an older program is not migrated under it, nor one of a newer program written to',
  { skip: sqliteOnly },
  async (t) => {
    const server = await ServerProcess.start(t, { PARLEY_REGISTRATION: 'invite' });
    await server.kill('SIGTERM');
    const withSchema = (change: number): number => {
      const db = new Database(join(server.dataDir, 'parley.db'));
      const schema = Number(db.pragma('user_version', { simple: true }));
      db.pragma(`user_version = ${String(schema + change)}`);
      const invites = db.prepare<[], number>('SELECT count(*) FROM invites').pluck().get() ?? -1;
      db.close();
      assert.equal(invites, 0);
      return schema + change;
    };
    for (const [change, words] of [
      [-1, /start this Parley on it once/],
      [2, /start a newer Parley/],
    ] as const) {
      const schema = withSchema(change);
      const { code, stdout, stderr } = await runInvite(server.dataDir, { PARLEY_DATA_DIR: server.dataDir });
      assert.equal(code, 78, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, words);
      assert.match(stderr, /^PARLEY_DATA_DIR: /);
      assert.equal(withSchema(0), schema);
    }
  },
);

testInExtended(
  '[A2] where nobody is asked for a code the command says so, and makes it all the same',
  async (t) => {
    const server = await ServerProcess.start(t, { PARLEY_REGISTRATION: 'invite' });
    const run = (registration?: string): Promise<Ran> =>
      runInvite(server.dataDir, {
        PARLEY_DATA_DIR: server.dataDir,
        ...(registration === undefined ? {} : { PARLEY_REGISTRATION: registration }),
      });
    const asked = await run('invite');
    assert.ok(asked.stderr.includes(server.dataDir));
    assert.doesNotMatch(asked.stderr, /PARLEY_REGISTRATION/);
    for (const [registration, words] of [
      [undefined, /PARLEY_REGISTRATION is open here/],
      ['closed', /PARLEY_REGISTRATION is closed here/],
    ] as const) {
      const { code, stdout, stderr } = await run(registration);
      assert.equal(code, 0);
      assert.match(stderr, words);
      expectStatus(
        await register(server, { username: `for.${registration ?? 'open'}`, invite: stdout.trim() }),
        201,
      );
    }
  },
);

testInExtended(
  '[A2] after a server was killed the commands work without it, two at a time too, and the next server knows the codes',
  { skip: sqliteOnly },
  async (t) => {
    const server = await ServerProcess.start(t, { PARLEY_REGISTRATION: 'invite' });
    await server.kill('SIGKILL');
    assert.ok(existsSync(join(server.dataDir, 'parley.sock')), 'its socket still lies there');
    const codes = await Promise.all([invite(server.dataDir), invite(server.dataDir)]);
    await server.restart();
    codes.push(await invite(server.dataDir));
    await server.run.line('control.command');
    assert.equal(new Set(codes).size, 3);
    for (const [n, code] of codes.entries())
      expectStatus(await register(server, { username: `user.${String(n)}`, invite: code }), 201);
    await server.kill('SIGTERM');
    assert.ok(!existsSync(join(server.dataDir, 'parley.sock')));
  },
);

testInExtended(
  '[A2] a server that cannot be asked keeps the command from writing beside it, and the command says why',
  { skip: sqliteOnly },
  async (t) => {
    const deep = join(tempDir(t), 'x'.repeat(60), 'y'.repeat(60));
    mkdirSync(deep, { recursive: true });
    const server = await ServerProcess.start(t, { PARLEY_REGISTRATION: 'invite' }, deep);
    const { code, stdout, stderr } = await runInvite(tempDir(t), { PARLEY_DATA_DIR: deep });
    assert.equal(code, 75, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^PARLEY_DATA_DIR: a server uses the data directory .* \d+ bytes.*\n$/);
    // From within the folder the path is short enough, as it is for the server, which runs there.
    expectStatus(await register(server, { username: 'ada', invite: await invite(deep) }), 201);
  },
);

/** What is refused as a name or a password. */
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
test('names and passwords that are refused are told why, field by field', async () => {
  const server = await sharedServer({ after });
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
