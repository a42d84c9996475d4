import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { TokenPair } from '../../server/protocol/resources/account.ts';
import { ChatClient, expectStatus, freshName, type Place } from '../support/chat-client.ts';
import { filesHolding } from '../support/files-holding.ts';
import { http } from '../support/http-client.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sessionOf } from '../support/token-states.ts';

/** S-2. */
const PARALLEL = scaled({ sample: 20, long: 100 });
const RACES = scaled({ sample: 10, long: 1_000 });

const server = await ServerProcess.start({ after });

const refresh = async (place: Place, token: string): Promise<TokenPair | number> => {
  const answer = await http('POST', `${place.url}/auth/refresh`, { body: { refresh_token: token } });
  return answer.status === 200 ? answer.json<TokenPair>() : answer.status;
};
const successorOf = (answer: TokenPair | number): string =>
  typeof answer === 'number' ? String(answer) : answer.refresh_token;
const isIn = async (token: string): Promise<boolean> =>
  (await http('GET', `${server.url}/users/me`, { token })).status === 200;

test(`[S3] ${String(PARALLEL)} refreshes at once have one successor, and nobody is signed out`, async (t) => {
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const { socket } = await ada.online();
  const answers = await Promise.all(
    Array.from({ length: PARALLEL }, () => refresh(server, ada.refreshToken)),
  );
  const successors = new Set(answers.map(successorOf));
  assert.equal(successors.size, 1, [...successors].join());
  const [next = ''] = successors;
  assert.equal(typeof (await refresh(server, next)), 'object');
  assert.ok(await isIn(ada.accessToken));
  await socket.roundTrip();
  count(t, 'S-2 parallel', { refreshes: PARALLEL, successors: successors.size });
});

test(`[S3][S4] ${String(RACES)} races of two windows, answers lost at random: never signed out, never two successors`, async (t) => {
  const random = chance(t);
  const ada = await ChatClient.register(t, server, freshName('ada'));
  let held = ada.refreshToken;
  let lost = 0;
  for (let i = 0; i < RACES; i += 1) {
    if (random.chance(0.3)) {
      // The answer never arrives: the same token is offered again.
      assert.equal(typeof (await refresh(server, held)), 'object');
      lost += 1;
    }
    const windows = random.between(1, 3);
    const answers = await Promise.all(Array.from({ length: windows }, () => refresh(server, held)));
    const successors = new Set(answers.map(successorOf));
    assert.equal(successors.size, 1, `race ${String(i)}: ${[...successors].join()}`);
    [held = ''] = successors;
  }
  assert.ok(await isIn(ada.accessToken));
  count(t, 'S-2 races', { races: RACES, lost, seed: random.seed });
});

test('[S4] theft: whoever comes second with a spent token ends the session for both, is logged, and the owner is told', async (t) => {
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const { socket } = await ada.online();
  const stolen = ada.refreshToken;
  const thief = await refresh(server, stolen);
  assert.ok(typeof thief === 'object');
  const further = await refresh(server, thief.refresh_token);
  assert.ok(typeof further === 'object');
  assert.equal(await refresh(server, stolen), 401, 'the owner, with what they had');
  const { payload } = await socket.next('session');
  assert.deepEqual(payload, { change: 'revoked', reason: 'refresh token reused' });
  assert.equal((await socket.closed).code, 4409);
  for (const token of [thief.refresh_token, further.refresh_token])
    assert.equal(await refresh(server, token), 401);
  for (const token of [thief.access_token, further.access_token, ada.accessToken])
    assert.ok(!(await isIn(token)));
  const line = await server.run.line('refresh token reused');
  assert.equal(line['sessionId'], sessionOf(ada.accessToken));
  for (const token of [stolen, thief.refresh_token, further.refresh_token, further.access_token]) {
    assert.ok(!server.run.output.includes(token), 'no token stands in the log');
  }
});

test('[S3][S4] the same successor is given again until it is used, over a restart too; after that the old token ends the session', async (t) => {
  const own = await ServerProcess.start(t);
  const ada = await ChatClient.register(t, own, freshName('ada'));
  const first = await refresh(own, ada.refreshToken);
  await own.kill('SIGKILL');
  await own.restart();
  assert.equal(successorOf(await refresh(own, ada.refreshToken)), successorOf(first), 'the same one again');
  assert.equal(typeof (await refresh(own, successorOf(first))), 'object');
  assert.equal(await refresh(own, ada.refreshToken), 401);
  expectStatus(await http('GET', `${own.url}/users/me`, { token: ada.accessToken }), 401);
});

test('[S2] what an operator reads in the file are hashes', async (t) => {
  const own = await ServerProcess.start(t);
  const ada = await ChatClient.register(t, own, freshName('ada'));
  const first = await refresh(own, ada.refreshToken);
  assert.ok(typeof first === 'object');
  await own.kill('SIGTERM');
  for (const token of [ada.refreshToken, first.refresh_token, ada.accessToken]) {
    assert.deepEqual(filesHolding(own.dataDir, token), []);
  }
});
