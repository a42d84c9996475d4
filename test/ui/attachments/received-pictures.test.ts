import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AGAIN_MS,
  BYTES_KEPT,
  PICTURES_KEPT,
  ReceivedPictures,
} from '../../../ui/attachments/received-pictures.ts';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { eventually } from '../../support/eventually.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { png } from '../../support/sample-images.ts';

const PNG = png(4, 4);

interface Asked {
  readonly id: string;
  readonly signal: AbortSignal;
  readonly answer: (bytes: Buffer) => void;
  readonly fail: (problem: ApiProblem) => void;
}

/** Pictures from a server that answers when it is told to. */
const stage = () => {
  const clock = new ManualClock();
  const asked: Asked[] = [];
  /** Address → type of what it shows. */
  const open = new Map<string, string>();
  let made = 0;
  const pictures = new ReceivedPictures({
    clock,
    open: (id, _from, signal) =>
      new Promise((resolve, reject) => {
        const fail = (problem: ApiProblem): void => {
          reject(problem);
        };
        signal.addEventListener('abort', () => {
          fail(new ApiProblem('offline', ''));
        });
        const answer = (bytes: Buffer): void => {
          const headers = { 'content-type': 'text/html' };
          resolve(new Response(Uint8Array.from(bytes), { headers }));
        };
        asked.push({ id, signal, answer, fail });
      }),
    urls: {
      createObjectURL: (blob) => {
        const url = `blob:${String((made += 1))}`;
        open.set(url, (blob as Blob).type);
        return url;
      },
      revokeObjectURL: (url) => void open.delete(url),
    },
  });
  const want = (id: string, size = PNG.length) => {
    const told: string[] = [];
    const ending = new AbortController();
    pictures.need({
      attachment: { id, name: `${id}.png`, type: 'image/png', size, sha256: '' },
      show: (url) => told.push(url),
      failed: (fault) => told.push(fault),
      signal: ending.signal,
    });
    return {
      told,
      leave: () => {
        ending.abort();
      },
    };
  };
  const askedFor = (): readonly string[] => asked.map(({ id }) => id);
  return { clock, asked, askedFor, open, pictures, want };
};
const isTold = (told: readonly string[]): Promise<void> =>
  eventually('an answer', () => Promise.resolve(told.length > 0));

test('[G5] a picture is requested once, and has the type that its bytes have, not the one that the server names', async () => {
  const { asked, open, want } = stage();
  const [a, b] = [want('a'), want('a')];
  assert.equal(asked.length, 1);
  asked[0]!.answer(PNG);
  await isTold(a.told);
  assert.deepEqual([a.told, b.told, want('a').told], [['blob:1'], ['blob:1'], ['blob:1']]);
  assert.equal(open.get('blob:1'), 'image/png');
});

test('bytes that are no picture, and pictures that are too large, get no address', async () => {
  const { asked, open, want } = stage();
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
  const huge = Buffer.from(PNG);
  huge.writeUInt32BE(60_000, 16);
  huge.writeUInt32BE(60_000, 20);
  for (const [at, bytes] of [svg, huge].entries()) {
    const { told } = want(String(at), bytes.length);
    asked[at]!.answer(bytes);
    await isTold(told);
    assert.deepEqual(told, ['unshowable']);
    assert.deepEqual(want(String(at)).told, ['unshowable']);
  }
  assert.deepEqual([open.size, asked.length], [0, 2]);
});

test('four at a time; a request that nobody waits for any more ends, and one that was not begun is left out', async () => {
  const { asked, askedFor, want } = stage();
  const wanted = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => want(id));
  assert.deepEqual(askedFor(), ['a', 'b', 'c', 'd']);
  wanted[4]!.leave();
  wanted[0]!.leave();
  assert.equal(asked[0]!.signal.aborted, true);
  await eventually('the next', () => Promise.resolve(asked.length === 5));
  assert.deepEqual(askedFor(), ['a', 'b', 'c', 'd', 'f']);
  assert.deepEqual(wanted[0]!.told, []);
});

test('[G5] one that is gone says so for good; one that cannot be loaded is tried again, and at once when the connection is back', async () => {
  const { clock, asked, pictures, want } = stage();
  const gone = want('gone');
  asked[0]!.fail(new ApiProblem('not_found', ''));
  await isTold(gone.told);
  assert.deepEqual(gone.told, ['gone']);
  const later = want('later');
  asked[1]!.fail(new ApiProblem('offline', ''));
  await isTold(later.told);
  clock.advance(AGAIN_MS - 1);
  assert.equal(asked.length, 2);
  clock.advance(1);
  assert.equal(asked.length, 3);
  asked[2]!.fail(new ApiProblem('unavailable', ''));
  await eventually('the second fault', () => Promise.resolve(later.told.length === 2));
  clock.advance(AGAIN_MS);
  assert.equal(asked.length, 3, 'less and less often');
  pictures.again();
  assert.equal(asked.length, 4);
  asked[3]!.answer(PNG);
  await eventually('the picture', () => Promise.resolve(later.told.length === 3));
  assert.deepEqual(later.told, ['later', 'later', 'blob:1']);
  pictures.again();
  assert.equal(asked.length, 4, 'what is gone stays gone');
});

test('what nobody shows is bounded by number, what all show by bytes, and an address in use stays good', async () => {
  const { asked, open, want } = stage();
  const kept = want('kept');
  asked[0]!.answer(PNG);
  await isTold(kept.told);
  for (let n = 0; n <= PICTURES_KEPT; n += 1) {
    const each = want(`n${String(n)}`);
    asked.at(-1)!.answer(PNG);
    await isTold(each.told);
    each.leave();
  }
  assert.equal(open.size, PICTURES_KEPT + 1);
  assert.ok(open.has('blob:1'), 'it is shown');
  assert.ok(!open.has('blob:2'));
  // Half of all that may be kept is on its way: what nobody shows gives way, and a further one waits.
  const [first, second] = [want('first', BYTES_KEPT / 2), want('second', BYTES_KEPT / 2)];
  assert.equal(asked.at(-1)?.id, 'first');
  assert.equal(open.size, 1);
  first.leave();
  await eventually('the second', () => Promise.resolve(asked.at(-1)?.id === 'second'));
  second.leave();
});

test('after the user has logged out, no address is good and nothing comes any more', async () => {
  const { clock, asked, open, pictures, want } = stage();
  const { told } = want('a');
  asked[0]!.answer(PNG);
  await isTold(told);
  want('b');
  pictures.stop();
  assert.equal(asked[1]!.signal.aborted, true);
  asked[1]!.answer(PNG);
  await new Promise(setImmediate);
  assert.deepEqual([open.size, clock.waiting], [0, 0]);
  assert.deepEqual(want('c').told, []);
});
