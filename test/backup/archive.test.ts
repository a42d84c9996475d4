import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openArchive, writeArchive, type Part } from '../../server/backup/archive.ts';
import { BackupError, type BackupFault } from '../../server/backup/backup-error.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';

const AT = Date.UTC(2026, 10, 30, 12);

/** An archive with a file of each awkward length. */
const archiveIn = async (t: Scope): Promise<{ path: string; parts: readonly Part[] }> => {
  const folder = tempDir(t);
  const database = join(folder, 'source');
  writeFileSync(database, Buffer.alloc(5_000, 'database'));
  const parts: readonly Part[] = [
    { name: 'manifest.json', content: Buffer.from('{"format":1}\n') },
    { name: 'empty', content: Buffer.alloc(0) },
    { name: 'block', content: Buffer.alloc(512, 'x') },
    { name: 'parley.db', content: { file: database, size: 5_000 } },
  ];
  const path = join(folder, 'backup.tar');
  await writeArchive(path, parts, AT);
  return { path, parts };
};

const refused = async (path: string, reasons: readonly BackupFault[]): Promise<void> => {
  try {
    await (await openArchive(path)).close();
  } catch (error) {
    assert.ok(error instanceof BackupError, String(error));
    assert.ok(reasons.includes(error.reason), `${error.reason}: ${error.message}`);
    assert.doesNotMatch(error.message, /\n|at .*\.js/);
    return;
  }
  assert.fail('it was read as a whole archive');
};

test('[P11] what was written is read, by this program and by tar, and only its owner may', async (t) => {
  const { path } = await archiveIn(t);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const archive = await openArchive(path);
  assert.equal((await archive.read('manifest.json')).toString(), '{"format":1}\n');
  assert.equal((await archive.read('empty')).length, 0);
  const to = join(tempDir(t), 'out.db');
  await archive.extract('parley.db', to);
  await archive.close();
  assert.deepEqual(readFileSync(to), Buffer.alloc(5_000, 'database'));
  assert.equal(statSync(to).mode & 0o777, 0o600);
  const folder = tempDir(t);
  execFileSync('tar', ['xf', path, '-C', folder]);
  assert.deepEqual((await readdir(folder)).sort(), [
    'block',
    'checksum',
    'empty',
    'manifest.json',
    'parley.db',
  ]);
  assert.deepEqual(readFileSync(join(folder, 'parley.db')), readFileSync(to));
});

test('[P11] a changed byte is found, wherever it is', async (t) => {
  const { path } = await archiveIn(t);
  const whole = readFileSync(path);
  const random = chance(t);
  const flips = scaled({ sample: 300, full: 1_000 });
  for (let n = 0; n < flips; n += 1) {
    const bytes = Buffer.from(whole);
    const at = random.between(0, bytes.length - 1);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.between(0, 7));
    writeFileSync(path, bytes);
    await refused(path, ['damaged', 'foreign']);
  }
  count(t, 'backup.flips', { flips, found: flips });
});

test('[P11] a size in a damaged spelling is damage, in each header', async (t) => {
  const { path } = await archiveIn(t);
  const whole = readFileSync(path);
  const SIZE_AT = 124;
  const headers = ['manifest.json', 'parley.db', 'checksum'].map((name) => whole.indexOf(`${name}\0`));
  for (const header of headers) {
    const bytes = Buffer.from(whole);
    // The highest bit says that a number in base 256 follows.
    bytes[header + SIZE_AT] = 0xb0;
    writeFileSync(path, bytes);
    await refused(path, ['damaged', 'foreign']);
  }
});

test('[P11] a file that was cut off or continued is found', async (t) => {
  const { path } = await archiveIn(t);
  const whole = readFileSync(path);
  for (const length of [
    0,
    1,
    511,
    512,
    1024,
    2048,
    whole.length - 2048,
    whole.length - 512,
    whole.length - 1,
  ]) {
    writeFileSync(path, whole.subarray(0, length));
    await refused(path, ['damaged', 'foreign']);
  }
  for (const more of [Buffer.alloc(1), Buffer.alloc(512), Buffer.alloc(10_240), whole]) {
    writeFileSync(path, Buffer.concat([whole, more]));
    await refused(path, ['damaged']);
  }
});

test('[P11] what is no backup is called so, and what is not there too', async (t) => {
  const folder = tempDir(t);
  const other = join(folder, 'other.tar');
  writeFileSync(join(folder, 'note'), 'note');
  execFileSync('tar', ['cf', other, '-C', folder, 'note']);
  await refused(other, ['foreign']);
  await refused(join(folder, 'nothing'), ['missing']);
  await refused(folder, ['system']);
});

test('[P11] a backup never replaces a file, and what was begun leaves nothing', async (t) => {
  const { path, parts } = await archiveIn(t);
  const before = readFileSync(path);
  await assert.rejects(writeArchive(path, parts, AT), { reason: 'target' });
  assert.deepEqual(readFileSync(path), before);
  const folder = tempDir(t);
  const lost: Part = { name: 'parley.db', content: { file: join(folder, 'lost'), size: 10 } };
  await assert.rejects(writeArchive(join(folder, 'b.tar'), [lost], AT), { name: 'BackupError' });
  const short = join(folder, 'short');
  writeFileSync(short, 'four');
  const shortened: Part = { name: 'parley.db', content: { file: short, size: 10 } };
  await assert.rejects(writeArchive(join(folder, 'b.tar'), [shortened], AT), /became shorter/);
  assert.deepEqual(await readdir(folder), ['short']);
});

test('[P11] the file of an attachment is in it only if its bytes are what they must be', async (t) => {
  const folder = tempDir(t);
  const file = join(folder, 'bytes');
  const sha256 = createHash('sha256').update('bytes').digest('hex');
  const attachment = { id: '018f3c33-4e6f-7182-93a4-af102b3c4d5e', name: 'photo.jpg', size: 5, sha256 };
  const part: Part = { name: `attachments/${sha256}`, content: { file, size: 5, attachment } };
  const writes = (): Promise<number> => writeArchive(join(folder, 'b.tar'), [part], AT);
  const says = (what: string): RegExp =>
    new RegExp(`${sha256} of the attachment .* \\("photo.jpg"\\) ${what}`);
  await assert.rejects(writes(), says('is missing'));
  for (const other of ['byte', 'Bytes', '']) {
    writeFileSync(file, other);
    await assert.rejects(writes(), says('has other bytes than were stored'));
  }
  assert.deepEqual(await readdir(folder), ['bytes']);
  writeFileSync(file, 'bytes');
  assert.equal(await writes(), statSync(join(folder, 'b.tar')).size);
});
