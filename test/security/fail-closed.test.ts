import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SigningKeys } from '../../server/edge/auth/signing-keys.ts';
import type { Queries, Reads } from '../../server/storage/reads.ts';
import { openTokens } from '../../server/edge/auth/tokens.ts';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { chance, count, isSample, scaled } from '../support/scale.ts';
import { failedStart, ServerProcess } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

/** S-20: each part that letting in depends on is broken in turn; nobody gets in by it. */
const GUESSES = scaled({ sample: 30, full: 60, long: 600 });
const WRONG = 'Wrong-Horse-77';

test('[A4] the writer dies again and again under guesses: none is let in, and no more are judged than the limit', async (t) => {
  const random = chance(t);
  // Restarts within the budget are all that a server is given; each round has a server of its own.
  const seen = new Map<number, number>();
  for (let left = GUESSES; left > 0; left -= 30) {
    const server = await ServerProcess.start(t, { PARLEY_TEST_FAULTS: '1', PARLEY_SHARDS: '1' });
    const ada = await ChatClient.register(t, server, freshName('ada'));
    const guess = async (): Promise<number> => {
      const body = { username: ada.username, password: WRONG };
      const { status } = await http('POST', `${server.url}/auth/login`, { body });
      seen.set(status, (seen.get(status) ?? 0) + 1);
      return status;
    };
    const guesses = Array.from({ length: 30 }, guess);
    for (let i = 0; i < 3; i += 1) {
      server.fault({
        thread: random.pick(['writer', 'shard:0'] as const),
        fault: random.pick(['throw', 'exit'] as const),
      });
      await server.run.line('thread.restarted');
    }
    const statuses = await Promise.all(guesses);
    for (const status of statuses) assert.ok([401, 429, 503, 500].includes(status), String(status));
    // A guess whose count could not be stored is told as unavailable, not as wrong: what is told as wrong is counted.
    assert.ok(statuses.filter((status) => status === 401).length <= 4, statuses.join());
    assert.equal((await http('GET', `${server.url}/users/me`, { token: `${ada.accessToken}x` })).status, 401);
    await server.kill();
  }
  assert.equal(seen.get(200), undefined);
  count(t, 'S-20', { guesses: GUESSES, let_in: 0, ...Object.fromEntries(seen), seed: random.seed });
});

test('[P6] a store that can’t be asked lets no token in', async () => {
  const clock = new ManualClock();
  const who = { userId: crypto.randomUUID(), username: 'ada', sessionId: crypto.randomUUID() };
  let broken = true;
  const sessionNow = (): ReturnType<Reads['session']> => {
    if (broken) throw new Error('disk I/O error');
    return { userId: who.userId, username: 'ada', role: 'user' as const, expiresAt: Infinity };
  };
  const session = async (): ReturnType<Queries['session']> => await Promise.resolve().then(sessionNow);
  const tokens = openTokens({
    keys: new SigningKeys(Buffer.alloc(32, 1)),
    accessTtlS: 60,
    clock,
    queries: { session },
    sessionNow,
  });
  const { token } = await tokens.issue(who);
  await assert.rejects(tokens.authenticate(token));
  assert.throws(() => tokens.authenticateNow(token));
  broken = false;
  assert.equal((await tokens.authenticate(token))?.userId, who.userId);
  broken = true;
  await assert.rejects(tokens.authenticate(token), 'one that was checked before neither');
});

const keys: readonly (readonly [string, string, string])[] = [
  ['an empty signing key', 'jwt.key', ''],
  ['a short signing key', 'jwt.key', 'AAAA'],
  ['a signing key that is no base64', 'jwt.key', '!'.repeat(60)],
  ['an empty refresh key', 'refresh.key', ''],
  ['a short refresh key', 'refresh.key', 'AAAAAAAA'],
];
/** In the sample one in two: an empty key, one that is no base64, a short one. */
for (const [what, name, text] of keys.filter((_, at) => !isSample || at % 2 === 0)) {
  test(`${what} stops the start: no new one is made in its place`, async (t) => {
    const dataDir = join(tempDir(t), 'data');
    mkdirSync(dataDir, { mode: 0o700 });
    writeFileSync(join(dataDir, name), text, { mode: 0o600 });
    const { code, output } = await failedStart(t, { PARLEY_DATA_DIR: dataDir });
    assert.ok(code !== 0 && code !== null, output);
    assert.match(output, /key file .* is damaged/);
  });
}

test('a registration that is closed or by invitation stays so, whatever else is wrong with it', async (t) => {
  for (const registration of ['closed', 'invite']) {
    const server = await ServerProcess.start(t, { PARLEY_REGISTRATION: registration });
    for (const invite of [undefined, '', 'none', '0'.repeat(32), "' OR 1=1 --", 'x'.repeat(128)]) {
      const body = {
        username: freshName('eve'),
        password: PASSWORD,
        ...(invite === undefined ? {} : { invite }),
      };
      assert.equal(
        (await http('POST', `${server.url}/auth/register`, { body })).status,
        403,
        `${registration} ${String(invite)}`,
      );
    }
  }
});
