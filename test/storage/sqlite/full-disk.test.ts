import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT, exitCodeOf } from '../../../server/commands/exit-codes.ts';
import { openReadWrite } from '../../../server/storage/sqlite/open.ts';
import { openNewDatabase } from '../../../server/storage/sqlite/transfer/new-database.ts';
import { StoreError } from '../../../server/storage/store-error.ts';
import { SmallDisk } from '../../support/small-disk.ts';

test('[P9] a database on a full disk is not opened, and it is the disk that is named', (t) => {
  const disk = SmallDisk.mount(t, 32);
  if (disk === null) {
    t.skip('not run: this machine allows no mounts');
    return;
  }
  const made = openNewDatabase(disk.path);
  made.finish();
  made.close();
  disk.fill();
  let fault: unknown;
  try {
    openReadWrite(disk.path).close();
  } catch (error) {
    fault = error;
  }
  assert.ok(fault instanceof StoreError);
  assert.match(fault.message, /^the disk is full: .*parley\.db can't be written$/);
  assert.equal(exitCodeOf(fault), EXIT.io);
  disk.free();
  openReadWrite(disk.path).close();
});
