import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { openWriter } from '../../../server/storage/sqlite/open-writer.ts';
import { Maintenance } from '../../../server/storage/sqlite/maintenance.ts';
import { silentLog } from '../../support/hosts.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('[P7] what has ended goes after one second at rest, and after five under a queue that is never empty', (t) => {
  const clock = new ManualClock();
  const writer = openWriter(tempDir(t), { clock });
  const queue = { size: 0 };
  const maintenance = new Maintenance(writer, queue, clock, silentLog);
  t.after(() => {
    maintenance.stop();
    writer.close();
  });
  const commit = mock.method(writer, 'commit');
  const pruned = (): number => commit.mock.calls.flatMap(({ arguments: [batch] }) => batch).length;
  maintenance.start();
  clock.advance(1_250);
  assert.equal(pruned(), 1);
  queue.size = 1;
  clock.advance(4_500);
  assert.equal(pruned(), 1);
  clock.advance(1_000);
  assert.equal(pruned(), 2);
  assert.ok(commit.mock.calls.every(({ arguments: [batch] }) => batch.every(({ type }) => type === 'prune')));
});
