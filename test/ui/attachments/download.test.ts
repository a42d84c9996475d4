import assert from 'node:assert/strict';
import { test } from 'node:test';
import { download, STALLED_MS } from '../../../ui/attachments/download.ts';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { eventually } from '../../support/eventually.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const FILE = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);

/** What a server sends of a file: the bytes up to `to`. `ends`: whether the answer then ends, breaks off, or stands still. */
interface Turn {
  readonly to: number;
  readonly ends: 'ends' | 'breaks' | 'stands';
  readonly status?: number;
}

const stage = (turns: readonly (Turn | ApiProblem)[], tries = 2) => {
  const clock = new ManualClock();
  const asked: number[] = [];
  const progress: number[] = [];
  const ending = new AbortController();
  const open = (_id: string, from: number, signal: AbortSignal): Promise<Response> => {
    const turn = turns[asked.length];
    asked.push(from);
    if (turn === undefined || turn instanceof ApiProblem)
      return Promise.reject(turn ?? new ApiProblem('offline', ''));
    const status = turn.status ?? (from > 0 ? 206 : 200);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(FILE.slice(status === 206 ? from : 0, turn.to));
        if (turn.ends === 'ends') controller.close();
        if (turn.ends === 'stands')
          signal.addEventListener('abort', () => {
            controller.error(new Error('aborted'));
          });
      },
      pull(controller) {
        if (turn.ends === 'breaks') controller.error(new Error('reset'));
      },
    });
    return Promise.resolve(new Response(body, { status }));
  };
  const whole = download(
    { id: 'file', size: FILE.length },
    { clock, open },
    { signal: ending.signal, type: 'image/png', tries, progress: (received) => progress.push(received) },
  );
  whole.catch(() => undefined);
  const bytes = async (): Promise<number[]> => [...new Uint8Array(await (await whole).arrayBuffer())];
  return { clock, asked, progress, ending, whole, bytes };
};
const waits = (clock: ManualClock): Promise<void> =>
  eventually('a pause', () => Promise.resolve(clock.waiting === 1));

test('[G5] a file that breaks off is continued where it broke off, and has the type that was asked for', async () => {
  const { clock, asked, progress, whole, bytes } = stage([
    { to: 300, ends: 'breaks' },
    { to: 700, ends: 'ends' },
    { to: 1000, ends: 'ends' },
  ]);
  for (let n = 0; n < 2; n += 1) {
    await waits(clock);
    clock.advance(1_000);
  }
  assert.deepEqual(await bytes(), [...FILE]);
  assert.equal((await whole).type, 'image/png');
  assert.deepEqual(asked, [0, 300, 700]);
  assert.deepEqual(progress, [300, 700, 1000]);
  assert.equal(clock.waiting, 0);
});

test('whoever answers with the whole file instead of its rest is believed', async () => {
  const { clock, bytes } = stage([
    { to: 300, ends: 'breaks' },
    { to: 1000, ends: 'ends', status: 200 },
  ]);
  await waits(clock);
  clock.advance(1_000);
  assert.deepEqual(await bytes(), [...FILE]);
});

test('a server that stands still is asked again, and given up after so many tries without a byte', async () => {
  const { clock, asked, whole } = stage([{ to: 300, ends: 'stands' }], 1);
  await eventually('the first bytes', () => Promise.resolve(clock.waiting === 1 && asked.length === 1));
  await new Promise(setImmediate);
  clock.advance(STALLED_MS);
  for (let n = 0; n < 2; n += 1) {
    await waits(clock);
    clock.advance(10_000);
  }
  await assert.rejects(whole, { code: 'offline' });
  assert.deepEqual(asked, [0, 300, 300]);
});

test('[G5] what is gone, and what has more bytes than it should, is not asked for again', async () => {
  const gone = stage([new ApiProblem('not_found', '')]);
  await assert.rejects(gone.whole, { code: 'not_found' });
  assert.equal(gone.asked.length, 1);
  const longer = stage([{ to: 1000, ends: 'ends' }]);
  assert.equal((await longer.whole).size, 1000);
  const clock = new ManualClock();
  const open = (): Promise<Response> => Promise.resolve(new Response(FILE));
  const options = { signal: new AbortController().signal, type: '', tries: 5 };
  await assert.rejects(download({ id: 'file', size: 999 }, { clock, open }, options), { code: 'internal' });
  assert.equal(clock.waiting, 0);
});

test('one that is stopped ends at once, also in a pause', async () => {
  const { clock, asked, ending, whole } = stage([{ to: 10, ends: 'breaks' }]);
  await waits(clock);
  ending.abort();
  await assert.rejects(whole, { code: 'offline' });
  assert.deepEqual([asked.length, clock.waiting], [1, 0]);
});
