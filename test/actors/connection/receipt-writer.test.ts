import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Receipt } from '../../../server/actors/connection/receipt-progress.ts';
import {
  GATHER_MS,
  ReceiptWriter,
  UNWRITTEN_MAX,
  WRITES_AT_ONCE,
} from '../../../server/actors/connection/receipt-writer.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const pair = { first: 'a', second: 'b' };
const receipt = (userId: string, seq: number, status: Receipt['status'] = 'delivered'): Receipt => ({
  ...{ conversationId: 'c', pair, userId, seq, status },
});

interface Write {
  readonly input: Receipt;
  readonly answer: () => Promise<void>;
  readonly fail: (code?: 'unavailable' | 'internal') => Promise<void>;
}

const open = () => {
  const clock = new ManualClock();
  const asked: Write[] = [];
  const host = {
    ask: (_to: unknown, { input }: { input: Receipt }) =>
      new Promise((resolve, reject) => {
        const { seq, status } = input;
        asked.push({
          input,
          answer: () => {
            resolve({ kind: 'advanced', delivered: seq, read: status === 'read' ? seq : 0 });
            return turn();
          },
          fail: (code = 'unavailable') => {
            reject(new ParleyError(code, 'not now'));
            return turn();
          },
        });
      }),
  };
  const receipts = new ReceiptWriter(host as never, clock);
  const written = () =>
    asked.map(({ input: { userId, seq, status } }) => `${userId} ${String(seq)} ${status}`);
  /** Takes what was asked since. */
  const taken = (): readonly Write[] => asked.splice(0);
  return { clock, receipts, asked, written, taken };
};

test('[R2] a receipt after a pause is written at once, and those that follow go together', async () => {
  const { clock, receipts, written, taken } = open();
  receipts.add(receipt('a', 1));
  assert.deepEqual(written(), ['a 1 delivered']);
  for (const { answer } of taken()) await answer();
  receipts.add(receipt('a', 2));
  clock.advance(GATHER_MS - 1);
  receipts.add(receipt('b', 7));
  assert.deepEqual([written(), receipts.waiting], [[], 2]);
  clock.advance(1);
  assert.deepEqual(written(), ['a 2 delivered', 'b 7 delivered']);
  for (const { answer } of taken()) await answer();
  assert.equal(receipts.waiting, 0);
  clock.advance(GATHER_MS);
  receipts.add(receipt('a', 3));
  assert.deepEqual(written(), ['a 3 delivered']);
});

test('[R2] one write at a time for each user and conversation: what comes meanwhile is joined into the next', async () => {
  const { clock, receipts, written, taken } = open();
  receipts.add(receipt('a', 1));
  const [first] = taken();
  for (const seq of [2, 5, 3]) receipts.add(receipt('a', seq));
  receipts.add(receipt('a', 4, 'read'));
  clock.advance(GATHER_MS);
  assert.deepEqual(written(), []);
  await first?.answer();
  assert.deepEqual(written(), ['a 4 read']);
  for (const { answer } of taken()) await answer();
  clock.advance(GATHER_MS);
  assert.deepEqual(written(), ['a 5 delivered']);
});

test('[R1] what another device of the same user said already is not written again', async () => {
  const { clock, receipts, written, taken } = open();
  receipts.add(receipt('a', 4, 'read'));
  for (const { answer } of taken()) await answer();
  for (const seq of [1, 4]) assert.ok(receipts.add(receipt('a', seq)));
  clock.advance(GATHER_MS);
  assert.deepEqual([written(), receipts.waiting], [[], 0]);
});

test('[P8] a write whose outcome is unknown is made again, with what came since', async () => {
  const { clock, receipts, written, taken } = open();
  receipts.add(receipt('a', 1));
  for (const { fail } of taken()) await fail();
  receipts.add(receipt('a', 3));
  clock.advance(249);
  assert.deepEqual([written(), receipts.waiting], [[], 1]);
  clock.advance(1);
  assert.deepEqual(written(), ['a 3 delivered']);
});

