import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { ChatClient, expectStatus, freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { placesOf } from '../support/places-of.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess, sqliteOnly } from '../support/server-process.ts';

const server = await ServerProcess.start({ after }, { PARLEY_LOG_LEVEL: 'trace' });

/** Peers are told within this time [A6]. */
const TOLD_MS = 1_000;
const remove = async (who: ChatClient): Promise<void> => {
  expectStatus(await who.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
};

test('[P7][A6] partners’ open clients hear of it within 1 s; their history stays, the name goes', async (t) => {
  const canary = freshName('canary-name');
  const gone = await ChatClient.register(t, server, canary);
  const [ada, ben] = await twoPeople(t, server);
  const [a, g, stranger] = await Promise.all([ada.online(), gone.online(), ben.online()]);
  const words = await say(g.socket, ada, 'the words stay');
  await a.socket.next('message');
  await say(a.socket, gone, 'as do mine');
  const { conversation_id: id } = words.payload;
  const phone = await ChatClient.login(t, server, gone.username);
  const p = await phone.online();

  expectStatus(await gone.http('DELETE', '/users/me', { body: { password: 'Wrong-Horse-7' } }), 403);
  const started = performance.now();
  await remove(gone);
  const told = await a.socket.next('user');
  assert.ok(performance.now() - started < TOLD_MS);
  const deleted = { id: gone.id, username: 'Deleted User', deleted: true };
  assert.deepEqual(told.payload, { change: 'deleted', user: deleted });

  // All sessions end, with their own code, and none of their tokens is good for anything.
  for (const [device, socket] of [[gone, g.socket] as const, [phone, p.socket] as const]) {
    assert.equal((await socket.next('session')).payload.change, 'revoked');
    assert.equal((await socket.closed).code, 4403);
    assert.equal((await device.http('GET', '/users/me')).status, 401);
    assert.equal((await ChatSocket.refusal(server.socketUrl, { token: device.accessToken })).status, 401);
    const body = { refresh_token: device.refreshToken };
    assert.equal((await http('POST', `${server.url}/auth/refresh`, { body })).status, 401);
  }

  // Nothing that can be asked shows the name.
  const seen = [
    `/users/${gone.id}`,
    `/users?query=${canary.slice(0, 8)}`,
    '/conversations',
    `/conversations/${id}`,
    `/conversations/${id}/messages`,
    `/search?q=${canary}`,
    '/search?q=canary',
    '/search?q=words',
  ];
  for (const path of seen) {
    const answer = expectStatus(await ada.http('GET', path), 200);
    assert.ok(!answer.text.includes(canary), `${path}: ${answer.text}`);
  }
  assert.deepEqual(await ada.get(`/users/${gone.id}`), deleted);
  assert.deepEqual((await ada.get<ConversationResource>(`/conversations/${id}`)).peer, deleted);
  const history = await ada.history(id);
  assert.deepEqual(
    history.map(({ sender_name, content, is_anonymized }) => [sender_name, content, is_anonymized]),
    [
      ['Deleted User', 'the words stay', true],
      [ada.username, 'as do mine', false],
    ],
  );
  const replay = await ada.online({ cursor: 0 });
  assert.ok(!JSON.stringify(replay.socket.received).includes(canary));

  // Nothing can be sent there, and the name is nobody's for ever.
  const late = a.socket.send('message', { recipient_id: gone.id, content: 'still there?' });
  const refused = await a.socket.next('error');
  assert.deepEqual([refused.payload.code, refused.payload.ref], ['conflict', late]);
  const credentials = { username: canary, password: PASSWORD };
  expectStatus(await http('POST', `${server.url}/auth/register`, { body: credentials }), 409);
  const upper = { ...credentials, username: canary.toUpperCase() };
  expectStatus(await http('POST', `${server.url}/auth/register`, { body: upper }), 409);
  expectStatus(await http('POST', `${server.url}/auth/login`, { body: credentials }), 401);
  await stranger.socket.roundTrip();
  assert.ok(!stranger.socket.received.some(({ type }) => type === 'user'), 'a stranger hears nothing');
});

test('[P7] a partner who was away learns it from the log', async (t) => {
  const [ada, gone] = await twoPeople(t, server);
  const g = await gone.online();
  await say(g.socket, ada, 'hello');
  await remove(gone);
  const { socket } = await ada.online({ cursor: 0 });
  const { payload } = await socket.next('user');
  assert.equal(payload.user.id, gone.id);
  const { payload: message } = await socket.next('message');
  assert.deepEqual([message.sender_name, message.is_anonymized], ['Deleted User', true]);
});

test(
  '[A5][A1] neither log nor file holds the name, but for the two places allowed; over a restart too',
  { skip: sqliteOnly },
  async (t) => {
    const own = await ServerProcess.start(t, { PARLEY_LOG_LEVEL: 'trace' });
    const talker = await ChatClient.register(t, own, 'canary-of-many-words');
    const silent = await ChatClient.register(t, own, 'canary-without-words');
    const ada = await ChatClient.register(t, own, freshName('ada'));
    const [a, s] = await Promise.all([ada.online(), talker.online()]);
    for (let i = 0; i < 40; i += 1) await say(s.socket, ada, `word ${String(i)}`);
    await say(a.socket, talker, 'an answer');
    await ada.get('/search?q=canary');
    await ada.get('/users?query=canary');
    await Promise.all([remove(talker), remove(silent)]);
    await a.socket.next('user');

    const places = (who: ChatClient): string => placesOf(own.dataDir, who.username).join();
    // Maintenance comes within a second or so, when nothing else is to do.
    await eventually('the name to be gone from the files', () => places(silent) === 'reserved_names');
    await eventually(
      'the name to be gone from the files',
      () => places(talker) === 'messages,reserved_names',
    );
    assert.doesNotMatch(own.run.output, /canary-(?:of|without)/, 'the log never held it');
    assert.match(own.run.output, /"msg":"answered"/, 'the log was as talkative as it gets');
    await own.kill('SIGTERM');
    assert.equal(places(silent), 'reserved_names');
    await own.restart();
    const body = { username: silent.username, password: PASSWORD };
    expectStatus(await http('POST', `${own.url}/auth/register`, { body }), 409);
    const search = expectStatus(await ada.http('GET', '/search?q=canary'), 200);
    assert.doesNotMatch(search.text, /canary-/);
  },
);

testInExtended(
  '[A5] a name that someone else wrote into a message is that person’s text, and stays',
  async (t) => {
    const [ada, gone] = await twoPeople(t, server);
    const a = await ada.online();
    const { payload } = await say(a.socket, gone, `dear ${gone.username}`);
    await remove(gone);
    const [message] = await ada.history(payload.conversation_id);
    assert.equal(message?.content, `dear ${gone.username}`);
  },
);
