import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { RefetchQueue } from '../../../ui/sync/refetch-queue.ts';
import type { ConversationResource } from '../../../server/protocol/resources/conversation.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';
import { AT, CHAT, profiled } from '../sample.ts';

const answer = (last_seq: number): ConversationResource => ({
  id: CHAT,
  peer: profiled(null, { status: null }),
  created_at: AT,
  last_message: null,
  last_seq,
  first_seq: 1,
  removed_until: null,
  unread_count: 0,
  delivered_seq: { me: 0, peer: 0 },
  read_seq: { me: 0, peer: 0 },
  pinned: false,
  archived: false,
  muted_until: null,
});

const questions = () => {
  const clock = new ManualClock();
  const learned: number[] = [];
  const unknown: string[] = [];
  const open: { resolve: (answer: ConversationResource) => void; reject: (error: unknown) => void }[] = [];
  const state = { asked: 0, live: 0 };
  const about = new RefetchQueue({
    ask: () =>
      new Promise((resolve, reject) => {
        state.asked += 1;
        open.push({ resolve, reject });
      }),
    learn: ({ last_seq }) => {
      learned.push(last_seq);
      return state.live <= last_seq;
    },
    unknown: (conversationId) => {
      unknown.push(conversationId);
    },
    later: (ms, run) => clock.after(ms, run),
  });
  const next = async (run: (question: (typeof open)[number]) => void) => {
    const question = open.shift();
    assert.ok(question !== undefined, 'no question is under way');
    run(question);
    await settled();
  };
  return { about, clock, learned, unknown, state, next };
};

test('a hundred events that want a conversation are one question under way and one after it', async () => {
  const { about, learned, state, next } = questions();
  for (let event = 0; event < 100; event += 1) void about.ask(CHAT);
  assert.equal(state.asked, 1);
  await next(({ resolve }) => {
    resolve(answer(1));
  });
  assert.equal(state.asked, 2, 'what came in between may not be in the first answer');
  await next(({ resolve }) => {
    resolve(answer(2));
  });
  assert.deepEqual([state.asked, learned], [2, [1, 2]]);
});

test('an answer that live events have passed is followed by another question', async () => {
  const { about, clock, state, next } = questions();
  state.live = 5;
  void about.ask(CHAT);
  await next(({ resolve }) => {
    resolve(answer(4));
  });
  clock.advance(1_000);
  assert.equal(state.asked, 2);
});

test('a failure is asked again, a conversation that is not there is not', async () => {
  const { about, clock, learned, state, next } = questions();
  void about.ask(CHAT);
  await next(({ reject }) => {
    reject(new ApiProblem('unavailable', 'busy'));
  });
  clock.advance(3_000);
  await next(({ resolve }) => {
    resolve(answer(1));
  });
  assert.deepEqual(learned, [1]);
  void about.ask(CHAT);
  await next(({ reject }) => {
    reject(new ApiProblem('not_found', 'gone'));
  });
  clock.advance(60_000);
  assert.equal(state.asked, 3);
});

test('a deleted conversation does not come back with an answer of before', async () => {
  const { about, clock, learned, state, next } = questions();
  void about.ask(CHAT);
  void about.ask(CHAT);
  about.drop(CHAT);
  await next(({ resolve }) => {
    resolve(answer(1));
  });
  clock.advance(60_000);
  assert.deepEqual([state.asked, learned], [1, []]);
});

test('a new connection asks anew, and does not wait for an answer that may never come', async () => {
  const { about, clock, learned, state, next } = questions();
  void about.ask(CHAT);
  about.allAnew();
  assert.equal(state.asked, 2);
  await next(({ resolve }) => {
    resolve(answer(1));
  });
  assert.deepEqual(learned, [], 'of before the connection');
  await next(({ resolve }) => {
    resolve(answer(2));
  });
  clock.advance(60_000);
  assert.deepEqual([state.asked, learned], [2, [2]]);
});

test('[P10] of what the server does not know that is said once, and it is not asked for again', async () => {
  const { about, clock, unknown, state, next } = questions();
  void about.ask(CHAT);
  await next(({ reject }) => {
    reject(new ApiProblem('not_found', 'There is no such conversation.'));
  });
  clock.advance(60_000);
  assert.deepEqual([state.asked, unknown], [1, [CHAT]]);
});
