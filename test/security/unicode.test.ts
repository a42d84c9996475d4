import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { foldName } from '../../server/actors/account/messages.ts';
import { contentFault, usernameFault } from '../../server/protocol/fields.ts';
import { http } from '../support/http-client.ts';
import { freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import { randomText } from '../support/random-text.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

/** S-8. */
const TEXTS = scaled({ sample: 400, long: 50_000 });
const BATCH = 50;
const server = await sharedServer({ after });
const [ada, ben] = await twoPeople({ after }, server);

test('[A1] names: of all of Unicode only a-z, 0-9 and . _ - make one, once folded, and folding is final', () => {
  const taken = new Set<string>();
  for (let point = 0; point <= 0x10ffff; point += 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const name = `ab${String.fromCodePoint(point)}`;
    if (usernameFault(name) !== null) continue;
    const folded = foldName(name);
    assert.match(folded, /^[a-z0-9._-]{3,32}$/, point.toString(16));
    assert.equal(foldName(folded), folded);
    taken.add(folded);
  }
  assert.equal(taken.size, 26 + 10 + 3);
});

test('[A1] names that look like another are refused, or are that other', async () => {
  const register = (username: string) =>
    http('POST', `${server.url}/auth/register`, { body: { username, password: PASSWORD } });
  const { username } = ada;
  const looks = [
    username.replace('a', 'а'),
    username.replace('a', 'ａ'),
    `${username}\u200b`,
    `\u202e${username}`,
    `${username}\u0301`,
    ` ${username}`,
    `${username} `,
    `${username}\0`,
    username.replace('a', '𝐚'),
    username.replace('.', '․'),
  ];
  for (const name of looks) assert.equal((await register(name)).status, 400, JSON.stringify(name));
  assert.equal((await register(username.toUpperCase())).status, 409);
  // The sign for Kelvin, which is k in lower case elsewhere.
  assert.equal((await register('\u212aelvin')).status, 400);
});

test('[P1] texts of every script arrive, are kept and are found byte for byte; the rest is refused', async (t) => {
  const random = chance(t);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  let refused = 0;
  const sent: string[] = [];
  for (let left = TEXTS; left > 0; left -= BATCH) {
    const texts = Array.from({ length: BATCH }, () => randomText(random, 60));
    const ids = texts.map((content) => {
      const id = crypto.randomUUID();
      a.socket.sendRaw(JSON.stringify({ id, type: 'message', payload: { recipient_id: ben.id, content } }));
      return id;
    });
    for (const [at, id] of ids.entries()) {
      const answer = await a.socket.answerTo(id);
      const content = texts[at] ?? '';
      assert.equal(answer.type, contentFault(content) === null ? 'ack' : 'error', JSON.stringify(content));
      if (answer.type === 'error') {
        refused += 1;
        continue;
      }
      const { payload } = await b.socket.next('message', (frame) => frame.payload.message_id === id);
      assert.equal(payload.content, content);
      sent.push(content);
    }
  }
  const { id } = await ada.conversationWith(ben);
  assert.deepEqual(
    (await ben.history(id)).map(({ content }) => content),
    sent,
  );
  count(t, 'S-8', { texts: TEXTS, refused, seed: random.seed });
});

test('[W1] what is no text is refused as content, and in a name, a password, a search and an address', async () => {
  const { socket } = await ada.online();
  for (const content of ['a\\u0000b', '\\ud800', 'x\\udc00y', '\\ud83d', '\\ude00\\ud83d']) {
    const id = crypto.randomUUID();
    socket.sendRaw(
      `{"id":"${id}","type":"message","payload":{"recipient_id":"${ben.id}","content":"${content}"}}`,
    );
    const answer = await socket.answerTo(id);
    assert.equal(answer.type === 'error' && answer.payload.code, 'bad_request', content);
    const register = (username: string, password: string) =>
      http('POST', `${server.url}/auth/register`, {
        body: `{"username":"${username}","password":"${password}"}`,
      });
    assert.equal((await register(`abc${content}`, PASSWORD)).status, 400);
    const own = await register(freshName('odd'), `${PASSWORD}${content}`);
    assert.ok(
      own.status === 400 || (own.status === 201 && content.includes('0000')),
      `${content} in a password`,
    );
  }
  for (const q of ['%00', '%ff', '%ed%a0%80', '%c0%af', '%f4%90%80%80', 'a%00b']) {
    const { status } = await ada.http('GET', `/search?q=${q}`);
    assert.ok(status === 200 || status === 400, q);
    assert.ok([200, 400].includes((await ada.http('GET', `/users?query=${q}`)).status), q);
    assert.equal((await ada.http('GET', `/users/${q}`)).status, 400);
  }
});
