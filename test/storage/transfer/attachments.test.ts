import assert from 'node:assert/strict';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemIds } from '../../../server/runtime/ids.ts';
import { CHUNK_BYTES } from '../../../server/storage/postgres/attachments/attachment-statements.ts';
import { filePath } from '../../../server/storage/sqlite/attachments/attachment-folder.ts';
import { PART_BYTES } from '../../../server/storage/transfer/export-record.ts';
import { writeExport } from '../../../server/transfer/transfer-files.ts';
import { importIntoPostgres, importIntoSqlite } from '../../../server/transfer/move.ts';
import { bareDatabase, onServer, optionsOf, withoutPostgres } from '../../support/postgres.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';
import { keepAttachment } from '../attachment-file.ts';
import { sendWith, upload } from '../attaching.ts';
import { openSqliteStage } from '../sqlite-stage.ts';
import { exportOf, exportTo, namesIn, newDataDir, postgresSide, sqliteSide, type Side } from './stores.ts';

const LARGE = 'bytes '.repeat(100_000);

/** Ann has sent Ben two files in one message and a third with the bytes of the first, and has not sent a fourth. */
const sent = async (scope: Scope) => {
  const { stage, store } = await openSqliteStage(scope);
  const [ann = '', ben = ''] = await stage.people('ann', 'ben');
  const path = keepAttachment(store.dir, LARGE);
  for (const bytes of ['small', '']) keepAttachment(store.dir, bytes);
  const files = [await upload(stage, ann, 'large', LARGE), await upload(stage, ann, 'small')];
  const { conversationId } = await sendWith(stage, ann, ben, files);
  await sendWith(stage, ann, ben, [await upload(stage, ann, 'again', LARGE)]);
  await upload(stage, ann, 'empty', '');
  return { stage, store, ann, ben, conversationId, files, path, side: sqliteSide(store.dir) };
};

const refusesExport = async (t: Scope, side: Side, says: RegExp): Promise<void> => {
  const folder = tempDir(t);
  await assert.rejects(
    side.reading((records) => writeExport(join(folder, 'export.jsonl'), records)),
    (error: Error) => says.test(error.message) && error.name === 'TransferError',
  );
  assert.deepEqual(readdirSync(folder), []);
};

test('a part of an export is a row of PostgreSQL', () => {
  assert.equal(PART_BYTES, CHUNK_BYTES);
});

test('an export has the bytes of each file once, in parts, and an import makes the files anew', async (t) => {
  const { side, files } = await sent(t);
  const text = await exportOf(t, side);
  const parts = [...text.matchAll(/"type":"attachment_bytes","sha256":"([\da-f]{64})","part":(\d+)/g)];
  const [large] = files;
  assert.equal(parts.filter(([, hash]) => hash === large?.sha256).length, 3);
  assert.equal(parts.length, 5);
  const dataDir = newDataDir(t);
  // A move of before has left a file with this name; what is in it is not looked at.
  writeFileSync(keepAttachment(dataDir, LARGE), 'cut off');
  await importIntoSqlite(await exportTo(t, side), dataDir);
  assert.deepEqual(namesIn(dataDir).toSorted(), ['attachments', 'parley.db']);
  const path = filePath(dataDir, large?.sha256 ?? '');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(path).size, LARGE.length);
  assert.equal(await exportOf(t, sqliteSide(dataDir)), text);
});

test('a file that is missing, shorter, longer or other than it was ends an export in words that name the attachment', async (t) => {
  const { side, path } = await sent(t);
  const says = (what: string): RegExp => new RegExp(`attachment [\\da-f-]+ \\("large"\\) ${what}`);
  for (const [bytes, what] of [
    [LARGE.slice(1), 'are not the 600000 of it'],
    [`${LARGE}!`, 'are not the 600000 of it'],
    [LARGE.replace('b', 'B'), 'have another hash'],
  ] as const) {
    writeFileSync(path, bytes);
    await refusesExport(t, side, says(what));
  }
  rmSync(path);
  await refusesExport(t, side, says('can’t be read'));
});

test('a row that is missing ends an export of PostgreSQL likewise', { skip: withoutPostgres }, async (t) => {
  const { side } = await sent(t);
  const url = await bareDatabase(t);
  const target = { connection: optionsOf(url), dataDir: newDataDir(t) };
  await importIntoPostgres(await exportTo(t, side), target, systemIds);
  assert.deepEqual(namesIn(target.dataDir), []);
  assert.equal(await exportOf(t, postgresSide(url)), await exportOf(t, side));
  const [[id] = []] = await onServer(url, `SELECT id FROM attachments WHERE name = 'large'`);
  for (const n of [1, 0, 2]) {
    await onServer(
      url,
      `DELETE FROM attachment_chunks WHERE attachment = '${String(id)}' AND n = ${String(n)}`,
    );
    await refusesExport(t, postgresSide(url), /attachment [\da-f-]+ \("large"\)/);
  }
});

test('[G7] what nobody can see any more is in no export, whether it is removed already or not', async (t) => {
  const { stage, store, ann, ben, conversationId, side } = await sent(t);
  await stage.hide(ann, conversationId);
  assert.match(await exportOf(t, side), /"name":"large"/, 'Ben still sees it');
  await stage.hide(ben, conversationId);
  const before = await exportOf(t, side);
  assert.doesNotMatch(before, /"name":"(large|small|again)"/);
  assert.match(before, /"name":"empty"/);
  await store.settle();
  assert.equal(await exportOf(t, side), before);
  await stage.remove(ann);
  await store.settle();
  assert.doesNotMatch(await exportOf(t, side), /"type":"attachment/);
});
