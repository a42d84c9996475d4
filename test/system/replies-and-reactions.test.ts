import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import { ChatClient, expectStatus, PASSWORD, twoPeople } from '../support/chat-client.ts';
import type { ChatSocket, ServerFrameOf } from '../support/chat-socket.ts';
import { assertNoHole } from '../support/cursors.ts';
import { react, refusedReaction } from '../support/react.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const HEART = '❤️';

const reactionsTold = (socket: ChatSocket): readonly ServerFrameOf<'reaction'>[] =>
  socket.received.filter((frame) => frame.type === 'reaction');
/** What one of two events says that are the same for both users. */
const saidBy = ({ payload }: ServerFrameOf<'reaction'>): unknown => payload;

test('[P2] [M1] [M3] a reply is told to both with what it replies to; its retry gets the first answer, over restarts too', async (t) => {
  const own = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, own);
  const phone = await ChatClient.login(t, own, ada.username);
  const [a, p, b] = await Promise.all([ada.online(), phone.online(), ben.online()]);
  const question = await say(a.socket, ben, 'when?');
  const { message_id: asked, conversation_id: conversation } = question.payload;
  const id = crypto.randomUUID();
  const ack = await say(b.socket, ada, 'at noon', id, asked);
  for (const { socket } of [a, p]) {
    const { payload } = await socket.next('message', (frame) => frame.payload.message_id === id);
    assert.deepEqual(payload.reply_to, { message_id: asked, seq: 1 });
    assert.deepEqual(payload.reactions, []);
  }
  const cleared = expectStatus(await ben.http('DELETE', `/conversations/${conversation}`), 204);
  assert.equal(cleared.status, 204);
  await own.kill('SIGKILL');
  await own.restart();
  const { socket } = await ben.online();
  const again = await say(socket, ada, 'at noon', id, asked);
  assert.deepEqual(
    [again.payload, again.cursor],
    [ack.payload, ack.cursor],
    'though it is gone for the sender',
  );
  const wrong = [{}, { reply_to: id }, { reply_to: crypto.randomUUID() }];
  for (const reply of wrong) {
    socket.send('message', { recipient_id: ada.id, content: 'at noon', ...reply }, id);
    assert.equal((await socket.next('error')).payload.code, 'conflict');
  }
  for (const reply_to of [asked, id, crypto.randomUUID()]) {
    socket.send('message', { recipient_id: ada.id, content: 'once more', reply_to });
    assert.equal((await socket.next('error')).payload.code, 'bad_request');
  }
  const history = await ada.history(conversation);
  assert.deepEqual(
    history.map(({ content, reply_to: to }) => [content, to]),
    [
      ['when?', null],
      ['at noon', { message_id: asked, seq: 1 }],
    ],
  );
});

test('[M5] [M6] a reaction is acknowledged to its connection and told to all others; repeated it changes nothing', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const phone = await ChatClient.login(t, server, ben.username);
  const [a, b, p] = await Promise.all([ada.online(), ben.online(), phone.online()]);
  const { message_id: id, conversation_id: conversation, seq } = (await say(a.socket, ben, 'hi')).payload;
  await b.socket.next('message');
  const ack = await react(b.socket, id, '👍');
  assert.deepEqual(ack.payload, {
    ...{ message_id: id, conversation_id: conversation, seq, status: 'reacted', emoji: '👍' },
    at: ack.payload.at,
  });
  const told = await Promise.all([a, p].map(({ socket }) => socket.next('reaction')));
  for (const { payload } of told)
    assert.deepEqual(payload, {
      ...{ message_id: id, conversation_id: conversation, seq, user_id: ben.id, emoji: '👍' },
      at: ack.payload.at,
    });
  assert.equal(told[1]?.cursor, ack.cursor, 'one event of one log');
  const again = await react(p.socket, id, '👍');
  assert.deepEqual([again.payload, again.cursor], [ack.payload, ack.cursor]);
  const never = await react(a.socket, id, null);
  assert.ok(never.cursor < (told[0]?.cursor ?? 0), 'that of the message');
  const [message] = await ada.history(conversation);
  assert.deepEqual(message?.reactions, [{ user_id: ben.id, emoji: '👍' }]);
  await react(p.socket, id, null);
  await a.socket.next('reaction', ({ payload }) => payload.emoji === null);
  await b.socket.next('reaction', ({ payload }) => payload.emoji === null);
  for (const { socket, cursor } of [a, b, p]) assertNoHole(socket.received, cursor);
  assert.equal(reactionsTold(b.socket).length, 1, 'its own one was acknowledged and not told');
});

