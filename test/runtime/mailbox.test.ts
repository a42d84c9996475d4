import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mailbox } from '../../server/runtime/mailbox.ts';

test('[P9] a full mailbox keeps nothing more and says so', () => {
  const mailbox = new Mailbox<number>(2);
  assert.equal(mailbox.offer(1), true);
  assert.equal(mailbox.offer(2), true);
  assert.equal(mailbox.offer(3), false);
  assert.equal(mailbox.size, 2);
  assert.deepEqual([mailbox.poll(), mailbox.poll(), mailbox.poll()], [1, 2, undefined]);
});

test('order is kept over many turns of offering and polling', () => {
  const mailbox = new Mailbox<number>(5000);
  const out: number[] = [];
  let next = 0;
  for (let turn = 0; turn < 400; turn += 1) {
    for (let i = 0; i < 20; i += 1) mailbox.offer((next += 1));
    for (let i = 0; i < 15; i += 1) out.push(mailbox.poll() ?? -1);
  }
  for (let left = mailbox.poll(); left !== undefined; left = mailbox.poll()) out.push(left);
  assert.equal(out.length, 8000);
  assert.ok(out.every((value, i) => value === i + 1));
});
