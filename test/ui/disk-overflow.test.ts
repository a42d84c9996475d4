import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryDisk, memoryOutbox } from '../../ui/storage/disk-memory.ts';
import type { DraftStore } from '../../ui/drafts/draft-store.ts';
import { DraftsOverflow } from '../../ui/storage/drafts-overflow.ts';
import { OutboxOverflow } from '../../ui/storage/outbox-overflow.ts';
import { UNWRITTEN, type OutboxStore } from '../../ui/outbox/outbox.ts';
import { AT, CHAT, idOf } from './sample.ts';

const write = (n: number) => ({
  id: idOf(n),
  chatId: CHAT,
  text: `text ${String(n)}`,
  at: AT,
  failure: null,
});

/** A store of which what is named in `broken` fails. */
const breakable = <Store extends object>(store: Store): { store: Store; broken: Set<string> } => {
  const broken = new Set<string>();
  const handler: ProxyHandler<Store> = {
    get: (target, name) =>
      broken.has(String(name))
        ? () => Promise.reject(new Error('the disk is not there'))
        : (Reflect.get(target, name) as unknown),
  };
  return { store: new Proxy(store, handler), broken };
};
const WRITES = ['add', 'put', 'requeue', 'remove'] as const;
const ids = async (outbox: OutboxStore): Promise<number[]> =>
  (await outbox.all()).map(({ id }) => Number(id.slice(-3)));

test('a disk that is gone: what it had, and what was written since, is still there, in order', async () => {
  const disk = breakable(memoryOutbox());
  const outbox = new OutboxOverflow(disk.store);
  await outbox.add(write(1));
  await outbox.all();
  for (const name of ['all', ...WRITES]) disk.broken.add(name);
  await outbox.add(write(2));
  await outbox.add(write(3));
  assert.deepEqual(await ids(outbox), [1, 2, 3]);
  await outbox.remove(idOf(1));
  await outbox.remove(idOf(2));
  assert.deepEqual(await ids(outbox), [3]);
});

test('a disk that takes no change: a message that was sent or refused is not sent for ever', async () => {
  const disk = breakable(memoryOutbox());
  const outbox = new OutboxOverflow(disk.store);
  for (const n of [1, 2]) await outbox.add(write(n));
  await outbox.all();
  for (const name of WRITES) disk.broken.add(name);
  await outbox.remove(idOf(1));
  const [row] = await outbox.all();
  assert.equal(row?.id, idOf(2));
  await outbox.put({ ...row, failure: 'conflict' });
  assert.equal((await outbox.all())[0]?.failure, 'conflict');
  assert.equal((await outbox.requeue(idOf(2)))?.failure, null);
  assert.equal((await outbox.all())[0]?.failure, null);

  disk.broken.clear();
  await outbox.writeBack(disk.store, false);
  assert.deepEqual(await ids(disk.store), [2]);
});

test('room again: what waited in memory is written before what comes now', async () => {
  const disk = breakable(memoryOutbox());
  const outbox = new OutboxOverflow(disk.store);
  disk.broken.add('add');
  await Promise.all([outbox.add(write(1)), outbox.add(write(2))]);
  assert.deepEqual(await ids(disk.store), []);
  disk.broken.clear();
  await outbox.add(write(3));
  assert.deepEqual(await ids(disk.store), [1, 2, 3]);
  assert.deepEqual(await ids(outbox), [1, 2, 3]);
});

test('an attempt that reached the disk though nobody was told leaves one message, not two', async () => {
  const memory = memoryOutbox();
  const disk = breakable(memory);
  const outbox = new OutboxOverflow(disk.store);
  disk.broken.add('add');
  await outbox.add(write(1));
  await memory.add(write(1));
  assert.deepEqual(await ids(outbox), [1]);
  await outbox.remove(idOf(1));
  assert.deepEqual(await ids(outbox), []);
});

test('a new disk in place of one that was dropped is given all that is known', async () => {
  const disk = breakable(memoryOutbox());
  const outbox = new OutboxOverflow(disk.store);
  for (const n of [1, 2]) await outbox.add(write(n));
  await outbox.all();
  for (const name of ['all', ...WRITES]) disk.broken.add(name);
  await outbox.add(write(3));
  await outbox.remove(idOf(1));
  const fresh = memoryOutbox();
  await outbox.writeBack(fresh, true);
  assert.deepEqual(await ids(fresh), [2, 3]);
});

