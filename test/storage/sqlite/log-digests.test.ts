import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeDigests } from '../../../server/storage/sqlite/log-digests.ts';
import { openReadWrite } from '../../../server/storage/sqlite/open.ts';
import { sendWith, upload } from '../attaching.ts';
import { openSqliteStage } from '../sqlite-stage.ts';

test('[G3] the digest of a log covers the attachments of its messages, and changes nothing for those without any', async (t) => {
  const { stage, store } = await openSqliteStage(t);
  const [ann = '', ben = '', cleo = ''] = await stage.people('ann', 'ben', 'cleo');
  await stage.say(ann, cleo, 'plain');
  const files = [await upload(stage, ann, 'one'), await upload(stage, ann, 'two')];
  await sendWith(stage, ann, ben, files, { content: 'with files' });
  await upload(stage, ann, 'not sent');
  const db = openReadWrite(store.dir);
  t.after(() => {
    db.close();
  });
  const digests = (): ReadonlyMap<string, string> =>
    new Map(storeDigests(db).logs.map(({ userId, sha256 }) => [userId, sha256]));
  const before = digests();
  assert.equal(storeDigests(db).counts.attachments, 3);
  for (const change of [
    `UPDATE attachments SET name = 'other' WHERE name = 'one'`,
    `UPDATE attachments SET name = 'one' WHERE name = 'other'; UPDATE attachments SET size = 7 WHERE name = 'two'`,
    'UPDATE attachments SET size = 3, position = 1 - position WHERE seq IS NOT NULL',
    'UPDATE attachments SET position = 1 - position WHERE seq IS NOT NULL; UPDATE messages SET attachments = substr(attachments, 1, 16)',
  ]) {
    db.exec(change);
    const now = digests();
    for (const user of [ann, ben]) assert.notEqual(now.get(user), before.get(user), change);
    assert.equal(now.get(cleo), before.get(cleo), change);
  }
});
