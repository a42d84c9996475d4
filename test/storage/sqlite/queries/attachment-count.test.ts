import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { COUNTED_AT_ONCE } from '../../../../server/storage/attachments/attachment-count.ts';
import { DATABASE_FILE } from '../../../../server/storage/sqlite/open.ts';
import { sqliteStore, type SqliteStore } from '../../sqlite-store.ts';
import { Stage } from '../../stage.ts';

const FILL = `
INSERT INTO attachments (id, uploader, name, type, size, sha256, at)
  WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < @count)
  SELECT randomblob(16), 1, 'a file', 'image/png', 3, randomblob(32), 1 FROM n`;

test('a few attachments are counted each time, and many of them once a minute', async (t) => {
  let store: SqliteStore | undefined;
  const stage = await Stage.open(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
  await stage.person('ann');
  const db = new Database(join(store?.dir ?? '', DATABASE_FILE));
  t.after(() => {
    db.close();
  });
  const add = (count: number): void => {
    db.prepare(FILL).run({ count });
  };
  const counted = async () => {
    const { attachments, attachmentBytes } = await stage.queries.storeCounts();
    assert.equal(attachmentBytes, 3 * attachments);
    return attachments;
  };
  add(COUNTED_AT_ONCE - 1);
  assert.equal(await counted(), COUNTED_AT_ONCE - 1);
  add(2);
  assert.equal(await counted(), COUNTED_AT_ONCE + 1);
  add(5);
  assert.equal(await counted(), COUNTED_AT_ONCE + 1, 'what was counted a moment ago');
  stage.clock.advance(60_000);
  assert.equal(await counted(), COUNTED_AT_ONCE + 6);
  db.prepare('DELETE FROM attachments WHERE row > 4').run();
  assert.equal(await counted(), 4);
});