test('[M9] [P4] a replay tells what was told live, to the device that reacted too', async (t) => {
  const own = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, own);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  const { message_id: id } = (await say(a.socket, ben, 'hi')).payload;
  await b.socket.next('message');
  const start = a.socket.received.findLast((frame) => frame.type === 'ack')?.cursor ?? 0;
  for (const emoji of ['👍', HEART, null, '🎉']) {
    await react(b.socket, id, emoji);
    await a.socket.next('reaction');
  }
  await react(a.socket, id, HEART);
  await b.socket.next('reaction');
  const live = reactionsTold(a.socket).map(saidBy);
  await own.kill('SIGKILL');
  await own.restart();
  const back = await ada.online({ cursor: start });
  const replayed = reactionsTold(back.socket);
  assert.deepEqual(replayed.slice(0, 4).map(saidBy), live);
  assert.deepEqual(replayed[4]?.payload.user_id, ada.id);
  assert.deepEqual(
    replayed.map(({ cursor }) => cursor),
    [1, 2, 3, 4, 5].map((n) => start + n),
  );
});

test('[M7] [P5] nobody reacts to what is not theirs, or gone; a deleted user’s messages are a conflict', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [eve] = await twoPeople(t, server);
  const [a, b, e] = await Promise.all([ada.online(), ben.online(), eve.online()]);
  const { message_id: id, conversation_id: conversation } = (await say(a.socket, ben, 'hi')).payload;
  assert.equal(await refusedReaction(e.socket, id, '👍'), 'not_found');
  assert.equal(await refusedReaction(a.socket, crypto.randomUUID(), '👍'), 'not_found');
  await react(b.socket, id, '👍');
  await a.socket.next('reaction');
  expectStatus(await ben.http('DELETE', `/conversations/${conversation}`), 204);
  assert.equal(await refusedReaction(b.socket, id, '🎉'), 'not_found');
  await react(a.socket, id, HEART);
  await b.socket.roundTrip();
  assert.deepEqual(reactionsTold(b.socket), [], 'who has deleted the message is told nothing of it');
  expectStatus(await ben.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
  assert.equal(await refusedReaction(a.socket, id, '🎉'), 'conflict');
  assert.equal((await react(a.socket, id, HEART)).payload.status, 'reacted', 'a repeat is answered');
  const [message]: readonly MessageResource[] = await ada.history(conversation);
  assert.deepEqual(message?.reactions, [
    { user_id: ben.id, emoji: '👍' },
    { user_id: ada.id, emoji: HEART },
  ]);
});

test('[M7] [R3] reactions and messages share one budget', async (t) => {
  const own = await ServerProcess.start(t, { PARLEY_SEND_RATE: '1', PARLEY_SEND_BURST: '5' });
  const [ada, ben] = await twoPeople(t, own);
  const { socket } = await ada.online();
  const { message_id: id } = (await say(socket, ben, 'hi')).payload;
  const refs = Array.from({ length: 8 }, (_, n) =>
    socket.send('reaction', { message_id: id, emoji: n % 2 === 0 ? '👍' : HEART }),
  );
  await socket.roundTrip();
  const refused = socket.received.filter(
    (frame) => frame.type === 'error' && refs.includes(frame.payload.ref ?? ''),
  );
  assert.ok(refused.length >= 3 && refused.length <= 4, String(refused.length));
  for (const { payload } of refused) assert.equal('code' in payload && payload.code, 'too_many_requests');
});
