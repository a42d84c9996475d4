import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ackFrame,
  AT,
  blockFrame,
  CHAT,
  idOf,
  ME,
  message,
  messageFrame,
  PEER,
  profiled,
  reactionFrame,
  updatedFrame,
  wireMessage,
} from '../sample.ts';
import { withoutConversation } from '../../../ui/model/model.ts';
import { listed, SyncStage } from '../sync-stage.ts';

const seqs = (stage: SyncStage): number | undefined => stage.model.conversations.get(CHAT)?.lastSeq;

test('[P4] live events are counted one by one; what was counted is not counted again', async () => {
  const stage = await SyncStage.live(3);
  stage.socket.says(messageFrame(4, 1));
  stage.socket.says(messageFrame(4, 1));
  stage.socket.says(messageFrame(5, 2));
  assert.deepEqual([stage.model.cursor, seqs(stage), stage.model.conversations.get(CHAT)?.unread], [5, 2, 2]);
  assert.equal(stage.effects.filter(({ type }) => type === 'received').length, 2);
});

test('[P4] a number that is missing is asked for, and the screen says so until it is here', async () => {
  const stage = await SyncStage.live(3);
  stage.list = [listed({ last_seq: 2, unread_count: 2, last_message: wireMessage(2, false) })];
  stage.socket.says(messageFrame(5, 2));
  assert.equal(stage.phase, 'catchingUp');
  assert.deepEqual(
    stage.socket.received.map(({ type, payload }) => [type, payload]),
    [['sync', { cursor: 3 }]],
  );
  stage.socket.says(messageFrame(4, 1));
  stage.socket.says(messageFrame(5, 2));
  assert.equal(stage.phase, 'catchingUp');
  await stage.synced(5);
  assert.deepEqual([stage.phase, stage.model.cursor, seqs(stage)], ['live', 5, 2]);
  const received = stage.effects.flatMap((effect) =>
    effect.type === 'received' ? [effect.message.seq] : [],
  );
  assert.deepEqual(new Set(received), new Set([1, 2]));
});

test('[P4] [O13] the next connection goes on from the last message, which is told again as a witness and counts once', async () => {
  const stage = await SyncStage.live(0);
  stage.socket.says(messageFrame(1, 1));
  stage.socket.says(messageFrame(2, 2));
  stage.socket.drop();
  await stage.settle();
  assert.deepEqual([stage.phase, stage.live.at(-1)], ['waiting', false]);
  await stage.pass(60_000);
  assert.match(stage.socket.url, new RegExp(`cursor=1&history=${idOf(77)}&witness=${idOf(2)}:2$`));
  stage.list = [listed({ last_seq: 3, unread_count: 3, last_message: wireMessage(3, false) })];
  await stage.welcome(3);
  assert.equal(stage.phase, 'catchingUp');
  stage.socket.says(messageFrame(2, 2));
  stage.socket.says(messageFrame(3, 3));
  await stage.synced(3);
  assert.deepEqual([stage.phase, stage.live.at(-1), seqs(stage)], ['live', true, 3]);
  assert.equal(stage.effects.filter(({ type }) => type === 'received').length, 3);
  assert.equal(stage.dropped.length, 0);
});

test('[O13] [P10] where the count of live events goes on is not the end of the search for a witness', async () => {
  const stage = new SyncStage();
  const answer = stage.holdUp();
  stage.sync.start(null);
  await stage.welcome(3);
  await stage.synced(3);
  // Sent before the server is asked for the events that are to be looked through.
  await stage.synced(5);
  await answer();
  assert.deepEqual(
    stage.socket.received.filter(({ type }) => type === 'sync').map(({ payload }) => payload),
    [{ cursor: 0 }],
  );
  assert.deepEqual([stage.model.cursor, stage.model.witness], [5, null]);
  stage.socket.says(messageFrame(1, 1));
  stage.socket.says(ackFrame(5, 1, 'delivered'));
  await stage.synced(5);
  assert.deepEqual(
    [stage.model.witness?.messageId, stage.model.witness?.since],
    [idOf(1), [`5:delivered:${idOf(1)}`]],
  );
});

