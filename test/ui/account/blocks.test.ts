import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockedPeople } from '../../../ui/account/blocked-people.ts';
import { learnBlocks, setBlocked } from '../../../ui/account/blocks.ts';
import type { HttpCall } from '../../../ui/net/http.ts';
import { ApiProblem, type ProblemCode } from '../../../ui/net/problem.ts';
import { ASK_AGAIN_MS } from '../../../ui/sync/refetch-queue.ts';
import { settled } from '../../support/settled.ts';
import { blockFrame, idOf, PEER, profiled } from '../sample.ts';
import { SyncStage } from '../sync-stage.ts';

const OTHER = idOf(7);

/** A server whose answers the test gives; a code refuses. */
const stage = async () => {
  const { sync, socket, clock } = await SyncStage.live(3);
  const calls: string[] = [];
  const answers: ((answer: readonly string[] | ProblemCode) => void)[] = [];
  const signed = <T>({ method, path }: HttpCall): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      calls.push(`${method} ${path}`);
      answers.push((answer) => {
        if (typeof answer === 'string') reject(new ApiProblem(answer, ''));
        else resolve({ users: answer.map((id) => profiled(null, { id })) } as T);
      });
    });
  const answer = async (with_: readonly string[] | ProblemCode): Promise<void> => {
    answers.shift()?.(with_);
    await settled();
  };
  const known = () => {
    const { ids, isWhole } = sync.model.get().blocked;
    return [[...ids], isWhole];
  };
  return { deps: { api: { signed }, sync, clock }, sync, socket, clock, calls, answer, known };
};

test('who is blocked is asked once, and told by events from then on', async () => {
  const { deps, socket, calls, answer, known } = await stage();
  void learnBlocks(deps);
  await answer([PEER, OTHER]);
  assert.deepEqual(known(), [[PEER, OTHER], true]);
  socket.says(blockFrame(4, 'unblocked'));
  assert.deepEqual(known(), [[OTHER], true]);
  await learnBlocks(deps);
  assert.deepEqual(calls, ['GET /users/me/blocks']);
});

test('an answer from before an event is not believed: the server is asked again', async () => {
  const { deps, socket, answer, known } = await stage();
  void learnBlocks(deps);
  socket.says(blockFrame(4, 'blocked'));
  await answer([]);
  assert.deepEqual(known(), [[PEER], false]);
  await answer([PEER]);
  assert.deepEqual(known(), [[PEER], true]);
});

test('a failure is repeated, but not with a server that knows no blocks', async () => {
  const { deps, clock, calls, answer, known } = await stage();
  void learnBlocks(deps);
  await answer('unavailable');
  clock.advance(ASK_AGAIN_MS);
  await answer('not_found');
  clock.advance(10 * ASK_AGAIN_MS);
  assert.equal(calls.length, 2);
  assert.deepEqual(known(), [[], false]);
});

test('blocking counts once the server has done it', async () => {
  const { deps, calls, answer, known } = await stage();
  const refused = setBlocked(deps, PEER, true);
  await answer('conflict');
  assert.equal(await refused, 'conflict');
  assert.deepEqual(known(), [[], false]);
  const done = setBlocked(deps, PEER, true);
  await answer([]);
  assert.equal(await done, null);
  assert.deepEqual(known(), [[PEER], false]);
  const undone = setBlocked(deps, PEER, false);
  await answer([]);
  await undone;
  assert.deepEqual(known(), [[], false]);
  assert.deepEqual(calls.slice(1), [`PUT /users/${PEER}/block`, `DELETE /users/${PEER}/block`]);
});

test('the list of the settings follows what other devices do, and says what failed', async () => {
  const { deps, calls, answer } = await stage();
  const people = new BlockedPeople(deps);
  const ids = () => people.list.get().users?.map(({ id }) => id);
  void people.load();
  await answer([PEER]);
  people.follow({ ids: new Set([PEER]), isWhole: true });
  assert.equal(calls.length, 1);
  people.follow({ ids: new Set([PEER, OTHER]), isWhole: true });
  await answer([OTHER, PEER]);
  assert.deepEqual(ids(), [OTHER, PEER]);
  void people.unblock(OTHER);
  assert.deepEqual([...people.list.get().ending], [OTHER]);
  await answer('offline');
  assert.deepEqual(
    [ids(), people.list.get().problem, people.list.get().ending.size],
    [[OTHER, PEER], 'offline', 0],
  );
  void people.unblock(OTHER);
  await answer([]);
  assert.deepEqual([ids(), people.list.get().problem], [[PEER], null]);
});
