import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { AttachmentFiles } from '../../../server/storage/sqlite/attachments/attachment-files.ts';
import { systemClock } from '../../../server/runtime/clock.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { SmallDisk } from '../../support/small-disk.ts';
import { makeDir, removeDir } from '../../support/temp-dir.ts';
import { bytesOf, received } from './received.ts';

const MIB = 1024 * 1024;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The files of a data directory, and what the store would know of them. */
const stage = (t: TestContext, dataDir = makeDir()) => {
  t.after(() => {
    removeDir(dataDir);
  });
  const used = new Set<string>();
  const removed = new Set<string>();
  const asked = { wait: Promise.resolve(), taken: Promise.resolve() };
  const files = new AttachmentFiles(
    dataDir,
    {
      takeRemovedFiles: async (limit) => {
        const taken = [...removed].slice(0, limit);
        for (const each of taken) removed.delete(each);
        await asked.taken;
        return taken;
      },
      usedFiles: async (hashes) => {
        await asked.wait;
        return hashes.filter((each) => used.has(each));
      },
      livingUsers: (userIds) => Promise.resolve(userIds),
    },
    systemClock,
  );
  const path = (hash: string): string => join(dataDir, 'attachments', hash.slice(0, 2), hash);
  const incoming = (): readonly string[] => {
    const folder = join(dataDir, 'attachments', 'incoming');
    return existsSync(folder) ? readdirSync(folder) : [];
  };
  return { dataDir, files, used, removed, asked, path, incoming };
};

test('[G2] bytes are a file of their hash, which only this account can read, and equal ones share it', async (t) => {
  const { files, path, incoming, used } = stage(t);
  const bytes = randomBytes(MIB + 3);
  const hash = sha256(bytes);
  for (const id of ['1', '2']) {
    const upload = await files.receive(id);
    await upload.write(bytes.subarray(0, 700_000));
    await upload.write(bytes.subarray(700_000));
    assert.deepEqual(incoming(), [id]);
    await upload.finish((file) => {
      assert.deepEqual(file, { size: bytes.length, sha256: hash });
      // On disk before it is recorded.
      assert.deepEqual(readFileSync(path(hash)), bytes);
      used.add(hash);
      return Promise.resolve();
    });
  }
  assert.deepEqual(incoming(), []);
  assert.deepEqual(
    [path(hash), dirname(path(hash)), dirname(dirname(path(hash)))].map(
      (each) => statSync(each).mode & 0o777,
    ),
    [0o600, 0o700, 0o700],
  );
  for (const [from, to] of [
    [0, bytes.length],
    [262_144, 262_145],
    [5, 5],
    [bytes.length - 1, bytes.length],
  ] as const)
    assert.deepEqual(
      await bytesOf(await files.read({ sha256: hash }, { from, to })),
      bytes.subarray(from, to),
    );
  assert.equal(await files.read({ sha256: sha256(Buffer.from('x')) }, { from: 0, to: 1 }), null);
});

test('[G2] what is broken off leaves nothing, and a file of another size is replaced', async (t) => {
  const { files, path, incoming, used } = stage(t);
  const upload = await files.receive('1');
  await upload.write(randomBytes(1_000));
  await upload.abort();
  await upload.abort();
  assert.deepEqual(incoming(), []);
  const bytes = randomBytes(1_000);
  const hash = sha256(bytes);
  mkdirSync(dirname(path(hash)), { recursive: true });
  writeFileSync(path(hash), 'cut short');
  used.add(hash);
  await received(files, '2', bytes);
  assert.deepEqual(readFileSync(path(hash)), bytes);
});

test('[G7] the first sweep removes what a crash has left, and leaves what is used or not ours', async (t) => {
  const { files, path, incoming, used, dataDir } = stage(t);
  const [kept, orphan] = [randomBytes(10), randomBytes(10)];
  const place = (name: string, bytes: Uint8Array | string): void => {
    mkdirSync(dirname(name), { recursive: true });
    writeFileSync(name, bytes);
  };
  place(path(sha256(kept)), kept);
  place(path(sha256(orphan)), orphan);
  place(join(dataDir, 'attachments', 'incoming', 'dead'), 'half');
  const foreign = ['lost+found', 'aa/notes', 'incoming.txt'].map((name) =>
    join(dataDir, 'attachments', name, 'x'),
  );
  for (const each of foreign) place(each, 'x');
  used.add(sha256(kept));
  const upload = await files.receive('beef');
  assert.equal(await files.sweep(), 2);
  assert.ok(existsSync(path(sha256(kept))) && !existsSync(path(sha256(orphan))));
  assert.deepEqual(incoming(), ['beef']);
  assert.ok(foreign.every((each) => existsSync(each)));
  await upload.abort();
});

