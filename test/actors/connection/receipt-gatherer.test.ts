import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  GATHER_MS,
  GATHERED_MAX,
  ReceiptGatherer,
} from '../../../server/actors/connection/receipt-gatherer.ts';
import type { UnconfirmedReceipt } from '../../../server/actors/connection/unconfirmed-receipts.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const receipt = (
  readerId: string,
  seq: number,
  status: 'delivered' | 'read' = 'delivered',
): UnconfirmedReceipt => ({
  pair: { first: 'a', second: 'b' },
  receipt: { type: 'mark', readerId, conversationId: 'c', seq, status },
});

const gatherer = () => {
  const clock = new ManualClock();
  const handedOn: (readonly [string, number, string])[] = [];
  const receipts = new ReceiptGatherer(clock, ({ receipt: { readerId, seq, status } }) => {
    handedOn.push([readerId, seq, status]);
  });
  return { clock, receipts, taken: () => handedOn.splice(0) };
};

test('[R2] a receipt after a pause goes at once, and those that follow go together', () => {
  const { clock, receipts, taken } = gatherer();
  receipts.add(receipt('a', 1));
  assert.deepEqual(taken(), [['a', 1, 'delivered']]);
  receipts.add(receipt('a', 2));
  clock.advance(GATHER_MS - 1);
  receipts.add(receipt('b', 7));
  assert.deepEqual([taken(), receipts.waiting], [[], 2]);
  clock.advance(1);
  assert.deepEqual(
    [taken(), receipts.waiting],
    [
      [
        ['a', 2, 'delivered'],
        ['b', 7, 'delivered'],
      ],
      0,
    ],
  );
  clock.advance(GATHER_MS);
  receipts.add(receipt('a', 3));
  assert.deepEqual(taken(), [['a', 3, 'delivered']]);
});

test('[R2] of one user only the newest receipt of each kind goes on, whatever the order', () => {
  const { clock, receipts, taken } = gatherer();
  receipts.add(receipt('a', 1));
  taken();
  for (const seq of [2, 5, 3]) receipts.add(receipt('a', seq));
  receipts.add(receipt('a', 4, 'read'));
  clock.advance(GATHER_MS);
  assert.deepEqual(taken(), [
    ['a', 5, 'delivered'],
    ['a', 4, 'read'],
  ]);
});

test('at the bound receipts no longer wait', () => {
  const { receipts, taken } = gatherer();
  receipts.add(receipt('first', 1));
  taken();
  for (let n = 1; n < GATHERED_MAX; n += 1) receipts.add(receipt(`user-${String(n)}`, 1));
  assert.deepEqual([taken().length, receipts.waiting], [0, GATHERED_MAX - 1]);
  receipts.add(receipt('last', 1));
  assert.deepEqual([taken().length, receipts.waiting], [GATHERED_MAX, 0]);
});

test('a host that stops hands on what waits', () => {
  const { clock, receipts, taken } = gatherer();
  receipts.add(receipt('a', 1));
  receipts.add(receipt('a', 2));
  taken();
  receipts.flush();
  assert.deepEqual(taken(), [['a', 2, 'delivered']]);
  clock.advance(GATHER_MS);
  assert.deepEqual(taken(), []);
});
