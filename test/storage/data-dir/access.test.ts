import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process, { execPath } from 'node:process';
import { test } from 'node:test';
import { checkAccess } from '../../../server/storage/data-dir/access.ts';
import { SmallDisk } from '../../support/small-disk.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';

const FILES = ['parley.db', 'parley.db-wal', 'parley.db-shm', 'parley.lock', 'jwt.key', 'refresh.key'];
const NOBODY = 65_534;

/** In a process of its own, which becomes another account for good: the reason of the refusal, or nothing. */
const LOOK = `
  import { checkAccess } from ${JSON.stringify(new URL('../../../server/storage/data-dir/access.js', import.meta.url).href)};
  process.setgroups([]);
  process.setgid(${String(NOBODY)});
  process.setuid(${String(NOBODY)});
  try {
    checkAccess(process.argv[1]);
  } catch (error) {
    if (error.reason !== 'not-writable') throw error;
    process.stdout.write(error.message);
  }
`;

/** A data directory that belongs to an account of its own, looked at by that account. */
const stage = (scope: Scope): { dir: string; look: () => string | null } => {
  const dir = join(tempDir(scope), 'data');
  mkdirSync(dir, { mode: 0o700 });
  chmodSync(join(dir, '..'), 0o755);
  for (const name of FILES) writeFileSync(join(dir, name), '', { mode: 0o600 });
  for (const path of [dir, ...FILES.map((name) => join(dir, name))]) chownSync(path, NOBODY, NOBODY);
  const look = (): string | null => {
    const { stdout, stderr, status } = spawnSync(execPath, ['--input-type=module', '-e', LOOK, dir], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return stdout === '' ? null : stdout;
  };
  return { dir, look };
};

const isRoot = process.geteuid?.() === 0;
const options = isRoot ? {} : { skip: 'only root can become another account' };

test('a data directory of one’s own is taken', options, (t) => {
  assert.equal(stage(t).look(), null);
});

test('each file of another account is named, with its owner and what to do', options, (t) => {
  for (const name of FILES) {
    const { dir, look } = stage(t);
    const path = join(dir, name);
    chownSync(path, 0, 0);
    for (const mode of [0o600, 0o666]) {
      chmodSync(path, mode);
      const said = look() ?? '';
      assert.ok(said.includes(`${path} belongs to user root`), said);
      assert.match(said, /the server runs as user .*65534.*chown -R 65534/);
    }
  }
});

test(
  'a directory of another account, and a file that its owner may not write, are named too',
  options,
  (t) => {
    const taken = stage(t);
    chownSync(taken.dir, 0, 0);
    assert.match(taken.look() ?? '', new RegExp(`${taken.dir} belongs to user root`));
    const narrow = stage(t);
    chmodSync(join(narrow.dir, 'parley.db'), 0o400);
    assert.match(narrow.look() ?? '', /parley\.db has mode 0400/);
  },
);

test('what is not the server’s is left alone', options, (t) => {
  const { dir, look } = stage(t);
  mkdirSync(join(dir, 'lost+found'), { mode: 0o700 });
  writeFileSync(join(dir, 'notes.txt'), '', { mode: 0o600 });
  assert.equal(readdirSync(dir).length, FILES.length + 2);
  assert.equal(look(), null);
});

test('a read-only file system is called that', (t) => {
  const disk = SmallDisk.mount(t, 1);
  if (disk === null) {
    t.skip('a disk of its own can’t be mounted here (root and CAP_SYS_ADMIN are needed)');
    return;
  }
  disk.readOnly();
  assert.throws(() => {
    checkAccess(disk.path);
  }, /is on a read-only file system/);
});
