import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ChatClient, expectStatus, freshName } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { filesHolding } from '../support/files-holding.ts';
import { http } from '../support/http-client.ts';
import { metricsText, metricsUrl } from '../support/metrics.ts';
import { say } from '../support/say.ts';
import { count } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** S-15: secrets that are planted and must be found nowhere. */
const SECRET = 'canary-signing-secret-of-32-bytes-or-more';
const FIRST = 'Canary-Password-1';
const SECOND = 'Canary-Password-2';
const WRONG = 'Canary-Guess-3';
const TEXT = 'canary words of two people';
const SEARCH = 'canary-search-term';
const CODE = 'canary-reset-code';

const server = await ServerProcess.start(
  { after },
  {
    PARLEY_LOG_LEVEL: 'trace',
    PARLEY_METRICS_PORT: '0',
    PARLEY_JWT_SECRET: SECRET,
    PARLEY_TEST_FAULTS: '1',
    PARLEY_SHARDS: '1',
  },
);
const metrics = await metricsUrl(server);

test('no secret, password, token or text stands in a log, a metric, a command line, or an answer that says no', async (t) => {
  const answers: string[] = [];
  const ask = async (method: string, path: string, body?: unknown, token?: string): Promise<string> => {
    const answer = await http(method, `${server.url}${path}`, {
      ...(body === undefined ? {} : { body }),
      ...(token === undefined ? {} : { token }),
    });
    if (answer.status >= 400) answers.push(answer.text);
    return answer.text;
  };
  const username = freshName('ada');
  const registered = JSON.parse(await ask('POST', '/auth/register', { username, password: FIRST })) as {
    access_token: string;
    refresh_token: string;
    user: { id: string };
  };
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const token = registered.access_token;
  await ask('POST', '/auth/login', { username, password: WRONG });
  await ask('POST', '/auth/login', { username: WRONG, password: WRONG });
  await ask('POST', '/auth/register', { username: 'x', password: WRONG });
  await ask('POST', '/auth/login', { username, password: WRONG, extra: SECOND });
  await ask('POST', '/auth/login', `{"username":"${username}","password":"${WRONG}`);
  await ask('POST', '/auth/reset', { code: CODE, new_password: WRONG });
  await ask('POST', '/auth/refresh', { refresh_token: `${registered.refresh_token}x` });
  await ask('POST', '/users/me/password', { current_password: WRONG, new_password: SECOND }, token);
  await ask('POST', '/users/me/password', { current_password: FIRST, new_password: SECOND }, token);
  await ask('GET', `/search?q=${SEARCH}`, undefined, token);
  await ask('GET', `/users/me?access_token=${token}`);
  await ask('GET', `/nowhere/${SEARCH}`, undefined, token);
  await ask('GET', '/users/me', undefined, `${token}x`);
  await ChatSocket.refusal(`${server.socketUrl}?token=${token}`, {});
  const refreshed = JSON.parse(
    await ask('POST', '/auth/refresh', { refresh_token: registered.refresh_token }),
  ) as { access_token: string; refresh_token: string };
  const socket = await ChatSocket.open(server.socketUrl, { token });
  t.after(() => {
    socket.terminate();
  });
  await socket.next('sync');
  await say(socket, ben, TEXT);
  socket.sendRaw(`{"id":"${crypto.randomUUID()}","type":"message","payload":{"content":"${TEXT}"}}`);
  answers.push(JSON.stringify(await socket.next('error')));
  socket.send('auth', { token: `${token}x` });
  answers.push(JSON.stringify(await socket.next('error')));
  // A thread that dies leaves a trace too.
  server.fault({ thread: 'shard:0', fault: 'throw' });
  await server.run.line('thread.restarted');
  const cmdline = readFileSync(`/proc/${String(server.run.pid)}/cmdline`, 'utf8');
  const planted = [
    SECRET,
    FIRST,
    SECOND,
    WRONG,
    TEXT,
    SEARCH,
    CODE,
    token,
    registered.refresh_token,
    refreshed.access_token,
    refreshed.refresh_token,
  ];
  const places = {
    log: server.run.output,
    metrics: await metricsText(metrics),
    cmdline,
    answers: answers.join('\n'),
  };
  assert.match(server.run.output, /"msg":"answered"/, 'the log was as talkative as it gets');
  assert.ok(answers.length >= 8);
  for (const [place, text] of Object.entries(places)) {
    for (const canary of planted) assert.ok(!text.includes(canary), `${canary} in the ${place}`);
  }
  // In the files the words stand, as the operator may read them; keys of people don't.
  for (const canary of planted) {
    if (canary === TEXT) continue;
    assert.deepEqual(filesHolding(server.dataDir, canary), [], canary);
  }
  assert.notDeepEqual(filesHolding(server.dataDir, '$argon2id$v=19$m=19456,t=2,p=1$'), []);
  count(t, 'S-15', { canaries: planted.length, places: Object.keys(places).length + 1, found: 0 });
});

test('the folder and every file in it are for its owner alone, also those that come later', async () => {
  const ada = await ChatClient.register({ after }, server, freshName('ada'));
  expectStatus(await ada.http('GET', '/users/me'), 200);
  const files = readdirSync(server.dataDir);
  assert.ok(files.includes('parley.db-wal') && files.includes('refresh.key'), files.join());
  for (const path of [server.dataDir, ...files.map((file) => join(server.dataDir, file))]) {
    assert.equal(statSync(path).mode & 0o077, 0, path);
  }
});
