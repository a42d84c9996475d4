import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReceiptCoalescer } from '../../../server/actors/conversation/receipt-coalescer.ts';

const pair = { first: 'a', second: 'b' };
const mark = (seq: number, status: 'delivered' | 'read', readerId = 'a') => ({
  readerId,
  conversationId: 'c',
  seq,
  status,
});
const advanced = (delivered: number, read = 0) => ({ kind: 'advanced', delivered, read }) as const;

test('[R1] a mark that does not rise above what a write answered is not written', () => {
  const marks = new ReceiptCoalescer(pair);
  marks.want(mark(1, 'delivered'));
  assert.equal(marks.next()?.seq, 1);
  // Another device, or another server, had come further.
  marks.settled(advanced(4, 2));
  marks.want(mark(4, 'delivered'));
  marks.want(mark(1, 'read'));
  marks.want(mark(2, 'read'));
  assert.equal(marks.next(), undefined);
  marks.want(mark(3, 'read'));
  assert.deepEqual(marks.next(), { conversationId: 'c', pair, userId: 'a', seq: 3, status: 'read' });
});

test('[R1] what one user reached says nothing of the other', () => {
  const marks = new ReceiptCoalescer(pair);
  marks.want(mark(1, 'read'));
  marks.next();
  marks.settled(advanced(9, 9));
  marks.want(mark(1, 'read', 'b'));
  assert.deepEqual(marks.next(), { conversationId: 'c', pair, userId: 'b', seq: 1, status: 'read' });
});

test('[R1] a mark at a message of one’s own is settled, although the position stays below it', () => {
  const marks = new ReceiptCoalescer(pair);
  marks.want(mark(5, 'delivered'));
  marks.next();
  marks.settled(advanced(4));
  assert.equal(marks.next(), undefined);
});

test('[R2] many steps while a write is under way become one', () => {
  const marks = new ReceiptCoalescer(pair);
  marks.want(mark(5, 'delivered'));
  assert.deepEqual(marks.next(), { conversationId: 'c', pair, userId: 'a', seq: 5, status: 'delivered' });
  for (let seq = 6; seq <= 9; seq += 1) marks.want(mark(seq, 'delivered'));
  assert.equal(marks.next(), undefined, 'one at a time');
  marks.settled(advanced(5));
  assert.equal(marks.next()?.seq, 9);
  marks.settled(advanced(9));
  assert.equal(marks.next(), undefined);
});

test('[R1] reading moves delivery along', () => {
  const marks = new ReceiptCoalescer(pair);
  marks.want(mark(8, 'read'));
  assert.equal(marks.next()?.status, 'read');
  marks.settled(advanced(8, 8));
  marks.want(mark(8, 'delivered'));
  assert.equal(marks.next(), undefined);
});

test('a write whose outcome is unknown is made again; one that was refused is dropped', () => {
  const marks = new ReceiptCoalescer(pair);
  marks.want(mark(5, 'delivered'));
  const first = marks.next();
  marks.retry();
  assert.deepEqual(marks.next(), first);
  marks.settled({ kind: 'not-found' });
  assert.equal(marks.next(), undefined);
});

test('a third person has no marks here', () => {
  const marks = new ReceiptCoalescer(pair);
  marks.want(mark(5, 'read', 'stranger'));
  assert.equal(marks.next(), undefined);
});
