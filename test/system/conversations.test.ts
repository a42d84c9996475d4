import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import { ChatClient, expectStatus, freshName, twoPeople } from '../support/chat-client.ts';
import { say } from '../support/say.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });

interface List {
  readonly conversations: readonly ConversationResource[];
  readonly next: string | null;
}
const listOf = (me: ChatClient, query = ''): Promise<List> => me.get(`/conversations${query}`);

test('[C1] opened at once from both sides, and by messages, there is one', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  const open = (me: ChatClient, body: object) => me.http('POST', '/conversations', { body });
  const answers = await Promise.all([
    ...Array.from({ length: 8 }, () => open(ada, { recipient_id: ben.id })),
    ...Array.from({ length: 8 }, () => open(ben, { username: ada.username.toUpperCase() })),
    say(a.socket, ben, 'hi').then(({ payload }) => payload.conversation_id),
    say(b.socket, ada, 'hi').then(({ payload }) => payload.conversation_id),
  ]);
  const ids = answers.map((answer) =>
    typeof answer === 'string' ? answer : answer.json<ConversationResource>().id,
  );
  assert.equal(new Set(ids).size, 1);
  const statuses = answers.flatMap((answer) => (typeof answer === 'string' ? [] : [answer.status]));
  assert.ok(statuses.filter((status) => status === 201).length <= 1, statuses.join());
  assert.ok(statuses.every((status) => status === 200 || status === 201));
  for (const me of [ada, ben]) assert.equal((await listOf(me)).conversations.length, 1);
});

test('[D7] with nobody: 404; with oneself: 400; with a deleted person: 409', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const open = async (body: object): Promise<number> =>
    (await ada.http('POST', '/conversations', { body })).status;
  assert.equal(await open({ recipient_id: crypto.randomUUID() }), 404);
  assert.equal(await open({ username: 'nobody.of.that.name' }), 404);
  assert.equal(await open({ recipient_id: ada.id }), 400);
  assert.equal(await open({ username: ada.username }), 400);
  assert.equal(await open({}), 400);
  assert.equal(await open({ recipient_id: ben.id, username: ben.username }), 400);
  expectStatus(await ben.http('DELETE', '/users/me', { body: { password: 'Correct-Horse-7' } }), 204);
  assert.equal(await open({ recipient_id: ben.id }), 409);
  assert.equal(await open({ username: ben.username }), 404, 'the name leads nowhere any more');
});

test('[C3] the other’s list shows it from the first message on', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  const { id } = await ada.conversationWith(ben);
  const created = await a.socket.next('conversation');
  assert.equal(created.payload.change, 'created');
  assert.equal(created.payload.conversation.id, id);
  assert.deepEqual((await listOf(ben)).conversations, []);
  await say(a.socket, ben, 'hello');
  assert.equal((await b.socket.next('message')).payload.conversation_id, id);
  assert.equal((await listOf(ben)).conversations[0]?.id, id);
  assert.ok(!b.socket.received.some(({ type }) => type === 'conversation'));
});

test('[C5][C7] the list: newest activity first, with last message, unread and marks', async (t) => {
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const friends: ChatClient[] = [];
  for (let i = 0; i < 5; i += 1) friends.push(await ChatClient.register(t, server, freshName('friend')));
  const { socket } = await ada.online();
  for (const [i, friend] of friends.entries()) {
    const f = await friend.online();
    for (let n = 0; n <= i; n += 1) await say(f.socket, ada, `number ${String(n)}`);
    f.socket.terminate();
  }
  // A word of one's own moves the oldest one to the front.
  const [oldest] = friends;
  assert.ok(oldest);
  const own = await say(socket, oldest, 'my answer');
  const { conversations, next } = await listOf(ada);
  assert.equal(next, null);
  assert.deepEqual(
    conversations.map(({ peer, unread_count, last_seq }) => [peer.id, unread_count, last_seq]),
    [[oldest.id, 1, 2], ...[4, 3, 2, 1].map((i) => [friends[i]?.id, i + 1, i + 1])],
  );
  assert.equal(conversations[0]?.last_message?.message_id, own.payload.message_id);
  assert.equal(conversations[0].last_message.status, 'sent');
  assert.equal(conversations[1]?.last_message?.status, undefined);

  const third = conversations[2]?.last_message;
  assert.ok(third);
  socket.send('ack', { message_id: third.message_id, status: 'read' });
  await socket.next('ack', ({ payload }) => payload.status === 'read');
  const read = await ada.get<ConversationResource>(`/conversations/${third.conversation_id}`);
  assert.equal(read.unread_count, 0);
  assert.deepEqual(read.read_seq, { me: third.seq, peer: 0 });
  assert.deepEqual(read.delivered_seq, { me: third.seq, peer: 0 });

  const pages: string[] = [];
  for (let before = ''; ;) {
    const page = await listOf(ada, `?limit=2${before}`);
    pages.push(...page.conversations.map(({ id }) => id));
    if (page.next === null) break;
    before = `&before=${page.next}`;
  }
  assert.deepEqual(
    pages,
    conversations.map(({ id }) => id),
  );
  assert.equal((await ada.http('GET', '/conversations?before=nowhere')).status, 400);
});

