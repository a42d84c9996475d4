import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReceiptProgress } from '../../../server/actors/connection/receipt-progress.ts';

const place = { conversationId: 'c', pair: { first: 'a', second: 'b' }, userId: 'a' };
const at = (seq: number, status: 'delivered' | 'read') => ({ ...place, seq, status });
const advanced = (delivered: number, read = 0) => ({ kind: 'advanced', delivered, read }) as const;

test('[R1] what does not rise above what a write answered is not written', () => {
  const progress = new ReceiptProgress(place);
  progress.want(at(1, 'delivered'));
  assert.deepEqual(progress.next, at(1, 'delivered'));
  // Another device, or another host, had come further.
  progress.settled(at(1, 'delivered'), advanced(4, 2));
  progress.want(at(4, 'delivered'));
  progress.want(at(1, 'read'));
  progress.want(at(2, 'read'));
  assert.ok(!progress.isDue);
  progress.want(at(3, 'read'));
  assert.deepEqual(progress.next, at(3, 'read'));
});

test('[R1] a receipt for a message of one’s own is settled, although the position stays below it', () => {
  const progress = new ReceiptProgress(place);
  progress.want(at(5, 'delivered'));
  progress.settled(at(5, 'delivered'), advanced(4));
  assert.ok(!progress.isDue);
});

test('[R2] many steps become one, the newest, whatever their order', () => {
  const progress = new ReceiptProgress(place);
  for (const seq of [5, 9, 7]) progress.want(at(seq, 'delivered'));
  assert.deepEqual(progress.next, at(9, 'delivered'));
  progress.settled(at(5, 'delivered'), advanced(5));
  assert.deepEqual(progress.next, at(9, 'delivered'), 'those that came during the write');
});

test('[R1] reading moves delivery along, and comes first', () => {
  const progress = new ReceiptProgress(place);
  progress.want(at(8, 'delivered'));
  progress.want(at(8, 'read'));
  assert.deepEqual(progress.next, at(8, 'read'));
  progress.settled(at(8, 'read'), advanced(8, 8));
  assert.ok(!progress.isDue);
});

test('what the store refuses is dropped', () => {
  const progress = new ReceiptProgress(place);
  progress.want(at(5, 'delivered'));
  progress.settled(at(5, 'delivered'), { kind: 'not-found' });
  progress.want(at(5, 'read'));
  progress.settled(at(5, 'read'), { kind: 'not-found' });
  assert.ok(!progress.isDue);
});
