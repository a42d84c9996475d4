import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionFile } from '../../../ui/shell/desktop/session-file.ts';
import { RecordedNative } from './recorded-native.ts';

const HOME = 'https://chat.example.org';

test('nothing is stored unless the person asked for it', async () => {
  const native = new RecordedNative();
  const file = await SessionFile.open(native, HOME);
  assert.equal(file.choice, 'ask');
  file.remember(false);
  file.write('secret');
  await file.settled();
  assert.equal(file.read(), 'secret');
  assert.equal(native.stored.size, 0);
  assert.equal((await SessionFile.open(native, HOME)).read(), null);
});

test('a remembered session is there at the next start, each renewal in the place of the last', async () => {
  const native = new RecordedNative();
  const file = await SessionFile.open(native, HOME);
  file.remember(true);
  for (const token of ['first', 'second', 'third']) file.write(token);
  await file.settled();
  assert.deepEqual([...native.stored], [['session', JSON.stringify({ server: HOME, session: 'third' })]]);
  const next = await SessionFile.open(native, HOME);
  assert.equal(next.read(), 'third');
  assert.ok(next.remembers());
});

test('another server is never shown the session of the first', async () => {
  const native = new RecordedNative();
  const file = await SessionFile.open(native, HOME);
  file.remember(true);
  file.write('secret');
  await file.settled();
  const other = await SessionFile.open(native, 'https://other.example.org');
  assert.equal(other.read(), null);
  assert.equal(other.remembers(), false);
});

test('logging out and thinking again both take it off the disk', async () => {
  for (const end of [
    (file: SessionFile) => {
      file.write(null);
    },
    (file: SessionFile) => {
      file.remember(false);
    },
  ]) {
    const native = new RecordedNative();
    const file = await SessionFile.open(native, HOME);
    file.remember(true);
    file.write('secret');
    end(file);
    await file.settled();
    assert.equal(native.stored.size, 0);
  }
});

test('a start that makes files others can read stores nothing, and does not read what is there', async () => {
  const native = new RecordedNative();
  const file = await SessionFile.open(native, HOME);
  file.remember(true);
  file.write('secret');
  await file.settled();
  native.args = [];
  const bare = await SessionFile.open(native, HOME);
  assert.equal(bare.choice, 'never');
  assert.equal(bare.read(), null);
  bare.remember(true);
  bare.write('other');
  await bare.settled();
  assert.equal(bare.remembers(), false);
  assert.ok(!JSON.stringify([...native.stored]).includes('other'));
  native.system = 'Windows';
  assert.equal((await SessionFile.open(native, HOME)).choice, 'ask');
});

test('a file cut short counts as none', async () => {
  const native = new RecordedNative();
  for (const text of ['', '{', 'null', '[]', '{"server":1}', `{"server":"${HOME}"}`]) {
    native.stored.set('session', text);
    assert.equal((await SessionFile.open(native, HOME)).read(), null, text);
  }
});
