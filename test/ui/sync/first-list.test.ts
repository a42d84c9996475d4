import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHAT, idOf, messageFrame, wireMessage } from '../sample.ts';
import { HISTORY, listed, SyncStage } from '../sync-stage.ts';

const seqs = (stage: SyncStage): number | undefined => stage.model.conversations.get(CHAT)?.lastSeq;

test('from nothing: the list is loaded, what is said meanwhile waits for it, and each message counts once', async () => {
  const stage = new SyncStage();
  stage.list = [listed({ last_seq: 1, unread_count: 1, last_message: wireMessage(1, false) })];
  const answer = stage.holdUp();
  stage.sync.start(null);
  await stage.welcome(1);
  assert.equal(stage.socket.url, 'ws');
  // The first one is in the list as well.
  stage.socket.says(messageFrame(1, 1));
  stage.socket.says(messageFrame(2, 2));
  await stage.synced(2);
  assert.deepEqual(
    [stage.sync.listed.get(), stage.model.conversations.size, stage.phase],
    [false, 0, 'catchingUp'],
  );
  stage.list = [listed({ last_seq: 2, unread_count: 2, last_message: wireMessage(2, false) })];
  await answer();
  assert.deepEqual([stage.sync.listed.get(), stage.phase], [true, 'live']);
  assert.deepEqual([seqs(stage), stage.model.conversations.get(CHAT)?.unread, stage.model.cursor], [2, 2, 2]);
});

test('from nothing: the newest conversations are shown before there is a connection, and the list takes their place', async () => {
  const stage = new SyncStage();
  const [kept, deleted, made] = [idOf(1001), idOf(1002), idOf(1003)];
  const shown = (): readonly string[] => [...stage.model.conversations.keys()];
  stage.list = [listed({ id: kept, last_seq: 1 }), listed({ id: deleted })];
  stage.sync.start(null);
  await stage.settle();
  assert.deepEqual([shown(), stage.sync.listed.get()], [[kept, deleted], false]);
  // Deleted before the connection, of which no event tells.
  stage.list = [listed({ id: kept, last_seq: 2 })];
  const answer = stage.holdUp();
  await stage.welcome(7);
  assert.deepEqual(shown(), [kept, deleted], 'until the list is there');
  // Made here meanwhile; the list may be older.
  stage.sync.learn([listed({ id: made })]);
  await answer();
  assert.deepEqual(shown().toSorted(), [kept, made]);
  assert.equal(stage.model.conversations.get(kept)?.lastSeq, 2);
  assert.equal(stage.model.history, HISTORY);
});

test('what was requested before there was a connection and comes after the list says nothing', async () => {
  const stage = new SyncStage();
  const [kept, deleted] = [idOf(1001), idOf(1002)];
  const shown = (): readonly string[] => [...stage.model.conversations.keys()];
  stage.list = [listed({ id: kept }), listed({ id: deleted })];
  const preview = stage.holdUp();
  stage.sync.start(null);
  await stage.settle();
  stage.list = [listed({ id: kept })];
  const list = stage.holdUp();
  await stage.welcome(7);
  assert.deepEqual(shown(), []);
  await list();
  assert.deepEqual(shown(), [kept]);
  await preview();
  assert.deepEqual(shown(), [kept]);
});

test('a list that can not be loaded says why, and is loaded when it is asked for again', async () => {
  const stage = new SyncStage();
  stage.list = null;
  stage.sync.start(null);
  await stage.welcome(0);
  await stage.synced(0);
  assert.deepEqual([stage.sync.listProblem.get(), stage.sync.listed.get()], ['unavailable', false]);
  stage.list = [listed()];
  stage.sync.retryList();
  await stage.settle();
  assert.deepEqual(
    [stage.sync.listProblem.get(), stage.sync.listed.get(), stage.phase],
    [null, true, 'live'],
  );
  assert.equal(stage.model.conversations.size, 1);
});

test('what the disk kept is shown before there is a connection', () => {
  const stage = new SyncStage();
  const { conversations, timelines, own, blocked, pendingReactions } = stage.model;
  const held = { conversations, timelines, own, blocked, pendingReactions };
  stage.sync.start({ cursor: 7, history: null, witness: null, ...held });
  assert.deepEqual([stage.sync.listed.get(), stage.model.cursor], [true, 7]);
});
