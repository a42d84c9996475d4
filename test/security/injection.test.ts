import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatClient, freshName, twoPeople } from '../support/chat-client.ts';
import { quantile } from '../support/crowd.ts';
import { NAUGHTY_STRINGS } from '../support/naughty-strings.ts';
import type { RandomSource } from '../support/random-source.ts';
import { randomText } from '../support/random-text.ts';
import { say } from '../support/say.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

/** S-9: a query is a text, whatever it would mean to a database. */
const QUERIES = scaled({ sample: 600, long: 30_000 });
const PARALLEL = 4;
const SECRET = 'the canary of two others';

const server = await sharedServer({ after });
const [ada, ben] = await twoPeople({ after }, server);
const eve = await ChatClient.register({ after }, server, freshName('eve'));
const other = await ChatClient.register({ after }, server, freshName('other'));
const { socket } = await ada.online();
const eves = await eve.online();
for (let i = 0; i < 50; i += 1) await say(socket, ben, `${SECRET} ${String(i)}`);
const OWN = [
  'rows',
  '%',
  '_',
  '100%',
  "o'clock",
  '"quoted"',
  'a*b',
  'NEAR(x, y)',
  'col:val',
  '^start',
  '-minus',
  'AND OR NOT',
  '(((',
  '\\',
];
for (const text of OWN) await say(eves.socket, other, text);

const PIECES = [
  "'",
  '"',
  '--',
  ';',
  '/*',
  '*/',
  '\\',
  '%',
  '_',
  '*',
  '(',
  ')',
  '^',
  ':',
  '-',
  '+',
  '{',
  '}',
  '||',
  ' OR 1=1',
  ' UNION SELECT password_hash FROM credentials',
  " AND content MATCH '",
  ' NEAR/3 ',
  'NOT ',
  'AND ',
  'OR ',
  'rowid:',
  "x'41'",
  'char(0)',
  'randomblob(1000000000)',
  ' LIMIT -1',
  ' COLLATE ',
  '$1',
  '?1',
  ':a',
  '@a',
  ' GLOB ',
  "' LIKE '",
  'canary',
  'rows',
  'a',
  '你',
];
const attack = (random: RandomSource): string =>
  Array.from({ length: random.between(1, 6) }, () =>
    random.chance(0.2) ? randomText(random, 4) : random.pick(PIECES),
  ).join('');

test('[F3][P5] queries of every kind: no error, no row of anybody else’s', async (t) => {
  const random = chance(t);
  const queries = [...NAUGHTY_STRINGS, ...OWN];
  while (queries.length < QUERIES) queries.push(attack(random));
  const took: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let q = queries[next++]; q !== undefined; q = queries[next++]) {
      if (!q.isWellFormed() || encodeURIComponent(q).length > 3_000) continue;
      const type = random.pick(['messages', 'conversations', 'users', '']);
      const path = random.chance(0.8)
        ? `/search?q=${encodeURIComponent(q)}${type === '' ? '' : `&type=${type}`}`
        : `/users?query=${encodeURIComponent(q)}`;
      const started = performance.now();
      const { status, text } = await eve.http('GET', path);
      took.push(performance.now() - started);
      assert.equal(status, 200, `${q}: ${text}`);
      assert.ok(!text.includes(SECRET) && !text.includes('$argon2'), q);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  count(t, 'S-9', {
    queries: took.length,
    p99Ms: quantile(took, 0.99).toFixed(0),
    longestMs: Math.max(...took).toFixed(0),
    seed: random.seed,
  });
});

test('[F3] one’s own odd texts are found by themselves', async () => {
  for (const q of OWN) {
    const { messages } = await eve.get<{ messages: { content: string }[] }>(
      `/search?q=${encodeURIComponent(q)}&type=messages`,
    );
    // A text of signs alone holds no word to look for.
    if (/[\p{L}\p{N}]/u.test(q))
      assert.ok(
        messages.some(({ content }) => content === q),
        q,
      );
  }
});

test('an id, a cursor or a limit that is none is refused, not asked of the database', async () => {
  for (const bad of [
    "' OR 1=1 --",
    '1;DROP TABLE users',
    '-1',
    '1e9',
    '0x10',
    '9'.repeat(40),
    '%00',
    '../..',
    'NaN',
    '1.5',
  ]) {
    const text = encodeURIComponent(bad);
    for (const path of [
      `/users/${text}`,
      `/conversations/${text}`,
      `/conversations/${text}/messages`,
      `/conversations?limit=${text}`,
      `/conversations?before=${text}`,
      `/search?q=a&before=${text}`,
      `/search?q=a&limit=${text}`,
    ]) {
      assert.equal((await eve.http('GET', path)).status, 400, path);
    }
  }
  // Nothing was dropped.
  assert.equal((await ada.history((await ada.conversationWith(ben)).id)).length, 50);
});
