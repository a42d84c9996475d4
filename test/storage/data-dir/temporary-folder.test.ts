import assert from 'node:assert/strict';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import {
  isTemporary,
  makeTemporaryFolder,
  removeAbandoned,
  removeIfAbandoned,
} from '../../../server/storage/data-dir/temporary-folder.ts';
import { tempDir } from '../../support/temp-dir.ts';

const OWNER = 65_534;
const notRoot = process.geteuid?.() === 0 ? false : 'not run: only root gives files away';

test('a temporary folder is left alone while its maker lives, and removed by the next one afterwards', (t) => {
  const parent = tempDir(t);
  const { path, release } = makeTemporaryFolder(parent, 'backup-copy-');
  writeFileSync(join(path, 'parley.db'), 'messages');
  assert.ok(isTemporary(basename(path)));
  assert.equal(lstatSync(path).mode & 0o777, 0o700);
  removeAbandoned(parent);
  assert.equal(removeIfAbandoned(path), false);
  const second = makeTemporaryFolder(parent, 'import-');
  t.after(second.release);
  assert.ok(existsSync(join(path, 'parley.db')));
  release();
  const third = makeTemporaryFolder(parent, '.parley-verify-');
  t.after(third.release);
  assert.deepEqual(readdirSync(parent).sort(), [basename(third.path), basename(second.path)]);
});

test('what an older version left is removed, and nothing that is no temporary folder', (t) => {
  const parent = tempDir(t);
  const elsewhere = tempDir(t);
  writeFileSync(join(elsewhere, 'kept'), '');
  for (const name of [
    'backup-copy-0193-aa',
    'import-0193-bb',
    'import-',
    'imports',
    'lost+found',
    '.parley-other-1',
  ])
    mkdirSync(join(parent, name));
  writeFileSync(join(parent, 'import-file'), '');
  symlinkSync(elsewhere, join(parent, 'import-link'));
  removeAbandoned(parent);
  assert.deepEqual(readdirSync(parent).sort(), [
    '.parley-other-1',
    'import-',
    'import-file',
    'import-link',
    'imports',
    'lost+found',
  ]);
  assert.deepEqual(readdirSync(elsewhere), ['kept']);
  removeAbandoned(join(parent, 'missing'));
});

test(
  'where root makes a temporary folder, it belongs to the owner of the directory',
  { skip: notRoot },
  (t) => {
    const parent = tempDir(t);
    chownSync(parent, OWNER, OWNER);
    const { path, release } = makeTemporaryFolder(parent, 'import-');
    t.after(release);
    for (const each of [path, join(path, 'maker.lock')]) assert.equal(lstatSync(each).uid, OWNER);
  },
);
