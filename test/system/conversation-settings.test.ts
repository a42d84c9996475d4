import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { MUTED_UNTIL_MAX } from '../../server/protocol/limits.ts';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { ChatClient, expectStatus, freshName, twoPeople } from '../support/chat-client.ts';
import type { ServerFrameOf } from '../support/chat-socket.ts';
import { assertNoHole } from '../support/cursors.ts';
import { eventually } from '../support/eventually.ts';
import type { HttpAnswer } from '../support/http-client.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });

const patch = (client: ChatClient, id: string, body: unknown): Promise<HttpAnswer> =>
  client.http('PATCH', `/conversations/${id}`, { body });
const settingsOf = ({ pinned, archived, muted_until }: ConversationResource): unknown => [
  pinned,
  archived,
  muted_until,
];
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** Two people who have written to each other, and are both online. */
const talking = async (scope: Parameters<typeof twoPeople>[0], place = server) => {
  const [ada, ben] = await twoPeople(scope, place);
  const [{ socket: a }, { socket: b }] = [await ada.online(), await ben.online()];
  const { payload } = await say(a, ben, 'hello');
  await say(b, ada, 'hello');
  await a.next('message', (frame) => frame.payload.sender_id === ben.id);
  return { ada, ben, a, b, id: payload.conversation_id };
};

test('[C10] settings are set one by one, answered with the conversation, and the peer sees their own', async (t) => {
  const { ada, ben, id } = await talking(t);
  const until = inMs(3_600_000);
  const answer = expectStatus(await patch(ada, id, { pinned: true }), 200);
  assert.deepEqual(settingsOf(answer.json()), [true, false, null]);
  assert.deepEqual(answer.json(), await ada.get(`/conversations/${id}`));
  expectStatus(await patch(ada, id, { archived: true, muted_until: until }), 200);
  const { conversations } = await ada.get<{ conversations: ConversationResource[] }>('/conversations');
  assert.deepEqual(conversations.map(settingsOf), [[true, true, until]]);
  assert.deepEqual(settingsOf(await ben.get(`/conversations/${id}`)), [false, false, null]);
  expectStatus(await patch(ada, id, { muted_until: null, pinned: false }), 200);
  assert.deepEqual(settingsOf(await ada.get(`/conversations/${id}`)), [false, true, null]);
});

test('[C11] a time can have any offset and lies in the future, up to the last that can be written', async (t) => {
  const { ada, id } = await talking(t);
  const year = new Date().getUTCFullYear() + 2;
  for (const [given, told] of [
    [`${String(year)}-02-28T23:30:00+02:00`, `${String(year)}-02-28T21:30:00.000Z`],
    [`${String(year)}-03-30T23:30:00.1234567-00:30`, `${String(year)}-03-31T00:00:00.123Z`],
    [`${String(year)}-02-28T23:30:00Z`, `${String(year)}-02-28T23:30:00.000Z`],
    [new Date(MUTED_UNTIL_MAX).toISOString(), null],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ] as const) {
    const answer = expectStatus(await patch(ada, id, { muted_until: given }), 200);
    assert.equal(answer.json<ConversationResource>().muted_until, told ?? given);
  }
  for (const muted_until of [
    ...[inMs(-1), '1999-12-31T23:59:59Z', '9999-12-31T23:59:59-00:01'],
    ...['tomorrow', `${String(year)}-02-30T00:00:00Z`, `${String(year)}-02-28T23:30:00`, ''],
    ...[`${String(year)}-02-28T23:30:00+25:00`, `${String(year)}-02-28`, 1_900_000_000_000, true],
  ]) {
    const { errors } = expectStatus(await patch(ada, id, { muted_until, pinned: true }), 400).json<{
      errors: { path: string }[];
    }>();
    assert.deepEqual(
      errors.map(({ path }) => path),
      ['muted_until'],
      JSON.stringify(muted_until),
    );
  }
  assert.equal((await ada.get<ConversationResource>(`/conversations/${id}`)).pinned, false);
});

