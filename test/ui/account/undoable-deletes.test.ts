import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Api } from '../../../ui/net/api.ts';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { UNDO_MS, UndoableDeletes } from '../../../ui/account/undoable-deletes.ts';
import type { Sync } from '../../../ui/sync/sync.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';
import { CHAT, idOf } from '../sample.ts';

/** A conversation whose newest message is number 5, at the server too. */
const stage = (unsent: readonly string[] = []) => {
  const clock = new ManualClock();
  const server = { seq: 5, newest: idOf(5), problem: null as string | null, deleted: 0 };
  const answer = <T>(value: T): Promise<T> =>
    server.problem === null
      ? Promise.resolve(value)
      : Promise.reject(new ApiProblem(server.problem as 'offline', ''));
  const api = {
    conversation: () => answer({ last_message: { seq: server.seq, message_id: server.newest } }),
    deleteConversation: () => answer(undefined).then(() => void (server.deleted += 1)),
  } as unknown as Api;
  const gone: string[] = [];
  const sync = {
    model: {
      get: () => ({
        conversations: new Map([[CHAT, { lastSeq: 5 }]]),
        pending: unsent.map((id) => ({ id, conversationId: CHAT })),
      }),
    },
    tombstones: { mark: 0 },
    deleted: (conversationId: string) => gone.push(conversationId),
  } as unknown as Sync;
  const deletes = new UndoableDeletes(api, clock, sync);
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    for (let at = 0; at < 5; at += 1) await settled();
  };
  deletes.remove(CHAT);
  return { deletes, server, pass, gone, isHidden: () => deletes.hidden.get().has(CHAT) };
};

test('nothing is asked of the server while Undo is offered, then it is deleted and out of the list', async () => {
  const { server, pass, gone, isHidden } = stage();
  await pass(UNDO_MS - 1);
  assert.equal(server.deleted, 0);
  await pass(1);
  assert.equal(server.deleted, 1);
  assert.equal(isHidden(), true);
  await pass(2_000);
  assert.deepEqual([gone, isHidden()], [[CHAT], false]);
});

test('a message that this window has not heard of keeps the conversation: it slept, or had no connection', async () => {
  const { deletes, server, pass, isHidden } = stage();
  server.seq = 6;
  await pass(UNDO_MS);
  assert.deepEqual([server.deleted, isHidden()], [0, false]);
  assert.deepEqual(deletes.kept.get(), { conversationId: CHAT, why: 'newMessage' });
});

test('one’s own message that had no number yet does not', async () => {
  const { server, pass } = stage([idOf(6)]);
  [server.seq, server.newest] = [6, idOf(6)];
  await pass(UNDO_MS);
  assert.equal(server.deleted, 1);
});

test('without an answer it stays hidden and is tried again, at once when the connection is back', async () => {
  const { deletes, server, pass, isHidden } = stage();
  server.problem = 'offline';
  await pass(UNDO_MS);
  await pass(15_000);
  assert.deepEqual([server.deleted, isHidden()], [0, true]);
  server.problem = null;
  await pass(15_000);
  assert.equal(server.deleted, 1);

  const other = stage();
  other.server.problem = 'offline';
  await other.pass(UNDO_MS);
  other.server.problem = null;
  other.deletes.connected();
  await other.pass(0);
  assert.equal(other.server.deleted, 1);
  assert.equal(deletes.kept.get(), null);
});

test('a refusal is told, and the conversation is there again', async () => {
  const { deletes, server, pass, isHidden } = stage();
  server.problem = 'too_many_requests';
  await pass(UNDO_MS);
  assert.deepEqual([isHidden(), deletes.kept.get()?.why], [false, 'too_many_requests']);
});

test('what is deleted at once, or by another window, is neither hidden nor deleted again', async () => {
  const { deletes, server, pass, isHidden } = stage();
  assert.equal(await deletes.finish(CHAT), true);
  assert.deepEqual([server.deleted, isHidden()], [1, false]);
  await pass(UNDO_MS + 2_000);
  assert.equal(server.deleted, 1);

  const other = stage();
  other.deletes.forgotten(CHAT);
  await other.pass(UNDO_MS + 2_000);
  assert.deepEqual([other.server.deleted, other.isHidden()], [0, false]);

  const grown = stage();
  grown.server.seq = 6;
  assert.equal(await grown.deletes.finish(CHAT), false);
  assert.deepEqual([grown.server.deleted, grown.isHidden()], [0, false]);
});
