import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReceiptCoalescer } from '../../server/actors/receipt-coalescer.ts';

const pair = { first: 'a', second: 'b' };
const state = {
  id: 'c',
  lastSeq: 9,
  first: { deliveredSeq: 4, readSeq: 2 },
  second: { deliveredSeq: 0, readSeq: 0 },
};
const mark = (seq: number, status: 'delivered' | 'read', readerId = 'a') => ({
  readerId,
  conversationId: 'c',
  seq,
  status,
});

test('[R1] a mark that does not rise is not written', () => {
  const marks = new ReceiptCoalescer(pair, state);
  marks.want(mark(4, 'delivered'));
  marks.want(mark(1, 'read'));
  assert.equal(marks.next(), undefined);
});

test('[R2] many steps while a write is under way become one', () => {
  const marks = new ReceiptCoalescer(pair, state);
  marks.want(mark(5, 'delivered'));
  assert.deepEqual(marks.next(), { conversationId: 'c', userId: 'a', seq: 5, status: 'delivered' });
  for (let seq = 6; seq <= 9; seq += 1) marks.want(mark(seq, 'delivered'));
  assert.equal(marks.next(), undefined, 'one at a time');
  marks.settled(true);
  assert.equal(marks.next()?.seq, 9);
  marks.settled(true);
  assert.equal(marks.next(), undefined);
});

test('[R1] reading moves delivery along', () => {
  const marks = new ReceiptCoalescer(pair, state);
  marks.want(mark(8, 'read'));
  assert.equal(marks.next()?.status, 'read');
  marks.settled(true);
  marks.want(mark(8, 'delivered'));
  assert.equal(marks.next(), undefined);
});

test('a write whose outcome is unknown is made again; one that was refused is dropped', () => {
  const marks = new ReceiptCoalescer(pair, state);
  marks.want(mark(5, 'delivered'));
  const first = marks.next();
  marks.retry();
  assert.deepEqual(marks.next(), first);
  marks.settled(false);
  assert.equal(marks.next(), undefined);
});

test('a third person has no marks here', () => {
  const marks = new ReceiptCoalescer(pair, state);
  marks.want(mark(5, 'read', 'stranger'));
  assert.equal(marks.next(), undefined);
});