test('[C11] a conversation is muted no longer once the time has passed, without an event', async (t) => {
  const { ada, a, id } = await talking(t);
  expectStatus(await patch(ada, id, { muted_until: inMs(600) }), 200);
  await a.next('conversation', ({ payload }) => payload.change === 'updated');
  await eventually(
    'the conversation is muted no longer',
    async () => (await ada.get<ConversationResource>(`/conversations/${id}`)).muted_until === null,
  );
  await a.roundTrip();
  assert.equal(a.received.filter(({ type }) => type === 'conversation').length, 2, 'created and updated');
});

test('[C2] [C10] what names nothing, or is not one’s own, is refused', async (t) => {
  const { ada, id } = await talking(t);
  const eve = await ChatClient.register(t, server, freshName('eve'));
  for (const body of [
    ...[{}, { pinned: undefined }, { pinned: null }, { pinned: 1 }, { archived: 'true' }, [], null, 'x'],
    ...[{ pinned: true, hidden: true }, { pinned: true, id }, { muted: true }],
  ])
    expectStatus(await patch(ada, id, body), 400);
  const refused = expectStatus(await patch(eve, id, { pinned: true }), 404);
  const unknown = expectStatus(await patch(ada, crypto.randomUUID(), { pinned: true }), 404);
  assert.deepEqual(refused.json(), unknown.json());
  assert.deepEqual(settingsOf(await ada.get(`/conversations/${id}`)), [false, false, null]);
});

test('[C10] [O3] a change is told live to one’s own devices alone, and a replay tells the last one', async (t) => {
  const own = await ServerProcess.start(t);
  const { ada, ben, a, b, id } = await talking(t, own);
  const phone = await ChatClient.login(t, own, ada.username);
  const { socket: p, cursor } = await phone.online();
  const first = expectStatus(await patch(phone, id, { pinned: true }), 200).json();
  for (const socket of [a, p]) {
    const frame = await socket.next('conversation', ({ payload }) => payload.change === 'updated');
    assert.deepEqual([frame.cursor, frame.payload], [cursor + 1, { change: 'updated', conversation: first }]);
  }
  expectStatus(await patch(ada, id, { pinned: true }), 200);
  expectStatus(await patch(ada, id, { archived: true }), 200);
  assert.equal((await p.next('conversation')).cursor, cursor + 2);
  await b.roundTrip();
  assert.ok(!b.received.some(({ payload }) => 'change' in payload && payload.change === 'updated'));
  await own.kill('SIGKILL');
  await own.restart();
  const replay = await phone.online({ cursor });
  assert.equal(replay.cursor, cursor + 2);
  assert.deepEqual(
    replay.socket.received.flatMap((frame) => (frame.type === 'conversation' ? [frame.payload] : [])),
    [{ change: 'updated', conversation: await ada.get(`/conversations/${id}`) }],
  );
  assert.equal((await ben.get<ConversationResource>(`/conversations/${id}`)).archived, false);
});

test('[C12] [O7] a message brings an archived conversation back, right after itself, unless it is muted', async (t) => {
  const { ada, ben, a, b, id } = await talking(t);
  await say(a, ben, 'one more');
  expectStatus(await patch(ada, id, { archived: true }), 200);
  await a.next('conversation', ({ payload }) => payload.conversation.archived);
  await say(b, ada, 'are you there?');
  const message = await a.next('message', ({ payload }) => payload.content === 'are you there?');
  const isBack = ({ payload }: ServerFrameOf<'conversation'>): boolean =>
    payload.change === 'updated' && !payload.conversation.archived;
  const back = await a.next('conversation', isBack);
  assert.deepEqual([back.cursor, back.payload.change], [message.cursor + 1, 'updated']);
  assert.equal(back.payload.conversation.last_message?.message_id, message.payload.message_id);
  expectStatus(await patch(ada, id, { archived: true, muted_until: inMs(3_600_000) }), 200);
  await say(b, ada, 'still there?');
  await a.next('message', ({ payload }) => payload.content === 'still there?');
  assert.equal((await ada.get<ConversationResource>(`/conversations/${id}`)).archived, true);
  await say(a, ben, 'here I am');
  const own = await a.next('conversation', isBack);
  assert.notEqual(own.payload.conversation.muted_until, null);
  await a.roundTrip();
  assertNoHole(a.received, 0);
});

