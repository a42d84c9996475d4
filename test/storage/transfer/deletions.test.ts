import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishTelling } from '../../../server/operator/finish-telling.ts';
import { DELETED_AT_ONCE } from '../../../server/storage/limits.ts';
import { openReads } from '../../../server/storage/sqlite/queries.ts';
import { importIntoSqlite } from '../../../server/transfer/move.ts';
import { openSqliteStage } from '../sqlite-stage.ts';
import { exportOf, exportTo, newDataDir, sqliteSide } from './stores.ts';

test('[P7] an export waits until everybody knows of a deletion, and what it still erases is not in it', async (t) => {
  const { stage, store } = await openSqliteStage(t);
  const names = Array.from({ length: DELETED_AT_ONCE + 8 }, (_, n) => `peer-${String(n)}`);
  const [ann = '', ...peers] = await stage.people('ann', ...names);
  for (const peer of peers) await stage.say(ann, peer, 'hello');
  const { conversationId } = await stage.say(peers[0] ?? '', ann, 'hello to you');
  await stage.hide(ann, conversationId);
  await stage.remove(ann);
  const side = sqliteSide(store.dir);
  await assert.rejects(exportOf(t, side), /An account is just being deleted/);
  await finishTelling({ write: (type, input) => stage.do(type, input) });

  const during = await exportOf(t, side);
  assert.ok(during.includes('"deleted_name":"ann"'));
  await store.settle();
  assert.equal(await exportOf(t, side), during, 'what remained to be erased was in no export');

  const dataDir = newDataDir(t);
  await importIntoSqlite(await exportTo(t, side), dataDir);
  const reads = openReads(dataDir);
  t.after(() => {
    reads.close();
  });
  for (const peer of peers) {
    assert.deepEqual(reads.eventsAfter(peer, 0, 99), await store.queries.eventsAfter(peer, 0, 99));
    const list = reads.conversations(peer, 9, null)?.conversations ?? [];
    assert.equal(list[0]?.peer.username, 'Deleted User');
  }
});