test('[P10] of another history everything that is held is dropped but what was written here and not sent', async () => {
  const stage = await SyncStage.live(0);
  stage.socket.says(messageFrame(1, 1));
  const unsent = {
    id: idOf(50),
    conversationId: CHAT,
    seq: null,
    mine: true,
    content: 'not sent',
    sentAt: AT,
    failure: null,
    replyTo: null,
    reactions: [],
    attachments: [],
  };
  stage.sync.change((model) => ({ ...model, pending: [unsent] }));
  stage.socket.drop();
  await stage.pass(60_000);
  stage.list = [];
  await stage.welcome(0, { reset: true, history: idOf(78) });
  await stage.synced(0);
  assert.deepEqual([stage.dropped.length, stage.dropped[0]?.conversations.size], [1, 1]);
  assert.deepEqual([stage.model.conversations.size, stage.model.history], [0, idOf(78)]);
  assert.deepEqual(
    stage.model.pending.map(({ content }) => content),
    ['not sent'],
  );
});

test('[P10] a log that ends before what was counted is of another history: the next connection finds out', async () => {
  const stage = await SyncStage.live(4);
  await stage.synced(2);
  assert.equal(stage.sockets[0]?.isClosed, true);
  await stage.pass(60_000);
  assert.match(stage.socket.url, /^ws\?cursor=/);
  await stage.welcome(2, { reset: true, history: idOf(78) });
  assert.deepEqual([stage.dropped.length, stage.model.history], [1, idOf(78)]);
});

test('somebody who types is seen until they stop, fall silent for six seconds, or the line drops', async () => {
  const stage = await SyncStage.live(0);
  const types = (typing: boolean): void => {
    stage.socket.tells('typing', { conversation_id: CHAT, user_id: PEER, typing });
  };
  types(true);
  assert.equal(stage.model.typing.size, 1);
  types(false);
  assert.equal(stage.model.typing.size, 0);
  types(true);
  await stage.pass(5_900);
  assert.equal(stage.model.typing.size, 1);
  await stage.pass(200);
  assert.equal(stage.model.typing.size, 0);
  types(true);
  stage.socket.drop();
  assert.equal(stage.model.typing.size, 0);
});

test('the answer to a message that was sent again is heard though its number was counted before', async () => {
  const stage = await SyncStage.live(3);
  stage.socket.says(ackFrame(4, 1, 'sent', idOf(50)));
  stage.socket.says(ackFrame(4, 1, 'sent', idOf(50)));
  assert.equal(stage.model.cursor, 4);
  assert.equal(stage.effects.filter(({ type }) => type === 'stored').length, 2);
});

test('a conversation that was deleted over HTTP is gone at once without a connection, and by its event with one', async () => {
  const stage = await SyncStage.live(0);
  stage.sync.deleted(CHAT, stage.sync.tombstones.mark);
  assert.equal(stage.model.conversations.size, 1, 'the event will tell, in its place');
  stage.socket.drop();
  stage.sync.deleted(CHAT, stage.sync.tombstones.mark);
  assert.equal(stage.model.conversations.size, 0);
  assert.deepEqual(stage.effects.at(-1), { type: 'forgotten', conversationId: CHAT });
});

test('an answer from before this connection brings no conversation back', async () => {
  const stage = await SyncStage.live(0);
  const asked = stage.sync.generation;
  stage.socket.drop();
  await stage.pass(60_000);
  stage.list = [];
  await stage.welcome(0);
  stage.sync.learn([listed({ id: idOf(60) })], asked);
  assert.equal(stage.model.conversations.has(idOf(60)), false);
  stage.sync.learn([listed({ id: idOf(60) })]);
  assert.equal(stage.model.conversations.has(idOf(60)), true);
});

test('a session that ended is told once; after the stop nothing is told and no timer is left', async () => {
  const stage = await SyncStage.live(0);
  stage.socket.drop(4403);
  await stage.settle();
  assert.equal(stage.over.length, 1);
  const other = await SyncStage.live(0);
  other.socket.tells('typing', { conversation_id: CHAT, user_id: PEER, typing: true });
  other.sync.stop();
  other.socket.drop();
  await other.pass(3_600_000);
  assert.deepEqual([other.sockets.length, other.clock.waiting, other.over], [1, 0, []]);
});