test('[C13] [C4] a conversation that is deleted and comes back is as it was at first', async (t) => {
  const { ada, a, b, id } = await talking(t);
  expectStatus(await patch(ada, id, { pinned: true, archived: true, muted_until: inMs(60_000) }), 200);
  expectStatus(await ada.http('DELETE', `/conversations/${id}`), 204);
  assert.deepEqual(settingsOf(await ada.get(`/conversations/${id}`)), [false, false, null]);
  await say(b, ada, 'again');
  await a.next('message', ({ payload }) => payload.content === 'again');
  assert.deepEqual(settingsOf(await ada.get(`/conversations/${id}`)), [false, false, null]);
});

test('[C14] [C5] a part of the list by its settings', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const { socket } = await ada.online();
  const others = [ben];
  for (let n = 0; n < 3; n += 1) others.push(await ChatClient.register(t, server, freshName('peer')));
  const ids: string[] = [];
  for (const peer of others) ids.push((await say(socket, peer, 'hello')).payload.conversation_id);
  for (const at of [0, 2]) expectStatus(await patch(ada, ids[at] ?? '', { pinned: true }), 200);
  expectStatus(await patch(ada, ids[2] ?? '', { archived: true }), 200);
  const listed = async (query: string): Promise<readonly number[]> => {
    const found: number[] = [];
    for (let next: string | null = ''; next !== null;) {
      const page: { conversations: ConversationResource[]; next: string | null } = await ada.get(
        `/conversations?limit=1&${query}${next === '' ? '' : `&before=${next}`}`,
      );
      found.push(...page.conversations.map(({ id }) => ids.indexOf(id)));
      ({ next } = page);
    }
    return found;
  };
  assert.deepEqual(await listed(''), [3, 2, 1, 0], 'pinning changes no order');
  assert.deepEqual(await listed('pinned=true'), [2, 0]);
  assert.deepEqual(await listed('archived=true'), [2]);
  assert.deepEqual(await listed('archived=false&pinned=false'), [3, 1]);
  expectStatus(await ada.http('GET', '/conversations?pinned=yes'), 400);
});

test('[C10] [R3] changes have the rate of messages; what changes nothing does not count', async (t) => {
  const own = await ServerProcess.start(t, { PARLEY_SEND_RATE: '0.01', PARLEY_SEND_BURST: '4' });
  const [ada, ben] = await twoPeople(t, own);
  const { socket } = await ada.online();
  const { payload } = await say(socket, ben, 'hello');
  const id = payload.conversation_id;
  expectStatus(await patch(ada, id, { pinned: true }), 200);
  for (let n = 0; n < 10; n += 1) expectStatus(await patch(ada, id, { pinned: true }), 200);
  expectStatus(await ada.http('PUT', `/users/${ben.id}/block`), 204);
  for (let n = 0; n < 10; n += 1) expectStatus(await ada.http('PUT', `/users/${ben.id}/block`), 204);
  expectStatus(await ada.http('DELETE', `/users/${ben.id}/block`), 204);
  const refused = expectStatus(await patch(ada, id, { pinned: false }), 429);
  assert.ok(Number(refused.headers['retry-after']) >= 1);
  expectStatus(await ada.http('PUT', `/users/${ben.id}/block`), 429);
  assert.equal((await ada.get<ConversationResource>(`/conversations/${id}`)).pinned, true);
});
