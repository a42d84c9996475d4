import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { SessionResource } from '../../server/protocol/resources/session.ts';
import { ChatClient, expectStatus, PASSWORD } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { http, type HttpAnswer } from '../support/http-client.ts';
import { scaled, testInExtended, testInFull } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const WRONG = 'Wrong-Horse-77';
const GUESSES = scaled({ sample: 300, full: 1_000 });
const PARALLEL = scaled({ sample: 100, full: 250 });

/** Behind a proxy of the operator's: each test has an address of its own there. */
const shared = await ServerProcess.start({ after }, { PARLEY_TRUST_PROXY: '127.0.0.1,10.0.0.0/8' });
const ada = await ChatClient.register({ after }, shared, 'ada.lovelace');

const login = (
  server: ServerProcess,
  password: string,
  from?: string,
  username = 'ada.lovelace',
): Promise<HttpAnswer> =>
  http('POST', `${server.url}/auth/login`, {
    body: { username, password },
    headers: from === undefined ? {} : { 'x-forwarded-for': from },
  });
const statuses = async (attempts: readonly Promise<HttpAnswer>[]): Promise<readonly number[]> =>
  (await Promise.all(attempts)).map(({ status }) => status);
const guess = async (server: ServerProcess, count: number, from?: string): Promise<readonly number[]> => {
  const seen: number[] = [];
  for (let i = 0; i < count; i += 1) seen.push((await login(server, WRONG, from)).status);
  return seen;
};

testInExtended(
  '[A4] with three shards too, whichever a person and an address fall to: a wrong one is 401, the right one 200',
  async (t) => {
    const server = await ServerProcess.start(t, {
      PARLEY_SHARDS: '3',
      PARLEY_TRUST_PROXY: '127.0.0.1,10.0.0.0/8',
    });
    const names = Array.from({ length: 6 }, (_, i) => `person.${String(i)}`);
    for (const [i, name] of names.entries()) {
      await ChatClient.register(t, server, name);
      const from = `203.0.113.${String(i)}`;
      const seen = [await login(server, WRONG, from, name), await login(server, PASSWORD, from, name)];
      assert.deepEqual(
        seen.map(({ status }) => status),
        [401, 200],
      );
    }
    const fifth = await guess(server, 5, '203.0.113.9');
    assert.deepEqual(fifth, [401, 401, 401, 401, 429]);
  },
);

test('[A4] four wrong are 401, the fifth and all after it 429, the right one too; over a restart; whatever is forged', async (t) => {
  const server = await ServerProcess.start(t);
  await ChatClient.register(t, server, 'ada.lovelace');
  assert.deepEqual(await guess(server, 4), [401, 401, 401, 401]);
  const fifth = await login(server, WRONG);
  assert.equal(fifth.status, 429);
  const wait = Number(fifth.headers['retry-after']);
  assert.ok(wait > 890 && wait <= 900, String(wait));
  assert.equal((await login(server, PASSWORD)).status, 429);
  assert.equal(
    (await login(server, PASSWORD, '203.0.113.7')).status,
    429,
    'X-Forwarded-For is nobody’s word',
  );
  await server.kill('SIGKILL');
  await server.restart();
  assert.equal((await login(server, PASSWORD)).status, 429);
});