test('a disk that was only away is not given what another window removed meanwhile', async () => {
  const memory = memoryOutbox();
  const disk = breakable(memory);
  const outbox = new OutboxOverflow(disk.store);
  await outbox.add(write(1));
  await outbox.all();
  disk.broken.add('add');
  await outbox.add(write(2));
  await memory.remove(idOf(1));
  await outbox.writeBack(memory, false);
  assert.deepEqual(await ids(memory), [2]);
});

test('a message that got its place on the disk while it was under way is refused in that place', async () => {
  const memory = memoryOutbox();
  const disk = breakable(memory);
  const outbox = new OutboxOverflow(disk.store);
  await outbox.add(write(1));
  disk.broken.add('add');
  const held = await outbox.add(write(2));
  assert.equal(held.order, UNWRITTEN);
  disk.broken.clear();
  await outbox.writeBack(disk.store, false);
  await outbox.put({ ...held, failure: 'conflict' });
  const rows = await memory.all();
  assert.deepEqual(
    rows.map(({ failure }) => failure),
    [null, 'conflict'],
  );
  assert.ok(rows.every(({ order }) => order < UNWRITTEN));
  // Another window has sent it meanwhile.
  await memory.remove(idOf(2));
  await outbox.all();
  await outbox.put({ ...held, failure: 'conflict' });
  assert.deepEqual(await ids(memory), [1]);
});

test('a draft that the disk does not take is kept, and written once it does', async () => {
  const store: DraftStore = memoryDisk().drafts;
  const disk = breakable(store);
  const drafts = new DraftsOverflow(disk.store);
  await drafts.put({ chatId: 'a', text: 'old' });
  await drafts.put({ chatId: 'b', text: 'kept' });
  for (const name of ['all', 'put']) disk.broken.add(name);
  await drafts.put({ chatId: 'a', text: 'new' });
  await drafts.put({ chatId: 'b', text: '' });
  assert.deepEqual(await drafts.all(), [{ chatId: 'a', text: 'new' }]);
  disk.broken.clear();
  await drafts.put({ chatId: 'c', text: 'next' });
  assert.deepEqual(await store.all(), [
    { chatId: 'a', text: 'new' },
    { chatId: 'c', text: 'next' },
  ]);

  const fresh = memoryDisk().drafts;
  await drafts.writeBack(fresh, true);
  assert.deepEqual(await fresh.all(), await store.all());
});

test('a draft that another window removed does not come back', async () => {
  const store = memoryDisk().drafts;
  const drafts = new DraftsOverflow(store);
  await drafts.put({ chatId: 'a', text: 'text' });
  await store.put({ chatId: 'a', text: '' });
  await drafts.writeBack(store, false);
  assert.deepEqual(await store.all(), []);
  assert.deepEqual(await drafts.all(), []);
});

test('a draft of an earlier start, which this window could not see, is not lost to what was written meanwhile', async () => {
  const disk = breakable(memoryDisk().drafts);
  await disk.store.put({ chatId: 'a', text: 'old' });
  await disk.store.put({ chatId: 'b', text: 'old', id: 'b1', others: [{ id: 'b0', text: 'older' }] });
  for (const name of ['all', 'put', 'edit']) disk.broken.add(name);
  const drafts = new DraftsOverflow(disk.store);
  await drafts.put({ chatId: 'a', text: 'sent at once' });
  await drafts.put({ chatId: 'a', text: '' });
  await drafts.put({ chatId: 'b', text: 'ne', id: 'b2' });
  await drafts.edit('b', (held) => ({ chatId: 'b', text: `${held?.text ?? ''}w`, id: 'b3' }));
  disk.broken.clear();
  await drafts.writeBack(disk.store, false);
  const expected = [
    { chatId: 'a', text: 'old' },
    {
      chatId: 'b',
      text: 'new',
      id: 'b3',
      others: [
        { id: 'b0', text: 'older' },
        { id: 'b1', text: 'old' },
      ],
    },
  ];
  assert.deepEqual(await disk.store.all(), expected);
  assert.deepEqual(await drafts.all(), expected);
});