test('[P9] at the bound receipts no longer wait, and no more are under way', async () => {
  const { clock, receipts, asked, taken } = open();
  receipts.add(receipt('first', 1));
  for (let n = 1; n < WRITES_AT_ONCE; n += 1) receipts.add(receipt(`user-${String(n)}`, 1));
  assert.deepEqual([asked.length, receipts.waiting], [1, WRITES_AT_ONCE]);
  for (const name of ['last', 'one more']) receipts.add(receipt(name, 1));
  assert.deepEqual([asked.length, receipts.waiting], [WRITES_AT_ONCE, WRITES_AT_ONCE + 2]);
  for (const { answer } of taken()) await answer();
  clock.advance(GATHER_MS);
  assert.deepEqual([asked.length, receipts.waiting], [2, 2]);
});

test('[P9] while the store takes nothing, receipts wait up to a bound, and further ones are refused', async () => {
  const { clock, receipts, asked, taken } = open();
  for (let n = 0; n < UNWRITTEN_MAX; n += 1) assert.ok(receipts.add(receipt(`user-${String(n)}`, 1)));
  assert.equal(receipts.add(receipt('one more', 1)), false);
  assert.ok(receipts.add(receipt('user-7', 2)), 'joined into what waits');
  assert.equal(receipts.waiting, UNWRITTEN_MAX);
  for (let left = UNWRITTEN_MAX + 1; left > 0;) {
    for (const { answer } of taken()) {
      await answer();
      left -= 1;
    }
    clock.advance(GATHER_MS);
  }
  assert.deepEqual([asked.length, receipts.waiting], [0, 0]);
});

test('[P9] while the store refuses at once, a few writes are tried four times a second, and the others follow the first answer', async () => {
  const { clock, receipts, taken } = open();
  for (let n = 0; n < WRITES_AT_ONCE; n += 1) receipts.add(receipt(`user-${String(n)}`, 1));
  for (const { fail } of taken()) await fail();
  let tried = 0;
  for (let ms = 0; ms < 1_000; ms += 5) {
    clock.advance(5);
    const writes = taken();
    tried += writes.length;
    for (const { fail } of writes) await fail();
  }
  assert.deepEqual([tried, receipts.waiting], [4 * 16, WRITES_AT_ONCE]);
  clock.advance(250);
  let written = 0;
  for (let writes = taken(); writes.length > 0; writes = taken()) {
    written += writes.length;
    for (const { answer } of writes) await answer();
    clock.advance(GATHER_MS);
  }
  assert.deepEqual([written, receipts.waiting], [WRITES_AT_ONCE, 0]);
});

test('[P1] what is known of the store is forgotten after a failure: its successor may lack what the one before had stored', async () => {
  const { clock, receipts, written, taken } = open();
  receipts.add(receipt('a', 50, 'read'));
  for (const { answer } of taken()) await answer();
  receipts.add(receipt('b', 3));
  clock.advance(GATHER_MS);
  for (const { fail } of taken()) await fail();
  clock.advance(250);
  for (const { answer } of taken()) await answer();
  receipts.add(receipt('a', 48, 'read'));
  clock.advance(GATHER_MS);
  assert.deepEqual(written(), ['a 48 read']);
});

test('and after ten seconds', async () => {
  const { clock, receipts, written, taken } = open();
  receipts.add(receipt('a', 50, 'read'));
  for (const { answer } of taken()) await answer();
  clock.advance(10_000);
  receipts.add(receipt('a', 48));
  assert.deepEqual(written(), ['a 48 delivered']);
});

test('a receipt that the server cannot store by its own fault is dropped, and holds up no other', async () => {
  const { clock, receipts, taken } = open();
  receipts.add(receipt('a', 1));
  for (const { fail } of taken()) await fail('internal');
  clock.advance(1_000);
  assert.deepEqual([taken().length, receipts.waiting], [0, 0]);
});

test('a host that stops hands on everything, what is written now or had failed too, and tries nothing again', async () => {
  const { clock, receipts, written, taken } = open();
  receipts.add(receipt('a', 1));
  const [first] = taken();
  receipts.add(receipt('a', 2));
  receipts.add(receipt('b', 2));
  receipts.stop();
  assert.deepEqual(written(), ['a 2 delivered', 'b 2 delivered']);
  await first?.fail();
  clock.advance(1_000);
  assert.deepEqual(written(), ['a 2 delivered', 'b 2 delivered']);
});