test('[M6] the answer to a reaction that changes nothing has an old cursor and is heard; the cursor stays', async () => {
  const stage = await SyncStage.live(3);
  stage.socket.says(messageFrame(4, 1));
  stage.socket.says(messageFrame(5, 2));
  stage.effects.splice(0);
  const answered = {
    type: 'reactionStored',
    conversationId: CHAT,
    messageId: idOf(1),
    seq: 1,
    emoji: undefined,
  };
  stage.socket.says(ackFrame(4, 1, 'reacted'));
  assert.deepEqual(stage.effects, [{ ...answered, isOld: true }]);
  stage.socket.says(ackFrame(6, 1, 'reacted'));
  assert.equal(stage.model.cursor, 6);
  assert.deepEqual(stage.effects.at(-1), { ...answered, isOld: false });
  // An event that is known already is not applied again.
  stage.socket.says(reactionFrame(5, 2, '👍'));
  assert.equal(stage.effects.length, 2);
  stage.socket.says(reactionFrame(7, 2, '👍'));
  assert.deepEqual([stage.model.cursor, stage.phase], [7, 'live']);
});

test('reactions that wait for the server outlast a reset, as unsent messages do', async () => {
  const stage = await SyncStage.live(3);
  const wanted = { conversationId: CHAT, seq: 1, emoji: '👍' };
  stage.sync.change((model) => ({ ...model, pendingReactions: new Map([[idOf(1), wanted]]) }));
  stage.socket.drop();
  await stage.pass(60_000);
  await stage.welcome(0, { reset: true, history: idOf(78) });
  await stage.synced(0);
  assert.deepEqual([...stage.model.pendingReactions], [[idOf(1), wanted]]);
});

test('a changed profile is shown at once, in a replay too, and an older answer does not take it back', async () => {
  const stage = await SyncStage.live(3);
  const shown = (): unknown => stage.model.conversations.get(CHAT)?.peer;
  const answer = stage.holdUp();
  stage.sync.refresh(CHAT);
  stage.socket.says(updatedFrame(4, profiled('Peer P.', { avatar: 'v1' })));
  assert.deepEqual([stage.model.cursor, shown()], [4, profiled('Peer P.', { avatar: 'v1' })]);
  await answer();
  assert.deepEqual(shown(), profiled('Peer P.', { avatar: 'v1' }));
  stage.socket.drop();
  await stage.pass(30_000);
  await stage.welcome(5);
  stage.socket.says(updatedFrame(5, profiled(null)));
  await stage.synced(5);
  assert.deepEqual(shown(), profiled(null));
});

test('[U3] a block tells no profile that outlasts it: what a stranger changes afterwards is told to nobody', async () => {
  const stage = await SyncStage.live(3);
  const strangers = idOf(60);
  stage.sync.change((model) => withoutConversation(model, CHAT));
  stage.socket.says(blockFrame(4, 'blocked'));
  stage.socket.says(blockFrame(5, 'unblocked'));
  stage.sync.learn([listed({ id: strangers, peer: profiled('Peer P.') })]);
  assert.deepEqual(stage.model.conversations.get(strangers)?.peer, profiled('Peer P.'));
});

test('[C4] the answer to a message that comes after the deletion of its conversation does not bring that back', async () => {
  const stage = await SyncStage.live(5);
  const unsent = { ...message(null, true), id: idOf(50) };
  stage.sync.change((model) => ({ ...model, pending: [unsent] }));
  const { id, peer } = listed();
  const deleted = { change: 'deleted', conversation: listed({ id, peer }) };
  stage.socket.says({ id: idOf(1), type: 'conversation', timestamp: AT, cursor: 7, payload: deleted });
  // The catch-up leaves out what was deleted. Only its answer is told, when its place has passed.
  stage.socket.says(ackFrame(6, 5, 'sent', idOf(50)));
  await stage.synced(7);
  await stage.settle();
  assert.deepEqual(
    [stage.model.conversations.size, stage.model.pending.length, stage.model.cursor],
    [0, 0, 7],
  );
  assert.deepEqual(
    stage.effects.map(({ type }) => type),
    ['forgotten', 'stored'],
  );
  // What comes after the deletion brings it back.
  stage.socket.says(messageFrame(8, 6));
  assert.equal(stage.model.conversations.size, 1);
});

test('one’s own profile follows its events and outlasts a reset', async () => {
  const stage = await SyncStage.live(3);
  const own = profiled('Me', { id: ME, username: 'me' });
  stage.socket.says(updatedFrame(4, own));
  assert.deepEqual(stage.model.own, own);
  stage.sync.startAnew();
  assert.deepEqual(stage.model.own, own);
});
