import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatClient, freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import { http, type HttpAnswer } from '../support/http-client.ts';
import { median, rankTest } from '../support/rank-test.ts';
import { chance, count, isLong, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** S-4: who has an account, and who left, can't be told from an answer, nor from how long it took. */
const EACH = scaled({ sample: 15, long: 1_000 });
const WRONG = 'Wrong-Horse-77';
/** Reliability.md: of the medians of two interleaved classes. */
const GAP_MS = 1;

const server = await ServerProcess.start({ after }, { PARLEY_LOGIN_MAX_FAILURES: '1000000' });
const [ada, gone] = await twoPeople({ after }, server);
await gone.http('DELETE', '/users/me', { body: { password: PASSWORD } });

const login = (username: string): Promise<HttpAnswer> =>
  http('POST', `${server.url}/auth/login`, { body: { username, password: WRONG } });
const looks = ({ status, text, headers }: HttpAnswer): string => {
  const { date: _date, 'x-request-id': _id, ...rest } = headers;
  return JSON.stringify({ status, text, rest });
};

test('[C2] a wrong password, an unknown name and a deleted one: the same answer, in the same time', async (t) => {
  const random = chance(t);
  const classes: Readonly<Record<string, () => string>> = {
    known: () => ada.username,
    unknown: () => `nobody.${String(random.between(0, 1e9))}`,
    deleted: () => gone.username,
  };
  const took: Record<string, number[]> = { known: [], unknown: [], deleted: [] };
  const answers = new Set<string>();
  for (let i = 0; i < EACH; i += 1) {
    for (const [name, username] of Object.entries(classes).sort(() => random.next() - 0.5)) {
      const started = performance.now();
      const answer = await login(username());
      took[name]?.push(performance.now() - started);
      answers.add(looks(answer));
    }
  }
  assert.equal(answers.size, 1, [...answers].join('\n'));
  const known = took['known'] ?? [];
  for (const name of ['unknown', 'deleted']) {
    const other = took[name] ?? [];
    const gap = Math.abs(median(known) - median(other));
    count(t, `S-4 ${name}`, {
      each: EACH,
      medianMs: median(known).toFixed(2),
      gapMs: gap.toFixed(3),
      p: rankTest(known, other).toFixed(3),
      seed: random.seed,
    });
    if (isLong) assert.ok(gap <= GAP_MS, `${name}: ${String(gap)} ms`);
  }
});

test('[C2][A7] what a stranger may look up says nothing of presence, and a deleted person is found by no name', async () => {
  const eve = await ChatClient.register({ after }, server, freshName('eve'));
  const user = (await eve.user(ada.id)) as { status?: unknown; last_seen?: unknown };
  assert.deepEqual([user.status, user.last_seen], [null, null]);
  const nobody = await eve.http('POST', '/conversations', { body: { username: 'nobody.at.all' } });
  const deleted = await eve.http('POST', '/conversations', { body: { username: gone.username } });
  assert.equal(looks(nobody), looks(deleted));
  assert.equal(nobody.status, 404);
  for (const path of [`/users?query=${gone.username}`, `/search?q=${gone.username}&type=users`]) {
    const { users } = await eve.get<{ users: unknown[] }>(path);
    assert.deepEqual(users, []);
  }
});
