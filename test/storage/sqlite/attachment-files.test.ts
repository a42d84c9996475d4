import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNSENT_ATTACHMENT_KEPT_MS } from '../../../server/protocol/limits.ts';
import { countOf, sendWith, upload } from '../attaching.ts';
import { openSqliteStage } from '../sqlite-stage.ts';

test('[G7] a file is to be removed once its last attachment has gone, also after a restart, until it is forgotten', async (t) => {
  const { stage } = await openSqliteStage(t);
  const [ann = '', ben = ''] = await stage.people('ann', 'ben');
  const [one, same] = [await upload(stage, ann, 'one', 'bytes'), await upload(stage, ben, 'same', 'bytes')];
  const other = await upload(stage, ann, 'other');
  assert.equal(one.sha256, same.sha256);
  const { conversationId } = await sendWith(stage, ann, ben, [one]);
  const removed = (): Promise<readonly string[]> => stage.queries.removedFiles(10);
  const used = (): Promise<readonly string[]> =>
    stage.queries.usedFiles([other.sha256, '0'.repeat(64), one.sha256]);
  for (const user of [ann, ben]) await stage.hide(user, conversationId);
  await stage.store.settle();
  assert.deepEqual([await countOf(stage), await removed()], [2, []], 'another attachment has the bytes');
  assert.deepEqual(await used(), [other.sha256, one.sha256]);
  stage.clock.advance(UNSENT_ATTACHMENT_KEPT_MS);
  await stage.store.settle();
  assert.equal(await countOf(stage), 0);
  const both = [one.sha256, other.sha256].sort();
  assert.deepEqual(await removed(), both);
  assert.deepEqual(await stage.queries.removedFiles(1), both.slice(0, 1));
  assert.deepEqual(await used(), []);
  await stage.store.restart();
  assert.deepEqual(await removed(), both);
  await stage.do('forgetFiles', { sha256s: both.slice(0, 1) });
  assert.deepEqual(await removed(), both.slice(1));
  await stage.do('forgetFiles', { sha256s: both });
  assert.deepEqual(await removed(), []);
});

test('[G7] a file whose last attachment has gone, and that is uploaded anew, is in use', async (t) => {
  const { stage } = await openSqliteStage(t);
  const ann = await stage.person('ann');
  const { sha256 } = await upload(stage, ann, 'one', 'bytes');
  stage.clock.advance(UNSENT_ATTACHMENT_KEPT_MS);
  await stage.store.settle();
  await upload(stage, ann, 'again', 'bytes');
  assert.deepEqual(await stage.queries.removedFiles(10), [sha256]);
  assert.deepEqual(await stage.queries.usedFiles([sha256]), [sha256]);
  await stage.do('forgetFiles', { sha256s: [sha256] });
  stage.clock.advance(UNSENT_ATTACHMENT_KEPT_MS);
  await stage.store.settle();
  assert.deepEqual(await stage.queries.removedFiles(10), [sha256]);
});