testInExtended(
  '[A4] a success takes back the failures of its own name only: of sixty guesses with an own login every fourth, four are judged',
  async (t) => {
    const server = await ServerProcess.start(t);
    await ChatClient.register(t, server, 'ada.lovelace');
    await ChatClient.register(t, server, 'eve');
    await ChatClient.register(t, server, 'kim');
    const judged: number[] = [];
    const own: number[] = [];
    for (let i = 0; i < 60; i += 1) {
      judged.push((await login(server, WRONG)).status);
      if (i % 4 === 3) own.push((await login(server, PASSWORD, undefined, 'eve')).status);
      if (i === 1) {
        // Neither a changed password nor a deleted account of one's own takes back what was tried elsewhere.
        const eve = await ChatClient.login(t, server, 'eve');
        const body = { current_password: PASSWORD, new_password: PASSWORD };
        expectStatus(await eve.http('POST', '/users/me/password', { body }), 204);
        const kim = await ChatClient.login(t, server, 'kim');
        expectStatus(await kim.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
      }
    }
    assert.deepEqual(judged.slice(0, 5), [401, 401, 401, 401, 429]);
    assert.equal(judged.filter((status) => status === 401).length, 4);
    assert.deepEqual([...new Set(own)], [200, 429], 'the limit holds for one’s own name too');
  },
);

testInExtended(
  '[A4] a name in letters that fold into those of a name is nobody’s, so its success takes nothing back',
  async (t) => {
    const server = await ServerProcess.start(t);
    await ChatClient.register(t, server, 'kelvin');
    // The sign for Kelvin is k in lower case.
    assert.equal((await login(server, PASSWORD, undefined, '\u212aelvin')).status, 401);
    assert.equal((await login(server, PASSWORD, undefined, 'KELVIN')).status, 200);
  },
);

testInFull('[A4] a right one before the fifth takes back the wrong ones of its name', async () => {
  const from = '203.0.113.20';
  for (let i = 0; i < 2; i += 1) {
    assert.deepEqual(await guess(shared, 4, from), [401, 401, 401, 401]);
    assert.equal((await login(shared, PASSWORD, from)).status, 200);
  }
  const nobody = await login(shared, WRONG, from, 'nobody.here');
  assert.equal(nobody.status, 401);
  assert.equal(
    nobody.text,
    (await login(shared, WRONG, from)).text,
    'an unknown name looks like a wrong password',
  );
});

test('[A4] wrong passwords at a password change and at a deletion count as well', async () => {
  const from = '203.0.113.30';
  const headers = { 'x-forwarded-for': from };
  const change = (): Promise<HttpAnswer> => {
    const body = { current_password: WRONG, new_password: 'Another-Horse-8' };
    return ada.http('POST', '/users/me/password', { body, headers });
  };
  const remove = (password: string): Promise<HttpAnswer> =>
    ada.http('DELETE', '/users/me', { body: { password }, headers });
  const seen = [
    await change(),
    await remove(WRONG),
    await change(),
    await remove(WRONG),
    await remove(WRONG),
    await remove(PASSWORD),
    await login(shared, PASSWORD, from),
  ].map(({ status }) => status);
  assert.deepEqual(seen, [403, 403, 403, 403, 429, 429, 429]);
  expectStatus(await ada.http('GET', '/users/me'), 200);
});

test(`[A4] of ${String(GUESSES)} guesses in parallel four are judged, and none slips through`, async () => {
  const from = '203.0.113.40';
  let left = GUESSES;
  const seen: number[] = [];
  const guesser = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      seen.push((await login(shared, WRONG, from)).status);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, guesser));
  assert.equal(seen.filter((status) => status === 401).length, 4);
  assert.equal(seen.filter((status) => status === 429).length, GUESSES - 4);
  assert.equal((await login(shared, PASSWORD, from)).status, 429);
});

test('[A4] right passwords in parallel all pass, beside four failures', async () => {
  const from = '203.0.113.50';
  await guess(shared, 4, from);
  const seen = await statuses(Array.from({ length: 12 }, () => login(shared, PASSWORD, from)));
  assert.ok(
    seen.every((status) => status === 200),
    seen.join(),
  );
});

testInExtended('[A4] the window ends', async (t) => {
  const server = await ServerProcess.start(t, { PARLEY_LOGIN_WINDOW_S: '2', PARLEY_LOGIN_MAX_FAILURES: '2' });
  await ChatClient.register(t, server, 'ada.lovelace');
  assert.deepEqual(await guess(server, 2), [401, 429]);
  await eventually('the window to end', async () => (await login(server, PASSWORD)).status === 200);
});

test('[A4] behind the proxy: by the address it saw, IPv6 by its /64', async () => {
  const limited = [401, 401, 401, 401, 429];
  const from = async (address: string): Promise<number> => (await login(shared, PASSWORD, address)).status;
  assert.deepEqual(await guess(shared, 5, '203.0.113.1'), limited);
  assert.equal(await from('203.0.113.1'), 429);
  assert.equal(await from('198.51.100.9, 203.0.113.1'), 429, 'what the client wrote itself is not reached');
  assert.equal(await from('203.0.113.1, 10.1.2.3'), 429, 'a second proxy of ours is passed over');
  assert.equal(await from('203.0.113.2'), 200);
  assert.deepEqual(await guess(shared, 5, '2001:db8:0:1::1'), limited);
  assert.equal(await from('2001:DB8:0:1:ffff::2'), 429);
  assert.equal(await from('2001:db8:0:2::1'), 200);
  const { sessions } = await ada.get<{ sessions: SessionResource[] }>('/users/me/sessions');
  const addresses = new Set(sessions.map(({ ip_address }) => ip_address));
  for (const address of ['127.0.0.1', '2001:db8:0:2::1', '203.0.113.2']) {
    assert.ok(addresses.has(address), address);
  }
  assert.ok(!addresses.has('198.51.100.9'));
});