test('[G7] a file that is uploaded again while it is swept stays', async (t) => {
  const { files, path, used, removed, asked } = stage(t);
  await files.sweep();
  const bytes = randomBytes(10);
  const hash = sha256(bytes);
  await received(files, '1', bytes);
  removed.add(hash);
  let answer: () => void = () => undefined;
  asked.wait = new Promise((resolve) => {
    answer = resolve;
  });
  const sweeping = files.sweep();
  const upload = await files.receive('2');
  await upload.write(bytes);
  const stored = upload.finish(() => {
    used.add(hash);
    return Promise.resolve();
  });
  answer();
  await Promise.all([sweeping, stored]);
  assert.deepEqual(readFileSync(path(hash)), bytes);
  assert.deepEqual([...removed], []);
  used.delete(hash);
  removed.add(hash);
  assert.equal(await files.sweep(), 1);
  assert.ok(!existsSync(path(hash)));
});

test('[G2] a file whose record failed stays until it is known whether an attachment has it', async (t) => {
  const { files, path, used } = stage(t);
  const both = [randomBytes(10), randomBytes(10)] as const;
  for (const [at, bytes] of both.entries()) {
    const upload = await files.receive(String(at));
    await upload.write(bytes);
    await assert.rejects(
      upload.finish(() => Promise.reject(new ParleyError('unavailable', 'nobody knows'))),
      { message: 'nobody knows' },
    );
    await upload.abort();
  }
  const [late, never] = both.map(sha256) as [string, string];
  // It was stored after all.
  used.add(late);
  await files.sweep();
  await files.sweep();
  assert.deepEqual([existsSync(path(late)), existsSync(path(never))], [true, false]);
});

test('[G2] a disk without room is said as such, and so is a folder that cannot be written', async (t) => {
  const disk = SmallDisk.mount(t, 4);
  if (disk === null) {
    t.skip('not run: nothing can be mounted here');
    return;
  }
  const { files, incoming } = stage(t, join(disk.path, 'data'));
  mkdirSync(join(disk.path, 'data'));
  const upload = await files.receive('1');
  disk.fill(MIB);
  const failed = (async () => {
    for (let sent = 0; sent < 3; sent += 1) await upload.write(randomBytes(MIB));
  })();
  await assert.rejects(failed, { code: 'insufficient_storage' });
  await upload.abort();
  assert.deepEqual(incoming(), []);
  disk.readOnly();
  await assert.rejects(files.receive('2'), { code: 'unavailable' });
});

test('[G7] a sweep that fails says so, and the next one goes on', async (t) => {
  const { files, path, removed, asked } = stage(t);
  await files.sweep();
  const bytes = randomBytes(10);
  await received(files, '1', bytes);
  removed.add(sha256(bytes));
  asked.wait = Promise.reject(new ParleyError('unavailable', 'the store is away'));
  await assert.rejects(files.sweep(), { message: 'the store is away' });
  assert.ok(existsSync(path(sha256(bytes))));
  asked.wait = Promise.resolve();
  assert.equal(await files.sweep(), 1);
  assert.ok(!existsSync(path(sha256(bytes))));
});

test('[G7] files whose names were lost on the way from the store go with the next sweep', async (t) => {
  const { files, path, removed, asked } = stage(t);
  await files.sweep();
  const bytes = randomBytes(10);
  await received(files, '1', bytes);
  removed.add(sha256(bytes));
  asked.taken = Promise.reject(new ParleyError('unavailable', 'the writer is away'));
  await assert.rejects(files.sweep(), { message: 'the writer is away' });
  asked.taken = Promise.resolve();
  assert.equal(await files.sweep(), 1);
  assert.ok(!existsSync(path(sha256(bytes))));
});
