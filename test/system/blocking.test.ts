import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { UserResource } from '../../server/protocol/resources/user.ts';
import { ChatClient, expectStatus, freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import { withoutPostgres as skip } from '../support/postgres-missing.ts';
import { react, refusedReaction } from '../support/react.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { startHosts } from '../support/several-hosts.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });

const block = (client: ChatClient, { id }: { readonly id: string }) =>
  client.http('PUT', `/users/${id}/block`);
const unblock = (client: ChatClient, { id }: { readonly id: string }) =>
  client.http('DELETE', `/users/${id}/block`);
const blockedBy = async (client: ChatClient): Promise<readonly string[]> =>
  (await client.get<{ users: UserResource[] }>('/users/me/blocks')).users.map(({ id }) => id);

/** Why a message was refused. */
const refused = async (socket: ChatSocket, to: { readonly id: string }): Promise<readonly string[]> => {
  const id = socket.send('message', { recipient_id: to.id, content: 'may I?' });
  const { payload } = await socket.next('error', (frame) => frame.payload.ref === id);
  return [payload.code, payload.message];
};
const BLOCKED = ['forbidden', 'This person does not take messages from you.'];
const BLOCKS = ['forbidden', 'You have blocked this person.'];

const presenceOf = async (viewer: ChatClient, { id }: { readonly id: string }): Promise<unknown> => {
  const user = await viewer.user(id);
  return 'deleted' in user ? 'deleted' : [user.status, user.last_seen === null];
};

/** Two people who have written to each other, and are both online. */
const talking = async (scope: Parameters<typeof twoPeople>[0], one = server, other = one) => {
  const [ada, first] = await twoPeople(scope, one);
  const ben = first.at(other);
  const [{ socket: a }, { socket: b }] = [await ada.online(), await ben.online()];
  const { payload } = await say(a, ben, 'hello');
  await b.next('message');
  await b.next('presence', (frame) => frame.payload.user_id === ada.id);
  const answer = await say(b, ada, 'hello');
  await a.next('message', (frame) => frame.payload.message_id === answer.payload.message_id);
  return { ada, ben, a, b, id: payload.conversation_id, first: payload.message_id, answer };
};

test('[B1] [B6] blocks are made, ended and listed, and what is so already changes nothing', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const cleo = await ChatClient.register(t, server, freshName('cleo'));
  const { socket, cursor } = await ada.online();
  const { socket: b } = await ben.online();
  for (let n = 0; n < 3; n += 1) expectStatus(await block(ada, ben), 204);
  expectStatus(await block(ada, cleo), 204);
  assert.deepEqual(await blockedBy(ada), [cleo.id, ben.id]);
  assert.deepEqual(await blockedBy(ben), []);
  for (let n = 0; n < 3; n += 1) expectStatus(await unblock(ada, ben), 204);
  assert.deepEqual(await blockedBy(ada), [cleo.id]);
  const told = [await socket.next('user'), await socket.next('user'), await socket.next('user')];
  assert.deepEqual(
    told.map((frame) => [frame.cursor, frame.payload.change, frame.payload.user.id]),
    [
      [cursor + 1, 'blocked', ben.id],
      [cursor + 2, 'blocked', cleo.id],
      [cursor + 3, 'unblocked', ben.id],
    ],
  );
  const replay = await ada.online({ cursor });
  assert.deepEqual(
    replay.socket.received.flatMap((frame) => (frame.type === 'user' ? [frame.payload] : [])),
    told.map((frame) => frame.payload),
  );
  await b.roundTrip();
  assert.ok(!b.received.some(({ type }) => ['user', 'presence'].includes(type)), 'ben is told nothing');
});

test('[B1] who is unknown, deleted or oneself', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const nobody = { id: crypto.randomUUID() };
  for (const ask of [block, unblock]) {
    expectStatus(await ask(ada, nobody), 404);
    expectStatus(await ask(ada, ada), 400);
    expectStatus(await ask(ada, { id: 'nonsense' }), 400);
  }
  const cleo = await ChatClient.register(t, server, freshName('cleo'));
  expectStatus(await block(ada, cleo), 204);
  for (const { http } of [{ http: ben }, { http: cleo }])
    expectStatus(await http.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
  assert.deepEqual(await blockedBy(ada), [], 'a deleted user is in no list');
  expectStatus(await block(ada, ben), 409);
  for (const gone of [ben, cleo]) expectStatus(await unblock(ada, gone), 204);
});

test('[B2] [B5] no message, no reaction and no conversation, either way; what was there stays', async (t) => {
  const { ada, ben, a, b, id, first, answer } = await talking(t);
  await react(b, first, '👍');
  expectStatus(await block(ada, ben), 204);
  assert.deepEqual(await refused(b, ada), BLOCKED);
  assert.deepEqual(await refused(a, ben), BLOCKS);
  assert.equal(await refusedReaction(b, first, '🎉'), 'forbidden');
  assert.equal(await refusedReaction(a, answer.payload.message_id, '🎉'), 'forbidden');
  const open = (client: ChatClient, peer: ChatClient) =>
    client.http('POST', '/conversations', { body: { recipient_id: peer.id } });
  const problem = expectStatus(await open(ben, ada), 403).json<{ code: string; detail: string }>();
  assert.deepEqual([problem.code, problem.detail], BLOCKED);
  assert.equal(expectStatus(await open(ada, ben), 200).json<ConversationResource>().id, id);
  // What was stored before is answered as the first time [D4], and a receipt is still told.
  assert.equal((await react(b, first, '👍')).payload.status, 'reacted');
  const again = await say(b, ada, 'hello', answer.payload.message_id);
  assert.deepEqual([again.cursor, again.payload], [answer.cursor, answer.payload]);
  b.send('ack', { message_id: first, status: 'read' });
  await a.next('ack', ({ payload }) => payload.status === 'read' && payload.message_id === first);
  for (const client of [ada, ben]) assert.equal((await client.history(id)).length, 2);
  assert.equal((await ben.get<{ messages: unknown[] }>('/search?q=hello&type=messages')).messages.length, 2);
  expectStatus(await ada.http('PATCH', '/users/me', { body: { display_name: 'Ada' } }), 200);
  const told = await b.next('user', ({ payload }) => payload.change === 'updated');
  assert.deepEqual(told.payload.user, await ben.user(ada.id));
  expectStatus(await unblock(ada, ben), 204);
  await say(b, ada, 'thank you');
  await a.next('message', ({ payload }) => payload.content === 'thank you');
});

