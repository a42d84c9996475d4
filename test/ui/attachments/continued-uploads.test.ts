import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { CHAT, idOf } from '../sample.ts';
import { fileOf, place, rest, tabOn } from './file-tabs.ts';

test('[G9] the key of an upload stays over breaks and reloads, and its progress does not fall to nothing', async () => {
  const at = place();
  const { sender, uploads } = await tabOn(at);
  sender.attach(CHAT, [fileOf('a', 100)]);
  await rest();
  const [first] = uploads;
  assert.ok(first);
  assert.equal(first.isBegun, false);
  first.onProgress(60);
  first.answer(new ApiProblem('offline', ''));
  await rest();
  assert.deepEqual([sender.drafted(CHAT)[0]?.state, sender.drafted(CHAT)[0]?.sent], ['waiting', 60]);
  sender.connected(true);
  await rest();
  assert.deepEqual([uploads[1]?.key, uploads[1]?.isBegun], [first.key, true]);
  assert.equal(sender.drafted(CHAT)[0]?.sent, 60);
  sender.end();
  const reloaded = await tabOn(at);
  assert.deepEqual([reloaded.uploads[0]?.key, reloaded.uploads[0]?.isBegun], [first.key, true]);
});

test('[G9] a key that is of no use is replaced, and so is that of a file which is uploaded anew', async () => {
  const at = place();
  const { sender, uploads } = await tabOn(at);
  sender.attach(CHAT, [fileOf('a')]);
  await rest();
  uploads[0]?.answer(new ApiProblem('conflict', ''));
  await rest();
  at.clock.advance(300);
  await rest();
  assert.notEqual(uploads[1]?.key, uploads[0]?.key);
  assert.equal(uploads[1]?.isBegun, false);
  uploads[1].answer('id-a');
  await rest();
  sender.take(CHAT, idOf(1));
  await sender.claim(idOf(1), true);
  assert.equal(await sender.renew(idOf(1)), true);
  await rest();
  assert.notEqual(uploads[2]?.key, uploads[1].key);
});

test('[G9] a cancelled upload is forgotten by the server, with the next connection if there is none', async () => {
  const at = place();
  const { sender, uploads, forgotten } = await tabOn(at);
  sender.attach(CHAT, [fileOf('a'), fileOf('b')]);
  await rest();
  uploads[1]?.answer('id-b');
  await rest();
  const [a = '', b = ''] = sender.drafted(CHAT).map(({ key }) => key);
  at.isAway = true;
  await sender.detach(a);
  await sender.detach(b);
  await rest();
  assert.deepEqual(forgotten, [uploads[0]?.key], 'what is complete needs no cancelling');
  at.isAway = false;
  sender.connected(true);
  await rest();
  sender.connected(true);
  await rest();
  assert.deepEqual(forgotten, [uploads[0]?.key, uploads[0]?.key]);
});
