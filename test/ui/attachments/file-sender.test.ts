import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { memoryFiles } from '../../../ui/storage/disk-memory.ts';
import { CHAT, idOf } from '../sample.ts';
import { carried, fileOf, place, rest, tabOn } from './file-tabs.ts';

test('two uploads at a time, and a message has ids when all of its files are there, in their order', async () => {
  const { sender, uploads } = await tabOn(place());
  assert.equal(
    sender.attach(
      CHAT,
      ['a', 'b', 'c'].map((name) => fileOf(name)),
    ),
    0,
  );
  await rest();
  assert.deepEqual(
    uploads.map(({ name }) => name),
    ['a', 'b'],
  );
  uploads[0]?.onProgress(2);
  assert.deepEqual(
    sender.drafted(CHAT).map(({ sent }) => sent),
    [2, 0, 0],
  );
  const files = sender.take(CHAT, idOf(1));
  assert.deepEqual(await sender.claim(idOf(1), true), []);
  uploads[1]?.answer('id-b');
  await rest();
  uploads[2]?.answer('id-c');
  await rest();
  assert.equal(sender.idsOf(idOf(1), files), null);
  uploads[0]?.answer('id-a');
  await rest();
  assert.deepEqual(sender.idsOf(idOf(1), files), ['id-a', 'id-b', 'id-c']);
  assert.deepEqual(sender.drafted(CHAT), []);
});

test('what fails for a while is tried again later and with a new connection, what is refused waits for the user', async () => {
  const at = place();
  const { sender, uploads, failed } = await tabOn(at);
  sender.attach(CHAT, [fileOf('a')]);
  await rest();
  uploads[0]?.answer(new ApiProblem('unavailable', ''));
  await rest();
  assert.deepEqual([uploads.length, sender.drafted(CHAT)[0]?.state], [1, 'waiting']);
  at.clock.advance(300);
  await rest();
  assert.equal(uploads.length, 2);
  uploads[1]?.answer(new ApiProblem('insufficient_storage', ''));
  await rest();
  assert.equal(sender.drafted(CHAT)[0]?.refusal, 'insufficient_storage');
  at.clock.advance(10_000);
  await rest();
  assert.equal(uploads.length, 2, 'a full disk is not asked every second');
  sender.connected(false);
  sender.connected(true);
  await rest();
  assert.equal(uploads.length, 3);
  sender.take(CHAT, idOf(1));
  await sender.claim(idOf(1), true);
  uploads[2]?.answer(new ApiProblem('bad_request', ''));
  await rest();
  assert.deepEqual(failed, [`${idOf(1)} bad_request`]);
});

test('[G1] too large and too many are refused here, and a removed file ends its upload', async () => {
  const { sender, uploads } = await tabOn(place());
  sender.attach(CHAT, [fileOf('large', 1_001)]);
  assert.deepEqual([sender.drafted(CHAT)[0]?.refusal, sender.draftState(CHAT)], ['too-large', 'refused']);
  assert.equal(
    sender.attach(
      CHAT,
      Array.from({ length: 11 }, (_, at) => fileOf(String(at))),
    ),
    2,
  );
  await rest();
  for (const { key } of sender.drafted(CHAT)) void sender.detach(key);
  await rest();
  assert.deepEqual(
    uploads.map(({ signal }) => signal.aborted),
    [true, true],
  );
  assert.equal(sender.draftState(CHAT), 'none');
});

test('[G6] what the server no longer has is uploaded again, once for a refusal, and when a day has passed', async () => {
  const at = place();
  const { sender, uploads } = await tabOn(at);
  sender.attach(CHAT, [fileOf('a')]);
  await rest();
  uploads[0]?.answer('one');
  await rest();
  const files = sender.take(CHAT, idOf(1));
  await sender.claim(idOf(1), true);
  assert.deepEqual(sender.idsOf(idOf(1), files), ['one']);
  assert.equal(await sender.renew(idOf(1)), true);
  await rest();
  uploads[1]?.answer('two');
  await rest();
  assert.deepEqual(sender.idsOf(idOf(1), files), ['two']);
  assert.equal(await sender.renew(idOf(1)), false);
  at.clock.advance(23 * 3_600_000);
  assert.equal(sender.idsOf(idOf(1), files), null);
  await rest();
  uploads[2]?.answer('three');
  await rest();
  assert.deepEqual(sender.idsOf(idOf(1), files), ['three']);
  await sender.done(idOf(1));
  assert.deepEqual(await at.store.all(), []);
});