test('[B2] before the first word between two', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const { socket } = await ben.online();
  expectStatus(await block(ada, ben), 204);
  assert.deepEqual(await refused(socket, ada), BLOCKED);
  for (const [client, body] of [
    [ben, { username: ada.username }],
    [ada, { recipient_id: ben.id }],
  ] as const)
    expectStatus(await client.http('POST', '/conversations', { body }), 403);
  for (const client of [ada, ben])
    assert.deepEqual((await client.get<{ conversations: unknown[] }>('/conversations')).conversations, []);
});

test('[B3] [B4] [S7] whoever is blocked sees neither presence nor typing, and sees them again afterwards', async (t) => {
  const { ada, ben, a, b, id } = await talking(t);
  assert.deepEqual(await presenceOf(ben, ada), ['online', false]);
  expectStatus(await block(ada, ben), 204);
  const { payload } = await b.next('presence', (frame) => frame.payload.status === null);
  assert.deepEqual(payload, { user_id: ada.id, status: null, last_seen: null });
  assert.deepEqual(await presenceOf(ben, ada), [null, true]);
  assert.deepEqual(await presenceOf(ada, ben), ['online', false]);
  const { peer } = await ben.get<ConversationResource>(`/conversations/${id}`);
  assert.ok(!('deleted' in peer) && peer.status === null && peer.last_seen === null);
  const heard = b.received.length;
  for (const status of ['offline', 'online'] as const) {
    a.send('presence', { status });
    await eventually(`ada is ${status}`, async () => {
      const me = await ada.user(ada.id);
      return !('deleted' in me) && me.status === status;
    });
  }
  a.send('typing', { conversation_id: id, typing: true });
  b.send('typing', { conversation_id: id, typing: true });
  await a.roundTrip();
  expectStatus(await unblock(ada, ben), 204);
  // Not with `next`, which could take one from before the block.
  await eventually('the presence that is seen again', () => b.received.length > heard);
  assert.deepEqual(
    b.received
      .slice(heard)
      .map((frame) =>
        frame.type === 'presence' ? [frame.payload.user_id, frame.payload.status] : frame.type,
      ),
    [[ada.id, 'online']],
    'nothing was told meanwhile',
  );
  assert.ok(!a.received.some(({ type }) => type === 'typing'));
  assert.deepEqual(await presenceOf(ben, ada), ['online', false]);
  a.send('typing', { conversation_id: id, typing: true });
  await b.next('typing');
});

test('[B2] [P8] a block outlives the process', async (t) => {
  const own = await ServerProcess.start(t);
  const { ada, ben } = await talking(t, own);
  expectStatus(await block(ada, ben), 204);
  await own.kill('SIGKILL');
  await own.restart();
  const { socket } = await ben.online();
  assert.deepEqual(await refused(socket, ada), BLOCKED);
  assert.deepEqual(await presenceOf(ben, ada), [null, true]);
  assert.deepEqual(await blockedBy(ada), [ben.id]);
});

test(
  '[P12][H1][B2][B3][B6][C10] a block and a setting at one host hold at the others at once',
  { skip },
  async (t) => {
    const { hosts } = await startHosts(t, 2);
    const [one, other] = hosts;
    assert.ok(one !== undefined && other !== undefined);
    const { ada, ben, a, b, id } = await talking(t, one, other);
    const { socket: phone } = await ada.at(other).online();
    expectStatus(
      await ada.at(other).http('PATCH', `/conversations/${id}`, { body: { archived: true } }),
      200,
    );
    for (const socket of [a, phone]) {
      const { payload } = await socket.next('conversation', (frame) => frame.payload.change === 'updated');
      assert.deepEqual(payload.conversation, await ada.get(`/conversations/${id}`));
    }
    for (let turn = 0; turn < 3; turn += 1) {
      expectStatus(await block(ada, ben), 204);
      // No word of it has to come to the other host before: its store is asked in the transaction of the message.
      assert.deepEqual(await refused(b, ada), BLOCKED);
      const hidden = await b.next('presence', (frame) => frame.payload.status === null);
      assert.equal(hidden.payload.user_id, ada.id);
      expectStatus(await unblock(ada.at(other), ben), 204);
      const shown = await b.next('presence', (frame) => frame.payload.status !== null);
      assert.equal(shown.payload.user_id, ada.id);
      const sent = await say(b, ada, `turn ${String(turn)}`);
      await a.next('message', ({ payload }) => payload.message_id === sent.payload.message_id);
    }
    const told = (socket: ChatSocket) =>
      socket.received.flatMap((frame) => (frame.type === 'user' ? [frame.payload.change] : []));
    await phone.next('message', ({ payload }) => payload.content === 'turn 2');
    for (const socket of [a, phone])
      assert.deepEqual(told(socket), [
        'blocked',
        'unblocked',
        'blocked',
        'unblocked',
        'blocked',
        'unblocked',
      ]);
  },
);
