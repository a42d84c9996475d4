import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Problem } from '../../server/protocol/resources/problem.ts';
import type { SearchAnswer } from '../../server/protocol/resources/search.ts';
import { ChatClient, expectStatus, freshName, twoPeople } from '../support/chat-client.ts';
import { say } from '../support/say.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const [ada, ben] = await twoPeople({ after }, server);
const eve = await ChatClient.register({ after }, server, freshName('eve'));
const { socket } = await ada.online();
const TEXTS = [
  'Crème brûlée for two',
  'Привет, как дела?',
  'مرحبا يا صديقي',
  'שלום עולם',
  '今天天气很好',
  'こんにちは世界',
  'สวัสดีครับ',
  'party 🎉🎉 tonight',
  'SELECT * FROM users WHERE name = "O\'Hara" -- 100%',
  'const café = (x) => x?.y ?? 42;',
] as const;
const ids: string[] = [];
for (const text of TEXTS) ids.push((await say(socket, ben, text)).payload.message_id);

const search = (who: ChatClient, q: string, more = ''): Promise<SearchAnswer> =>
  who.get(`/search?q=${encodeURIComponent(q)}${more}`);

/** What finds which of the texts, as the one hit. */
const finds: readonly (readonly [string, number])[] = [
  ['creme BRULEE', 0],
  ['brû', 0],
  ['ПРИВЕТ', 1],
  ['صديق', 2],
  ['שלום', 3],
  ['天', 4],
  ['天气', 4],
  ['世', 5],
  ['สวัส', 6],
  ['🎉', 7],
  ["o'hara", 8],
  ['100%', 8],
  ['"O', 8],
  ['ｃａｆｅ', 9],
  ['?? 42', 9],
];
for (const [q, at] of finds) {
  test(`[F1][F2][F3] "${q}" finds "${TEXTS[at] ?? ''}" for both, and for nobody else`, async () => {
    for (const who of [ada, ben]) {
      const { messages } = await search(who, q, '&type=messages');
      assert.deepEqual(
        messages.map(({ message_id }) => message_id),
        [ids[at]],
      );
      const [hit] = messages;
      assert.ok(hit !== undefined && hit.highlights.length > 0);
      const points = [...hit.content].length;
      for (const [start, end] of hit.highlights)
        assert.ok(start < end && end <= points, String([start, end]));
      assert.equal(hit.status, who === ada ? 'sent' : undefined);
    }
    assert.deepEqual((await search(eve, q)).messages, []);
  });
}

const anyText = [
  '',
  ' ',
  '%',
  '_',
  '*',
  '"',
  "'",
  '""',
  'AND',
  'NOT (',
  'NEAR/2',
  'a AND',
  '-x',
  'col:x',
  '^',
  '\\',
  '\0',
  '\u{1F468}\u200D\u{1F469}',
  '\u202E',
  '\u0301',
  'x'.repeat(1000),
  '漢'.repeat(1000),
  '🎉'.repeat(1000),
  '; DROP TABLE users; --',
];
test('[F3] any text at all is answered with 200', async () => {
  for (const q of anyText) {
    for (const type of ['', '&type=messages', '&type=conversations', '&type=users'])
      await search(ada, q, type);
  }
  await ada.get('/search');
});

test('[F1] [F8] every word of a long search counts, and one too long is refused by name', async () => {
  const long = 'creme '.repeat(166);
  assert.equal((await search(ada, `${long}for`, '&type=messages')).messages.length, 1);
  assert.deepEqual((await search(ada, `${long}none`, '&type=messages')).messages, []);
  for (const q of ['x'.repeat(1001), '🎉'.repeat(1001)]) {
    const refused = await ada.http('GET', `/search?q=${encodeURIComponent(q)}`);
    expectStatus(refused, 400);
    const { code, errors } = JSON.parse(refused.text) as Problem;
    assert.equal(code, 'bad_request');
    assert.deepEqual(
      errors?.map(({ path }) => path),
      ['q'],
    );
  }
});

test('[F4] pages go on from before; an id that is not one’s own message is as good as none', async () => {
  const all: string[] = [];
  for (let before = ''; ;) {
    const { messages } = await search(ben, 'a', `&type=messages&limit=2${before}`);
    if (messages.length === 0) break;
    all.push(...messages.map(({ message_id }) => message_id));
    before = `&before=${all.at(-1) ?? ''}`;
  }
  const whole = (await search(ben, 'a', '&type=messages')).messages.map(({ message_id }) => message_id);
  assert.deepEqual(all, whole);
  assert.deepEqual(
    all,
    [...all].sort((x, y) => ids.indexOf(y) - ids.indexOf(x)),
    'newest first',
  );

  const friend = await ada.conversationWith(eve);
  const secret = await say(socket, eve, 'a word to somebody else');
  assert.equal(secret.payload.conversation_id, friend.id);
  const [foreign, unknown] = [secret.payload.message_id, crypto.randomUUID()];
  const answers = await Promise.all(
    [foreign, unknown].map((id) => ben.http('GET', `/search?q=a&type=messages&before=${id}`)),
  );
  assert.equal(answers[0]?.status, answers[1]?.status);
  assert.equal(answers[0]?.text, answers[1]?.text);
});

test('what is asked wrongly is told so, by name', async () => {
  for (const query of [
    'type=people',
    'limit=0',
    'limit=201',
    'limit=x',
    'before=1',
    'order=asc',
    'q=a&q=b',
    'q=%ff',
  ]) {
    expectStatus(await ada.http('GET', `/search?${query}`), 400);
  }
});

test('[F6] people and conversations are found by name, with the places that match', async () => {
  const { users, conversations, messages } = await search(ada, ben.username.slice(0, 3).toUpperCase());
  assert.ok(users.some(({ id, highlights }) => id === ben.id && highlights.length > 0));
  assert.deepEqual(
    conversations.map(({ peer }) => peer.id),
    [ben.id],
  );
  assert.deepEqual(messages, []);
  const only = await search(ada, ben.username, '&type=users');
  assert.deepEqual([only.messages, only.conversations], [[], []]);
  const byPrefix = await ada.get<{ users: { id: string }[] }>(`/users?query=${ben.username.toUpperCase()}`);
  assert.deepEqual(
    byPrefix.users.map(({ id }) => id),
    [ben.id],
  );
  const own = await ada.get<{ users: unknown[] }>(`/users?query=${ada.username}`);
  assert.deepEqual(own.users, [], 'not oneself');
});
