import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SiteStorage } from '../../../ui/platform/site-storage.ts';
import { PreferenceBook } from '../../../ui/account/preferences.ts';

const KEY = 'parley.preferences';

/** What is used of the browser's storage. */
class FakeStorage implements SiteStorage {
  readonly values = new Map<string, string>();
  isFull = false;
  getItem = (key: string): string | null => this.values.get(key) ?? null;
  setItem = (key: string, value: string): void => {
    if (this.isFull) throw new Error('full');
    this.values.set(key, value);
  };
  removeItem = (key: string): void => {
    this.values.delete(key);
  };
  keeps = (): boolean => !this.isFull;
}

const bookOn = (storage: FakeStorage): PreferenceBook => new PreferenceBook(storage);

test('two tabs change two settings, and both hold', () => {
  const storage = new FakeStorage();
  const [first, second] = [bookOn(storage), bookOn(storage)];
  first.set('theme', 'dark');
  // Not told yet, and what it holds itself is of before.
  second.set('textSize', 'large');
  assert.deepEqual(JSON.parse(storage.values.get(KEY) ?? ''), { theme: 'dark', textSize: 'large' });
  assert.equal(second.current.get().theme, 'dark');
  first.follow('something else');
  assert.equal(first.current.get().textSize, 'normal');
  first.follow(KEY);
  assert.equal(first.current.get().textSize, 'large');
  storage.values.clear();
  first.follow(null);
  assert.equal(first.current.get().theme, 'system');
});

test('what is damaged counts field by field; what another build stored stays', () => {
  for (const text of ['', '{', 'null', 'true', '"x"', '[1]', '5']) {
    const storage = new FakeStorage();
    storage.values.set(KEY, text);
    const book = bookOn(storage);
    assert.equal(book.current.get().theme, 'system', text);
    book.set('theme', 'light');
    assert.deepEqual(JSON.parse(storage.values.get(KEY) ?? ''), { theme: 'light' }, text);
  }
  const storage = new FakeStorage();
  storage.values.set(KEY, '{"theme":7,"notify":"yes","textSize":"huge","newer":[1]}');
  const book = bookOn(storage);
  assert.deepEqual(
    [book.current.get().theme, book.current.get().notify, book.current.get().textSize],
    ['system', true, 'huge'],
  );
  book.set('preview', false);
  assert.deepEqual((JSON.parse(storage.values.get(KEY) ?? '') as { newer: unknown }).newer, [1]);
});

test('a storage that is full or closed: what is chosen holds in this tab', () => {
  const storage = new FakeStorage();
  const book = bookOn(storage);
  storage.isFull = true;
  book.set('theme', 'dark');
  book.set('textSize', 'large');
  book.follow(null);
  assert.deepEqual([book.current.get().theme, book.current.get().textSize], ['dark', 'large']);
  storage.getItem = () => {
    throw new Error('closed');
  };
  assert.equal(bookOn(storage).current.get().theme, 'system');
});
