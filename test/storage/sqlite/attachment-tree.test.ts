import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../server/runtime/clock.ts';
import { AttachmentFiles } from '../../../server/storage/sqlite/attachments/attachment-files.ts';
import {
  bytesOfAttachments,
  linkAttachments,
} from '../../../server/storage/sqlite/attachments/attachment-tree.ts';
import { SmallDisk } from '../../support/small-disk.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { keepAttachment } from '../attachment-file.ts';

const NEVER = (): Promise<void> => Promise.reject(new Error('nothing is copied here'));

test('[P11] files under a second name stay when the sweep removes them, which waits while they are held', async (t) => {
  const [dataDir, copy] = [tempDir(t), tempDir(t)];
  const path = keepAttachment(dataDir, 'bytes of a file');
  mkdirSync(join(dataDir, 'attachments', 'incoming'));
  const files = new AttachmentFiles(
    dataDir,
    {
      takeRemovedFiles: () => Promise.resolve([]),
      usedFiles: () => Promise.resolve([]),
      livingUsers: (userIds) => Promise.resolve(userIds),
    },
    systemClock,
  );
  const releases = [files.hold(), files.hold()];
  assert.equal(await files.sweep(), 0);
  await linkAttachments(dataDir, copy, NEVER);
  const linked = join(copy, path.slice(dataDir.length));
  assert.equal(statSync(linked).ino, statSync(path).ino);
  releases[0]?.();
  releases[0]?.();
  assert.equal(await files.sweep(), 0, 'it is held once more');
  releases[1]?.();
  assert.equal(await files.sweep(), 1);
  assert.ok(!existsSync(path));
  assert.equal(readFileSync(linked, 'utf8'), 'bytes of a file');
});

test('[P11] a file that comes to be held while a sweep is under way stays, and goes later', async (t) => {
  const dataDir = tempDir(t);
  const path = keepAttachment(dataDir, 'bytes');
  let release = (): void => undefined;
  const files = new AttachmentFiles(
    dataDir,
    {
      takeRemovedFiles: () => Promise.resolve([]),
      usedFiles: () => {
        release = files.hold();
        return Promise.resolve([]);
      },
      livingUsers: (userIds) => Promise.resolve(userIds),
    },
    systemClock,
  );
  await files.sweep();
  assert.ok(existsSync(path));
  release();
});

test('[P11] where a disk has no second names, files are copied, and their bytes asked for before', async (t) => {
  const disk = SmallDisk.mount(t, 4);
  if (disk === null) {
    t.skip('not run: this machine allows no mounts');
    return;
  }
  const dataDir = tempDir(t);
  const paths = ['one', 'other', 'third'].map((bytes) => keepAttachment(dataDir, bytes));
  const asked: number[] = [];
  await linkAttachments(dataDir, disk.path, (bytes) => {
    asked.push(bytes);
    return Promise.resolve();
  });
  assert.deepEqual(asked, [13]);
  for (const path of paths)
    assert.deepEqual(readFileSync(join(disk.path, path.slice(dataDir.length))), readFileSync(path));
  assert.equal(await bytesOfAttachments(disk.path), 13);
  rmSync(join(disk.path, 'attachments'), { recursive: true });
  await assert.rejects(linkAttachments(dataDir, disk.path, NEVER), /nothing is copied here/);
});
