import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserExclusive } from '../../../ui/net/exclusive.ts';
import { storageOver } from '../../../ui/platform/site-storage.ts';
import { PreferenceBook } from '../../../ui/account/preferences.ts';

const blocked = (): never => {
  throw new DOMException('Access is denied for this document.', 'SecurityError');
};

test('where site data is blocked, what is written is there until the window closes', () => {
  const storage = storageOver(blocked);
  assert.equal(storage.getItem('a'), null);
  storage.setItem('a', '1');
  assert.equal(storage.getItem('a'), '1');
  assert.equal(storage.keeps('a'), false);
  storage.removeItem('a');
  assert.equal(storage.getItem('a'), null);
  const book = new PreferenceBook(storageOver(blocked));
  book.set('theme', 'dark');
  assert.equal(book.current.get().theme, 'dark');
});

test('a full storage keeps what it has, and takes what is written once there is room', () => {
  const held = new Map([['a', 'old']]);
  let room = false;
  const storage = storageOver(
    () =>
      ({
        getItem: (key: string) => held.get(key) ?? null,
        removeItem: (key: string) => held.delete(key),
        setItem(key: string, value: string) {
          if (!room) throw new DOMException('full', 'QuotaExceededError');
          held.set(key, value);
        },
      }) as unknown as Storage,
  );
  assert.equal(storage.getItem('a'), 'old');
  storage.setItem('a', 'new');
  assert.deepEqual([storage.getItem('a'), held.get('a'), storage.keeps('a')], ['new', 'old', false]);
  storage.removeItem('a');
  assert.deepEqual([storage.getItem('a'), held.has('a')], [null, false]);
  room = true;
  storage.setItem('a', 'newest');
  assert.deepEqual([storage.getItem('a'), held.get('a'), storage.keeps('a')], ['newest', 'newest', true]);
});

test('where locks are refused, the work is done without; its own failure is its own', async () => {
  const denied = { request: () => Promise.reject(new DOMException('denied', 'SecurityError')) };
  const exclusive = browserExclusive(denied as unknown as LockManager);
  assert.equal(await exclusive('a', () => Promise.resolve(1)), 1);
  let runs = 0;
  const granted = { request: (_name: string, work: () => Promise<unknown>) => work() };
  const failing = browserExclusive(granted as unknown as LockManager)('a', () => {
    runs += 1;
    return Promise.reject(new Error('of the work'));
  });
  await assert.rejects(failing, /of the work/);
  assert.equal(runs, 1);
});