test('[C4] deleted by one: hidden and empty for that one; the next message brings it back without the old', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const phone = await ChatClient.login(t, server, ada.username);
  const [a, p, b] = await Promise.all([ada.online(), phone.online(), ben.online()]);
  for (const text of ['old one', 'old two']) await say(b.socket, ada, text);
  const { id } = await ada.conversationWith(ben);
  expectStatus(await ada.http('DELETE', `/conversations/${id}`), 204);
  for (const { socket } of [a, p]) {
    const told = await socket.next('conversation', ({ payload }) => payload.change === 'deleted');
    assert.equal(told.payload.conversation.id, id);
  }
  assert.deepEqual((await listOf(ada)).conversations, []);
  assert.deepEqual(await ada.history(id), []);
  const emptied = await ada.get<ConversationResource>(`/conversations/${id}`);
  assert.deepEqual([emptied.unread_count, emptied.last_message], [0, null]);
  const found = await ada.get<{ messages: unknown[] }>('/search?q=old&type=messages');
  assert.deepEqual(found.messages, []);
  assert.equal((await ben.history(id)).length, 2);
  assert.equal((await listOf(ben)).conversations.length, 1);

  const { payload } = await say(b.socket, ada, 'new');
  assert.equal(payload.seq, 3, 'the numbers go on');
  assert.deepEqual(
    (await listOf(ada)).conversations.map((each) => [each.id, each.unread_count, each.last_message?.content]),
    [[id, 1, 'new']],
  );
  assert.deepEqual(
    (await ada.history(id)).map(({ content }) => content),
    ['new'],
  );
  const around = await ada.get<{ messages: MessageResource[]; has_more: boolean }>(
    `/conversations/${id}/messages?around=1`,
  );
  assert.ok(around.messages.every(({ content }) => content === 'new'));
  const heard = b.socket.received.flatMap((frame) =>
    frame.type === 'conversation' ? [frame.payload.change] : [],
  );
  assert.deepEqual(heard, ['created'], 'of the deletion the other hears nothing');
  expectStatus(await ada.http('DELETE', `/conversations/${id}`), 204);
  expectStatus(await ada.http('DELETE', `/conversations/${id}`), 204);
});

test('[C6] pages of history: before, after, around, the newest; has_more looks their way', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const { socket } = await ada.online();
  const ids = Array.from({ length: 60 }, () => crypto.randomUUID());
  for (const id of ids) socket.send('message', { recipient_id: ben.id, content: id }, id);
  for (const id of ids) assert.equal((await socket.answerTo(id)).type, 'ack');
  const { id } = await ben.conversationWith(ada);
  const page = async (query: string): Promise<[number, number, number, boolean]> => {
    const { messages, has_more } = await ben.get<{ messages: MessageResource[]; has_more: boolean }>(
      `/conversations/${id}/messages${query}`,
    );
    const seqs = messages.map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, i) => (seqs[0] ?? 0) + i),
      'ascending, without a gap',
    );
    for (const { seq, content } of messages) assert.equal(content, ids[seq - 1]);
    return [seqs.length, seqs[0] ?? 0, seqs.at(-1) ?? 0, has_more];
  };
  assert.deepEqual(await page(''), [50, 11, 60, true]);
  assert.deepEqual(await page('?limit=200'), [60, 1, 60, false]);
  assert.deepEqual(await page('?before=11'), [10, 1, 10, false]);
  assert.deepEqual(await page('?before=11&limit=4'), [4, 7, 10, true]);
  assert.deepEqual(await page('?before=1'), [0, 0, 0, false]);
  assert.deepEqual(await page('?before=999999999999999&limit=2'), [2, 59, 60, true]);
  assert.deepEqual(await page('?after=0&limit=20'), [20, 1, 20, true]);
  assert.deepEqual(await page('?after=40&limit=20'), [20, 41, 60, false]);
  assert.deepEqual(await page('?after=60'), [0, 0, 0, false]);
  assert.deepEqual(await page('?after=1000000'), [0, 0, 0, false]);
  const [length, first, last] = await page('?around=30&limit=11');
  assert.equal(length, 11);
  assert.ok(first < 30 && last > 30, `${String(first)}–${String(last)}`);
  for (const bad of [
    'limit=0',
    'limit=201',
    'before=x',
    'before=-1',
    'before=1&after=2',
    'from=3',
    'limit=1&limit=2',
  ]) {
    assert.equal((await ben.http('GET', `/conversations/${id}/messages?${bad}`)).status, 400, bad);
  }
});