test('two tabs upload a file once, and of two messages that take it one gets it', async () => {
  const at = place();
  const one = await tabOn(at);
  const two = await tabOn(at);
  one.sender.attach(CHAT, [fileOf('a')]);
  await rest();
  await two.sender.follow();
  await rest();
  assert.deepEqual([one.uploads.length, two.uploads.length], [1, 0]);
  one.uploads[0]?.answer('id');
  await rest();
  await two.sender.follow();
  assert.deepEqual([two.uploads.length, two.sender.drafted(CHAT)[0]?.state], [0, 'uploaded']);
  const [first, second] = [one.sender.take(CHAT, idOf(1)), two.sender.take(CHAT, idOf(2))];
  for (const id of [idOf(1), idOf(2)])
    at.messages.push({ id, keys: first.map(({ key }) => key), isStored: true });
  assert.deepEqual(await one.sender.claim(idOf(1), true), []);
  assert.deepEqual(
    await two.sender.claim(idOf(2), true),
    second.map(({ key }) => key),
  );
  assert.deepEqual(one.sender.idsOf(idOf(1), first), ['id']);
  assert.equal(two.sender.idsOf(idOf(2), second), null);
  await rest();
  assert.deepEqual(two.failed, [`${idOf(2)} files_gone`]);
});

test('a tab that ends at any step leaves the file with its message or with the draft, and the rest of a sent one goes', async () => {
  const at = place();
  const one = await tabOn(at);
  one.sender.attach(CHAT, [fileOf('a')]);
  await rest();
  const files = one.sender.take(CHAT, idOf(1));
  one.sender.end();
  // The outbox did not get the message: the draft has the file again.
  const two = await tabOn(at);
  assert.equal(two.sender.drafted(CHAT).length, 1);
  assert.deepEqual(carried(two.sender)[0]?.key, files[0]?.key);
  two.sender.end();
  // It did, and nothing more.
  at.messages.push({ id: idOf(1), keys: files.map(({ key }) => key), isStored: true });
  const three = await tabOn(at);
  assert.equal(three.sender.drafted(CHAT).length, 0);
  three.uploads[0]?.answer('id');
  await rest();
  assert.deepEqual(three.sender.idsOf(idOf(1), files), ['id']);
  three.sender.end();
  // The server has the message, and the tab ended before it removed the file.
  at.messages.length = 0;
  await tabOn(at);
  assert.deepEqual(await at.store.all(), []);
});

test('a file that the device does not take stays in its tab: no other tab gives up its message, until that one closes', async () => {
  const full = (): Promise<never> => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  const store = memoryFiles();
  const at = place({ ...store, put: full });
  const one = await tabOn(at);
  const two = await tabOn(at);
  one.sender.attach(CHAT, [fileOf('a')]);
  await rest();
  assert.equal(one.sender.isOnlyHere(CHAT), true);
  const files = one.sender.take(CHAT, idOf(1));
  at.messages.push({ id: idOf(1), keys: files.map(({ key }) => key), isStored: true });
  await one.sender.claim(idOf(1), true);
  assert.equal(two.sender.idsOf(idOf(1), files), null);
  await rest();
  assert.deepEqual(two.failed, []);
  one.sender.end();
  await rest();
  assert.deepEqual(two.failed, [`${idOf(1)} files_gone`]);
});

test('[G1] what the server takes is remembered for a start without it, until it takes no files any more', async () => {
  const at = place();
  const before = await tabOn(at);
  assert.equal(before.first, null);
  assert.deepEqual(at.known, { maxBytes: 1_000, perMessage: 10 });
  const after = await tabOn(at, null);
  assert.deepEqual(after.first, { maxBytes: 1_000, perMessage: 10 });
  assert.deepEqual([after.sender.limits.get(), at.known], [null, null]);
  assert.deepEqual([before.sender.takesNone.get(), after.sender.takesNone.get()], [false, true]);
});

test('a message is reported as sent only if it had to wait for its files, and not if it was discarded', async () => {
  const { sender, uploads, sent } = await tabOn(place());
  sender.attach(CHAT, [fileOf('a')]);
  await rest();
  sender.take(CHAT, idOf(1));
  uploads[0]?.answer('id-a');
  await rest();
  await sender.done(idOf(1), true);
  assert.deepEqual(sent, [1]);
  sender.attach(CHAT, [fileOf('b')]);
  await rest();
  uploads[1]?.answer('id-b');
  await rest();
  sender.take(CHAT, idOf(2));
  await sender.done(idOf(2), true);
  sender.attach(CHAT, [fileOf('c')]);
  await rest();
  sender.take(CHAT, idOf(3));
  await sender.done(idOf(3));
  assert.deepEqual(sent, [1]);
});
