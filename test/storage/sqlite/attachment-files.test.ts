import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNSENT_ATTACHMENT_KEPT_MS } from '../../../server/protocol/limits.ts';
import { countOf, sendWith, upload } from '../attaching.ts';
import { openSqliteStage } from '../sqlite-stage.ts';

test('[G7] a file is to be removed once its last attachment has gone, also after a restart, until its name is taken', async (t) => {
  const { stage } = await openSqliteStage(t);
  const [ann = '', ben = ''] = await stage.people('ann', 'ben');
  const [one, same] = [await upload(stage, ann, 'one', 'bytes'), await upload(stage, ben, 'same', 'bytes')];
  const other = await upload(stage, ann, 'other');
  assert.equal(one.sha256, same.sha256);
  const { conversationId } = await sendWith(stage, ann, ben, [one]);
  const taken = async (limit: number): Promise<readonly string[]> =>
    (await stage.do('takeRemovedFiles', { limit })).sha256s;
  const used = (): Promise<readonly string[]> =>
    stage.queries.usedFiles([other.sha256, '0'.repeat(64), one.sha256]);
  for (const user of [ann, ben]) await stage.hide(user, conversationId);
  await stage.store.settle();
  assert.deepEqual([await countOf(stage), await taken(10)], [2, []], 'another attachment has the bytes');
  assert.deepEqual(await used(), [other.sha256, one.sha256]);
  stage.clock.advance(UNSENT_ATTACHMENT_KEPT_MS);
  await stage.store.settle();
  assert.equal(await countOf(stage), 0);
  const both = [one.sha256, other.sha256].sort();
  assert.deepEqual(await used(), []);
  await stage.store.restart();
  assert.deepEqual(await taken(1), both.slice(0, 1));
  await stage.store.restart();
  assert.deepEqual(await taken(10), both.slice(1));
  assert.deepEqual(await taken(10), []);
});

test('[G7] a file whose last attachment has gone, and that is uploaded anew, is in use', async (t) => {
  const { stage } = await openSqliteStage(t);
  const ann = await stage.person('ann');
  const { sha256 } = await upload(stage, ann, 'one', 'bytes');
  stage.clock.advance(UNSENT_ATTACHMENT_KEPT_MS);
  await stage.store.settle();
  await upload(stage, ann, 'again', 'bytes');
  const taken = async (): Promise<readonly string[]> =>
    (await stage.do('takeRemovedFiles', { limit: 10 })).sha256s;
  assert.deepEqual(await taken(), [sha256]);
  assert.deepEqual(await stage.queries.usedFiles([sha256]), [sha256]);
  stage.clock.advance(UNSENT_ATTACHMENT_KEPT_MS);
  await stage.store.settle();
  assert.deepEqual(await taken(), [sha256]);
});
