import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AGAIN_MS, BYTES_KEPT, Pictures, PICTURES_KEPT } from '../../../ui/account/pictures.ts';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';

/** Pictures from a server that answers when it is told to. */
const stage = () => {
  const clock = new ManualClock();
  const requests: { userId: string; answer: (bytes: number) => void; fail: (problem: ApiProblem) => void }[] =
    [];
  const open = new Set<string>();
  let made = 0;
  const pictures = new Pictures({
    clock,
    fetch: (userId) =>
      new Promise((resolve, reject) => {
        requests.push({
          userId,
          answer: (bytes) => {
            resolve(new Blob([new Uint8Array(bytes)]));
          },
          fail: reject,
        });
      }),
    urls: {
      createObjectURL: () => {
        const url = `blob:${String((made += 1))}`;
        open.add(url);
        return url;
      },
      revokeObjectURL: (url) => void open.delete(url),
    },
  });
  const want = (userId: string, version = 'v1') => {
    const shown: string[] = [];
    const ending = new AbortController();
    pictures.need({ userId, version, show: (url) => shown.push(url), signal: ending.signal });
    return {
      shown,
      leave: () => {
        ending.abort();
      },
    };
  };
  return { clock, requests, open, pictures, want };
};

test('however many elements show a picture, it is requested once, and later ones have it at once', async () => {
  const { requests, want } = stage();
  const [a, b] = [want('u'), want('u')];
  assert.equal(requests.length, 1);
  requests[0]!.answer(10);
  await settled();
  assert.deepEqual([a.shown, b.shown, want('u').shown], [['blob:1'], ['blob:1'], ['blob:1']]);
  want('u', 'v2');
  assert.equal(requests.length, 2, 'another version is another picture');
});

test('a few are requested at a time, and those that nobody waits for any more are left out', async () => {
  const { requests, want } = stage();
  const wanted = Array.from({ length: 6 }, (_, at) => want(`u${String(at)}`));
  assert.equal(requests.length, 4);
  wanted[4]!.leave();
  requests[0]!.answer(1);
  await settled();
  assert.deepEqual(
    requests.map(({ userId }) => userId),
    ['u0', 'u1', 'u2', 'u3', 'u5'],
  );
});

test('a failure is tried again later, less and less often, and at once when the connection is back', async () => {
  const { clock, requests, pictures, want } = stage();
  const { shown } = want('u');
  requests[0]!.fail(new ApiProblem('offline', ''));
  await settled();
  want('u');
  assert.equal(requests.length, 1, 'a new element does not hurry it');
  clock.advance(AGAIN_MS);
  assert.equal(requests.length, 2);
  requests[1]!.fail(new ApiProblem('unavailable', ''));
  await settled();
  clock.advance(AGAIN_MS);
  assert.equal(requests.length, 2);
  pictures.again();
  assert.equal(requests.length, 3);
  requests[2]!.answer(5);
  await settled();
  assert.deepEqual(shown, ['blob:1']);
});

test('a picture that is gone is not asked for again soon', async () => {
  const { clock, requests, want } = stage();
  want('u');
  requests[0]!.fail(new ApiProblem('not_found', ''));
  await settled();
  clock.advance(4 * AGAIN_MS);
  assert.equal(requests.length, 1);
});

test('at most so many pictures and bytes are held; what is dropped is taken back', async () => {
  const { open, requests, want } = stage();
  const fetchAll = async (bytes: number, from = 0): Promise<void> => {
    for (let at = from; at < requests.length; at += 1) {
      requests[at]!.answer(bytes);
      await settled();
    }
  };
  for (let at = 0; at < PICTURES_KEPT + 20; at += 1) want(`u${String(at)}`);
  await fetchAll(10);
  assert.equal(open.size, PICTURES_KEPT);
  assert.ok(!open.has('blob:1') && open.has(`blob:${String(PICTURES_KEPT + 20)}`), 'the oldest went');
  const before = requests.length;
  for (let at = 0; at < 5; at += 1) want(`large${String(at)}`);
  await fetchAll(BYTES_KEPT / 4 + 1, before);
  const left = [...open].length;
  assert.ok(left <= 3);
});

test('after the end no address is good, nothing is requested, and an answer on its way makes none', async () => {
  const { clock, open, pictures, requests, want } = stage();
  const { shown } = want('a');
  requests[0]!.answer(1);
  await settled();
  const late = want('b');
  want('c');
  requests[2]!.fail(new ApiProblem('offline', ''));
  await settled();
  pictures.stop();
  assert.equal(open.size, 0);
  requests[1]!.answer(1);
  await settled();
  want('d');
  clock.advance(AGAIN_MS);
  assert.deepEqual([shown.length, late.shown.length, open.size, requests.length], [1, 0, 0, 3]);
});
