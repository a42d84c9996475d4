import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TokenPair } from '../../server/protocol/resources/account.ts';
import { ChatClient, expectStatus, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { ServerProcess } from '../support/server-process.ts';

/** What SECURITY.md says of the keys and of ending sessions, tried. */

const SECRET = 'a secret that several servers share';

const statusOf = async (server: ServerProcess, token: string): Promise<number> =>
  (await http('GET', `${server.url}/users/me`, { token })).status;
const refresh = async (server: ServerProcess, token: string): Promise<TokenPair | number> => {
  const answer = await http('POST', `${server.url}/auth/refresh`, { body: { refresh_token: token } });
  return answer.status === 200 ? answer.json<TokenPair>() : answer.status;
};
const successorOf = (tokens: TokenPair | number): string =>
  typeof tokens === 'number' ? String(tokens) : tokens.refresh_token;

test('without its signing key a server makes a new one: access tokens are void, and sessions go on by their refresh tokens', async (t) => {
  const server = await ServerProcess.start(t);
  const ada = await ChatClient.register(t, server, freshName('ada'));
  await server.kill('SIGTERM');
  rmSync(join(server.dataDir, 'jwt.key'));
  await server.restart();
  assert.equal(await statusOf(server, ada.accessToken), 401);
  await ada.refresh();
  assert.equal(await statusOf(server, ada.accessToken), 200);
});

test('[S3] without its refresh key: refresh tokens are good, only a lost answer can not be given again, which ends no session', async (t) => {
  const server = await ServerProcess.start(t);
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const spent = ada.refreshToken;
  await ada.refresh();
  await server.kill('SIGTERM');
  rmSync(join(server.dataDir, 'refresh.key'));
  await server.restart();
  assert.equal(await refresh(server, spent), 401);
  assert.equal(await statusOf(server, ada.accessToken), 200);
  const before = ada.refreshToken;
  await ada.refresh();
  assert.equal(successorOf(await refresh(server, before)), ada.refreshToken);
  assert.ok(!server.run.output.includes('refresh token reused'));
});

test('[S3] a secret of the operator’s derives the successors: the same one gives them again, another one does not', async (t) => {
  const server = await ServerProcess.start(t, { PARLEY_REFRESH_SECRET: SECRET });
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const spent = ada.refreshToken;
  await ada.refresh();
  await server.kill('SIGTERM');
  await server.restart();
  assert.equal(successorOf(await refresh(server, spent)), ada.refreshToken);
  await server.kill('SIGTERM');
  await server.restart({ PARLEY_REFRESH_SECRET: `${SECRET}, another one` });
  assert.equal(await refresh(server, spent), 401);
  assert.ok(!server.run.output.includes(SECRET));
});

test('[S9] all sessions end by a start with a lifetime of a second; after that everybody signs in anew', async (t) => {
  const server = await ServerProcess.start(t);
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const phone = await ChatClient.login(t, server, ada.username);
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const spent = ben.refreshToken;
  await ben.refresh();
  const { socket } = await phone.online();
  await server.kill('SIGTERM');
  await socket.closed;
  await server.restart({ PARLEY_REFRESH_TTL_S: '1' });
  const everybody = [ada, phone, ben];
  await eventually('all sessions to end', async () => {
    const statuses = await Promise.all(everybody.map(({ accessToken }) => statusOf(server, accessToken)));
    return statuses.every((status) => status === 401);
  });
  await server.kill('SIGTERM');
  await server.restart();
  for (const each of everybody) {
    assert.equal(await statusOf(server, each.accessToken), 401);
    assert.equal(await refresh(server, each.refreshToken), 401);
  }
  assert.equal(await refresh(server, spent), 401);
  const again = await ChatClient.login(t, server, ada.username);
  expectStatus(await again.http('GET', '/users/me'), 200);
});
